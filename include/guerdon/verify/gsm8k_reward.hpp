#pragma once
// The final answer of a written-out solution, compared with the reference: the reward of GSM8K training runs.
//
//   strict     the number behind the last "####" that has one behind it; between the two may stand white space,
//              emphasis, code marks, opening brackets, \boxed{ and a currency
//   flexible   the last number
//
// $$r = r_+ [e = a] + r_- [e \ne a]$$
//
// for the extracted number e and the answer a, compared as decimals digit by digit, with r_+ `correct_reward` and r_-
// `wrong_reward`; 0 where there is no number.
//
// A number has an optional sign (typographic ones too), an optional currency, digits with groups of three set off by
// commas or blanks, a point and digits (written_number.hpp). One that something joins to another ("1/2", "10-14",
// "2^10", "1e5", "3,14", or digits with a zero-width blank between them) is unreadable: strict finds nothing there,
// flexible passes it over, and neither pays a part of it. The answer is read in the same way, so that "$1,000" and "18
// apples" are 1000 and 18.
//
// Source: verl, utils/reward_score/gsm8k.py; the data set and its "####": Cobbe et al., arXiv:2110.14168.
//
// Details that differ:
// - verl is {.clip_chars = 300, .clean = false, .compare = gsm8k_compare::text}; each can be had alone, and each pays
//   wrong answers or loses right ones. In 300 characters an answer with much text behind it is not found. Unclean, a
//   number is an optional "-" and a run of digits, points and commas behind "#### " and its one blank: "$14", "+14" and
//   a typographic minus are not found, 1/2 pays for 1, and in flexible mode "42." misses 42, "1,000" misses 1000, a
//   typographic -14 pays for 14 and the lone comma of "7, of course, yes" is the answer. As text 37.00 is not 37.
// - Only what stands directly behind a number can make it another: "5 million" is 5, "2 1/2" is 2. A percentage is its
//   number. The point is the decimal point, three digits behind a blank are a group ("5 100" is 5100).
// - Where the answer is no readable number ("1/2", "five") the two are compared as text.
// - Unclean, a number may become empty without its commas ("#### ,"). It is still found.
// - The data set's own checker takes the first "#### " where verl takes the last. For its verdict hand over the text
//   up to the end of the first answer.
// - verl's `score` and `format_score` are `correct_reward` and `wrong_reward`.
// - Digits are ASCII. Ill-formed UTF-8 counts one character per byte.
//
// Cost: linear, and with clipping independent of the length of the completion. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/written_number.hpp>

#include <optional>
#include <span>

namespace guerdon {

enum class gsm8k_method { strict, flexible };
constexpr auto enumerators(gsm8k_method) { return std::array{"strict", "flexible"}; }
enum class gsm8k_compare { number, text };
constexpr auto enumerators(gsm8k_compare) { return std::array{"number", "text"}; }

namespace op {
struct gsm8k_reward : host_kind {
  static constexpr info about{"gsm8k_reward", "verify",
                              "The final number of a solution against the reference answer (GSM8K)", "arXiv:2110.14168",
                              skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view answer;  ///< the reference: a number; marks before it and a unit behind it are passed over
  };
  struct outputs {
    std::string extracted;  ///< the number, if clean as -1234.5; empty where none was found
    bool found = false;
    bool correct = false;  ///< found, and equal to the answer
    double reward = 0;
  };
  struct options {
    gsm8k_method method = gsm8k_method::strict;
    index_t clip_chars = 0;     ///< search the last that many code points; 0: the whole text
    double correct_reward = 1;  ///< the number equals the answer
    double wrong_reward = 0;    ///< a number was found and is another one
    bool clean = true;          ///< read numbers as they are written; false: verl's runs of digits, points and commas
    gsm8k_compare compare = gsm8k_compare::number;  ///< text: character by character
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words()), array("answer", &I::answer, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("extracted", &O::extracted, "B"), array("found", &O::found, "B"),
                      array("correct", &O::correct, "B"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method), option("clip_chars", &options::clip_chars, counts(400)),
                      option("correct_reward", &options::correct_reward),
                      option("wrong_reward", &options::wrong_reward),
                      flag("clean", &options::clean), choice("compare", &options::compare));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// How gsm8k_reward finds a number and compares it.
namespace gsm8k {

/// Behind what may stand between the mark and its number.
constexpr std::size_t skip_wrapper(std::string_view text, std::size_t at) {
  const std::size_t blank = numerals::skip_one(text, at, unicode::is_space);
  if (blank != at) return blank;
  const std::size_t mark = numerals::skip_any(text, at, "*", "_", "`", "(", "[", "{", "\\(", "\\[", "\\boxed{");
  return mark != at ? mark : numerals::skip_currency(text, at);
}

constexpr std::optional<numerals::number> number_behind(std::string_view text, std::size_t at) {
  while (true) {
    if (const auto number = numerals::number_at(text, at)) return number;
    const std::size_t next = skip_wrapper(text, at);
    if (next == at) return std::nullopt;
    at = next;
  }
}

inline std::optional<std::string> find_strict(std::string_view text) {
  constexpr std::string_view mark = "####";
  for (std::size_t at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
    if (const auto number = number_behind(text, at + mark.size()))
      return number->readable ? std::optional(number->digits()) : std::nullopt;
    if (at == 0) break;
  }
  return std::nullopt;
}

inline std::optional<std::string> find_flexible(std::string_view text) {
  std::optional<numerals::number> last;
  std::size_t at = 0;
  while (const auto number = numerals::next_number(text, at)) {
    if (number->readable) last = number;
    at = number->end;
  }
  return last ? std::optional(last->digits()) : std::nullopt;
}

/// The same two by verl's rules.
constexpr bool official_digit(char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; }

/// The number that begins at `at`, empty if none does.
constexpr std::string_view official_number_at(std::string_view text, std::size_t at) {
  const std::size_t digits = at + (at < text.size() && text[at] == '-');
  std::size_t end = digits;
  while (end < text.size() && official_digit(text[end])) ++end;
  return end == digits ? std::string_view() : text.substr(at, end - at);
}

inline std::optional<std::string> find_official_strict(std::string_view text) {
  constexpr std::string_view mark = "#### ";
  for (std::size_t at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
    std::string number(official_number_at(text, at + mark.size()));
    if (!number.empty()) {
      std::erase(number, ',');
      return number;
    }
    if (at == 0) break;
  }
  return std::nullopt;
}

/// From the end: a run of digits takes the sign before it and nothing competes for either, so backwards finds
/// the same numbers as forwards.
inline std::optional<std::string> find_official_flexible(std::string_view text) {
  std::optional<std::string_view> lone_point;
  std::size_t end = text.size();
  while (true) {
    while (end > 0 && !official_digit(text[end - 1])) --end;
    if (end == 0) return lone_point ? std::optional<std::string>(*lone_point) : std::nullopt;
    std::size_t begin = end;
    while (begin > 0 && official_digit(text[begin - 1])) --begin;
    if (begin > 0 && text[begin - 1] == '-') --begin;
    const std::string_view number = text.substr(begin, end - begin);
    if (number != ".") return std::string(number);
    lone_point = number;
    end = begin;
  }
}

/// An extracted text that is one readable number, points behind it aside.
inline std::optional<std::string> whole_number(std::string_view extracted) {
  extracted = unicode::trim(extracted);
  const auto number = numerals::number_at(extracted, 0);
  if (!number || !number->readable || extracted.find_first_not_of('.', number->end) != extracted.npos) return {};
  return number->digits();
}

inline bool equal(std::string_view extracted, std::string_view answer, gsm8k_compare compare) {
  if (compare == gsm8k_compare::text) return extracted == answer;
  const auto wanted = number_behind(answer, 0);  // as if behind a mark
  const auto given = whole_number(extracted);
  if (!wanted || !wanted->readable || !given) return extracted == answer;
  return numerals::canonical(*given) == numerals::canonical(wanted->digits());
}

}  // namespace gsm8k

/// One completion: `gsm8k_reward({text, "18"}).reward`.
inline op::gsm8k_reward::outputs gsm8k_reward(const op::gsm8k_reward::inputs& in,
                                              const op::gsm8k_reward::options& o = {}) {
  check<op::gsm8k_reward>(in, o);
  const bool strict = o.method == gsm8k_method::strict;
  const auto text = o.clip_chars > 0 ? unicode::last_code_points(in.completion, o.clip_chars) : in.completion;
  auto number = o.clean  ? strict ? gsm8k::find_strict(text) : gsm8k::find_flexible(text)
                : strict ? gsm8k::find_official_strict(text)
                         : gsm8k::find_official_flexible(text);
  if (!number) return {};
  const bool correct = gsm8k::equal(*number, in.answer, o.compare);
  return {std::move(*number), true, correct, correct ? o.correct_reward : o.wrong_reward};
}

/// A batch, in order.
inline auto gsm8k_reward(const host_rows& rows, std::span<const op::gsm8k_reward::inputs> in,
                         const op::gsm8k_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return gsm8k_reward(row, o); });
}

}}  // namespace guerdon
