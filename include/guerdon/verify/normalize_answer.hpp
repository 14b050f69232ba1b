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
// - Lower case is Unicode's simple mapping, with the dotted capital I and the final sigma: Python's str.lower, but
//   for a sigma whose neighbour is an uncased letter or no letter at all. There Python goes by the next cased
//   character, this by the neighbour.
// - A word is a run of letters, numbers and underscores of any script, as for \b in Python: "«the»" holds an
//   article, "thé" does not. A combining mark ends a word.
// - Punctuation outside ASCII stays: no-break blanks are white space, dashes and typographic quotes are text.
// - A byte that is no UTF-8 is text that is neither letter nor blank, and comes out as it went in.
//
// Cost: one pass, one allocation (two where lower case takes more bytes than capitals). No gradient.

#include <guerdon/core/launch.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/core/text_view.hpp>

#include <array>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct normalize_answer_inputs {
  text_view text;  ///< [B]
};

template <storage T, template <class> class Of = view>
struct normalize_answer_outputs {
  Of<std::string> normalized;  ///< [B]
};

struct normalize_answer_options {};

namespace detail {

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

/// One pass of lower case, punctuation, articles and white space. Lone bytes come out as three bytes each
/// (see append_generalised) when lone_bytes_as_code_points, else as themselves.
template <bool lone_bytes_as_code_points>
std::string normalize_answer(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  constexpr auto none = std::string::npos;
  std::size_t word = none;  // where the run of word characters being written began
  bool blank_due = false;   // something that separates words was seen since the last character written

  const auto write = [&](char32_t c) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if constexpr (lone_bytes_as_code_points) {
      unicode::append_generalised(out, c);
    } else {
      unicode::append_utf8(out, c);
    }
  };
  const auto flush_blank = [&] {
    if (blank_due && !out.empty()) out += ' ';
    blank_due = false;
  };
  const auto end_word = [&] {
    if (word == none) return;
    const std::string_view run = std::string_view(out).substr(word);
    if (run == "a" || run == "an" || run == "the") {
      out.resize(word);
      if (!out.empty() && out.back() == ' ') out.pop_back();
      blank_due = true;
    }
    word = none;
  };
  unicode::for_each_lower(text, [&](char32_t c) {
    const ascii_class kind = c < 0x80               ? ascii_classes[c]
                             : unicode::is_word(c)  ? ascii_class::word
                             : unicode::is_space(c) ? ascii_class::space
                                                    : ascii_class::other;
    switch (kind) {
      case ascii_class::word:
        if (word == none) {
          flush_blank();
          word = out.size();
        }
        return write(c);
      case ascii_class::punctuation:
        return;  // as if never there: "a.n" is the word "an"
      case ascii_class::space:
        end_word();
        blank_due = true;
        return;
      case ascii_class::other:
        end_word();
        flush_blank();
        return write(c);
    }
  });
  end_word();
  return out;
}

}  // namespace detail

/// One text.
inline std::string normalize_answer(std::string_view text) { return detail::normalize_answer<false>(text); }

/// A batch. Throws std::invalid_argument naming the argument that is wrong, before anything is written.
template <storage T = float, backend Backend>
void normalize_answer(const Backend& backend, const normalize_answer_inputs<T>& in,
                      const normalize_answer_outputs<T>& out, const normalize_answer_options& = {}) {
  static_assert(Backend::on_host, "normalize_answer reads text: call it with a host backend");
  const index_t n = in.text.size();
  require_size(out.normalized.size(), n, "normalize_answer", "normalized", "text");
  backend.each(n, [=](index_t i) { out.normalized[i] = normalize_answer(in.text[i]); });
}

/// A batch, in an array of the backend's.
template <storage T = float, backend Backend>
auto normalize_answer(const Backend& backend, const normalize_answer_inputs<T>& in,
                      const normalize_answer_options& o = {}) {
  static_assert(Backend::on_host, "normalize_answer reads text: call it with a host backend");
  auto normalized = backend.template make<std::string>(in.text.size());
  normalize_answer<T>(backend, in, {.normalized = normalized}, o);
  return normalized;
}

}}  // namespace guerdon
