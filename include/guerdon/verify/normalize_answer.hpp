#pragma once
// A short answer without what no one would call a difference: case, punctuation, articles, blanks.
//
// In this order: lower case; delete the 32 ASCII punctuation characters; put a blank for every whole word
// "a", "an" or "the"; split at white space and join with single blanks. The order shows: "a.n" becomes the
// word "an", which goes; "the_end" becomes "theend", which stays.
//
// Source: the evaluation script of SQuAD, Rajpurkar et al., arXiv:1606.05250; verl, search_r1_like_qa_em.py,
// the same.
//
// Details that differ:
// - The script (`numbers` = strip) deletes the punctuation of numbers too: 2.75 becomes 275, -6 becomes 6, 3:1 becomes
//   31, so that different numbers become equal texts. `keep` leaves the points, colons and commas between digits, but
//   for commas of thousands, the point of ".5", and the minus of "-6" and "-$6" where no word ends before it;
//   typographic minus signs count there. A currency sign before a number goes, in whatever script. exact_match keeps by
//   default.
// - What keep still loses: a minus apart from its digit ("- 6") or behind a letter ("1e-5" is "1e5"), ranges ("2-1" is
//   "21"), fractions ("1/2" is "12"), powers ("10^5" is "105"). Texts are compared, not values: 2.0 is not 2.
// - Lower case is Unicode's simple mapping, with the dotted capital I and the final sigma: Python's str.lower, but
//   for a sigma whose neighbour is an uncased letter or no letter at all. There Python goes by the next cased
//   character, this by the neighbour.
// - A word is a run of letters, numbers and underscores of any script, as for \b in Python: "«the»" holds an
//   article, "thé" does not. A combining mark ends a word.
// - Punctuation outside ASCII stays: no-break blanks are white space, dashes and typographic quotes are text.
// - A byte that is no UTF-8 is text that is neither letter nor blank, and comes out as it went in.
//
// Cost: one pass, one allocation (two where lower case takes more bytes than capitals, and one more to keep numbers).
// No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/written_number.hpp>

#include <span>

namespace guerdon {

/// What becomes of the punctuation of numbers: it goes like any other (SQuAD), or what changes the number stays.
enum class answer_numbers { strip, keep };
constexpr auto enumerators(answer_numbers) { return std::array{"strip", "keep"}; }
/// What meets a reference that normalises to nothing, or that ends in an article.
enum class empty_reference_rule { itself, official };
constexpr auto enumerators(empty_reference_rule) { return std::array{"itself", "official"}; }

namespace op {
struct normalize_answer : host_kind {
  static constexpr info about{"normalize_answer", "verify",
                              "A short answer without case, punctuation, articles and extra blanks (SQuAD)",
                              "arXiv:1606.05250", skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    std::string normalized;
  };
  struct options {
    answer_numbers numbers = answer_numbers::strip;  ///< strip is the official script, keep tells 2.75 from 275
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("normalized", &O::normalized, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("numbers", &options::numbers)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rules, for all that normalise answers.
namespace answers {

constexpr bool is_article(std::string_view word) { return word == "a" || word == "an" || word == "the"; }
/// Of an answer that was normalised with its articles.
constexpr bool ends_in_article(std::string_view answer) { return is_article(answer.substr(answer.rfind(' ') + 1)); }

enum class ascii_class : unsigned char { other, space, punctuation, word };

inline constexpr auto ascii_classes = [] {
  std::array<ascii_class, 128> table{};
  for (unsigned c = 0; c < 128; ++c) {
    const bool alphanumeric = unicode::is_letter(c) || unicode::is_number(c);
    table[c] = alphanumeric           ? ascii_class::word
               : unicode::is_space(c) ? ascii_class::space
               : c >= 0x21 && c <= 0x7E
                   ? ascii_class::punctuation  // graphic, neither letter nor digit: all 32
                   : ascii_class::other;
  }
  return table;
}();

constexpr ascii_class class_of(char32_t c) {
  return c < 0x80               ? ascii_classes[c]
         : unicode::is_word(c)  ? ascii_class::word
         : unicode::is_space(c) ? ascii_class::space
                                : ascii_class::other;
}

/// The rules behind lower case, a code point at a time. Lone bytes come out as three bytes each (see
/// append_generalised) when lone_bytes_as_code_points, else as themselves.
template <bool lone_bytes_as_code_points>
class answer_writer {
 public:
  answer_writer(std::size_t size, bool articles) : articles_(articles) { out_.reserve(size); }

  void put(char32_t c) { put(c, class_of(c)); }
  /// Punctuation that stays.
  void keep(char32_t c) { put(c, ascii_class::other); }

  std::string finish() && {
    end_word();
    return std::move(out_);
  }

 private:
  void put(char32_t c, ascii_class kind) {
    switch (kind) {
      case ascii_class::word:
        if (word_ == none) {
          flush_blank();
          word_ = out_.size();
        }
        return write(c);
      case ascii_class::punctuation:
        return;  // as if never there: "a.n" is the word "an"
      case ascii_class::space:
        end_word();
        blank_due_ = true;
        return;
      case ascii_class::other:
        end_word();
        flush_blank();
        return write(c);
    }
  }

  void write(char32_t c) {
    if (c < 0x80) {
      out_ += static_cast<char>(c);
    } else if constexpr (lone_bytes_as_code_points) {
      unicode::append_generalised(out_, c);
    } else {
      unicode::append_utf8(out_, c);
    }
  }
  void flush_blank() {
    if (blank_due_ && !out_.empty()) out_ += ' ';
    blank_due_ = false;
  }
  void end_word() {
    if (word_ == none) return;
    if (!articles_ && is_article(std::string_view(out_).substr(word_))) {
      out_.resize(word_);
      if (!out_.empty() && out_.back() == ' ') out_.pop_back();
      blank_due_ = true;
    }
    word_ = none;
  }

  static constexpr auto none = std::string::npos;
  std::string out_;
  std::size_t word_ = none;  // where the run of word characters being written began
  bool blank_due_ = false;   // something that separates words was seen since the last character written
  bool articles_;            // articles stay
};

/// The digits that begin at `at` with the single points and commas between them go to the writer, the commas unless
/// they separate thousands. Returns where that ends.
template <class Writer>
std::size_t put_digits(Writer& writer, std::string_view text, std::size_t at) {
  using numerals::digit_at;
  std::size_t end = at, group = 0;
  bool thousands = true, point = false;
  for (bool first = true;; ++end) {
    if (digit_at(text, end)) {
      ++group;
      continue;
    }
    const bool separator = end < text.size() && (text[end] == '.' || text[end] == ',') && digit_at(text, end + 1);
    const bool comma = separator && text[end] == ',';
    if (!point) thousands = thousands && (first ? group <= 3 : group == 3) && (!first || comma);
    if (comma && point) thousands = false;
    if (!separator) break;
    point = point || !comma;
    first = false;
    group = 0;
  }
  for (; at < end; ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '.' || (c == ',' && !thousands)) {
      writer.keep(c);
    } else {
      writer.put(c);  // a comma goes
    }
  }
  return end;
}

/// Text in lower case goes to the writer; what belongs to a number stays.
template <class Writer>
void put_keeping_numbers(Writer& writer, std::string_view text) {
  using namespace numerals;
  // Each says whether something begins at i that is part of a number, with what stands before it.
  const auto point_at = [&](std::size_t i) {
    if (!text.substr(i).starts_with('.') || !digit_at(text, i + 1)) return false;
    const char32_t c = before(text, i);
    return !unicode::is_word(c) && c != '.';
  };
  const auto value_at = [&](std::size_t i) { return digit_at(text, i) || point_at(i); };
  const auto minus_at = [&](std::size_t i) {
    const std::size_t end = skip_one(text, i, is_minus);
    if (end == i || unicode::is_word(before(text, i))) return false;
    return value_at(end) || value_at(skip_currency_sign(text, end));
  };
  for (std::size_t at = 0; at < text.size();) {
    if (digit_at(text, at)) {
      at = put_digits(writer, text, at);
      continue;
    }
    const auto [c, size] = peek(text, at);
    const std::size_t next = at + static_cast<std::size_t>(size);
    if (c == '.' ? point_at(at) : c == ':' && is_digit(before(text, at)) && digit_at(text, next)) {
      writer.keep(c);
    } else if (is_minus(c) && minus_at(at)) {
      writer.keep('-');
    } else if (!(is_currency(c) && !is_digit(before(text, at)) && (value_at(next) || minus_at(next)))) {
      writer.put(c);
    }
    at = next;
  }
}

template <bool lone_bytes_as_code_points>
std::string normalized(std::string_view text, answer_numbers numbers, bool articles = false) {
  answer_writer<lone_bytes_as_code_points> writer(text.size(), articles);
  if (numbers == answer_numbers::keep) {
    put_keeping_numbers(writer, unicode::lower(text));
  } else {
    unicode::for_each_lower(text, [&](char32_t c) { writer.put(c); });
  }
  return std::move(writer).finish();
}

}  // namespace answers

/// One text: `normalize_answer({"The Cat!"}).normalized`.
inline op::normalize_answer::outputs normalize_answer(const op::normalize_answer::inputs& in,
                                                      const op::normalize_answer::options& o = {}) {
  check<op::normalize_answer>(in, o);
  return {answers::normalized<false>(in.text, o.numbers)};
}

/// A batch, in order.
inline auto normalize_answer(const host_rows& rows, std::span<const op::normalize_answer::inputs> in,
                             const op::normalize_answer::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return normalize_answer(row, o); });
}

}}  // namespace guerdon
