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
// "2^10", "1e5", "3,14") is unreadable: strict finds nothing there, flexible passes it over, and neither pays a part
// of it. The answer is read in the same way, so that "$1,000" and "18 apples" are 1000 and 18.
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

#include <guerdon/core/launch.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/core/text_view.hpp>
#include <guerdon/verify/written_number.hpp>

#include <optional>

namespace guerdon { inline namespace GUERDON_ABI {

enum class gsm8k_method { strict, flexible };

enum class gsm8k_compare { number, text };

struct gsm8k_reward_options {
  gsm8k_method method = gsm8k_method::strict;
  index_t clip_chars = 0;     ///< >= 0; search the last that many code points; 0: the whole text
  double correct_reward = 1;  ///< the number equals the answer
  double wrong_reward = 0;    ///< a number was found and is another one
  bool clean = true;          ///< read numbers as they are written; false: verl's runs of digits, points and commas
  gsm8k_compare compare = gsm8k_compare::number;  ///< text: character by character
};

template <storage T>
struct gsm8k_reward_inputs {
  text_view completion;  ///< [B]
  text_view answer;      ///< [B] the reference: a number; marks before it and a unit behind it are passed over
};

/// `extracted` and `found` may be left out.
template <storage T, template <class> class Of = view>
struct gsm8k_reward_outputs {
  Of<std::string> extracted = {};  ///< [B] the number, if clean as -1234.5; empty where none was found
  Of<flag_t> found = {};           ///< [B]
  Of<T> reward = {};               ///< [B]
};

/// What one completion earned.
struct gsm8k_verdict {
  std::string extracted;
  bool found = false;
  bool correct = false;  ///< found, and equal to the answer
  double reward = 0;
};

namespace detail {

/// Behind what may stand between the mark and its number.
constexpr std::size_t skip_gsm8k_wrapper(std::string_view text, std::size_t at) {
  const std::size_t blank = numerals::skip_one(text, at, unicode::is_space);
  if (blank != at) return blank;
  const std::size_t mark = numerals::skip_any(text, at, "*", "_", "`", "(", "[", "{", "\\(", "\\[", "\\boxed{");
  return mark != at ? mark : numerals::skip_currency(text, at);
}

constexpr std::optional<numerals::number> gsm8k_number_behind(std::string_view text, std::size_t at) {
  while (true) {
    if (const auto number = numerals::number_at(text, at)) return number;
    const std::size_t next = skip_gsm8k_wrapper(text, at);
    if (next == at) return std::nullopt;
    at = next;
  }
}

inline std::optional<std::string> find_gsm8k_strict(std::string_view text) {
  constexpr std::string_view mark = "####";
  for (std::size_t at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
    if (const auto number = gsm8k_number_behind(text, at + mark.size()))
      return number->readable ? std::optional(number->digits()) : std::nullopt;
    if (at == 0) break;
  }
  return std::nullopt;
}

inline std::optional<std::string> find_gsm8k_flexible(std::string_view text) {
  std::optional<numerals::number> last;
  std::size_t at = 0;
  while (const auto number = numerals::next_number(text, at)) {
    if (number->readable) last = number;
    at = number->end;
  }
  return last ? std::optional(last->digits()) : std::nullopt;
}

/// The same two by verl's rules.
constexpr bool is_gsm8k_digit(char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; }

/// The number that begins at `at`, empty if none does.
constexpr std::string_view official_gsm8k_number_at(std::string_view text, std::size_t at) {
  const std::size_t digits = at + (at < text.size() && text[at] == '-');
  std::size_t end = digits;
  while (end < text.size() && is_gsm8k_digit(text[end])) ++end;
  return end == digits ? std::string_view() : text.substr(at, end - at);
}

inline std::optional<std::string> find_official_gsm8k_strict(std::string_view text) {
  constexpr std::string_view mark = "#### ";
  for (std::size_t at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
    std::string number(official_gsm8k_number_at(text, at + mark.size()));
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
inline std::optional<std::string> find_official_gsm8k_flexible(std::string_view text) {
  std::optional<std::string_view> lone_point;
  std::size_t end = text.size();
  while (true) {
    while (end > 0 && !is_gsm8k_digit(text[end - 1])) --end;
    if (end == 0) return lone_point ? std::optional<std::string>(*lone_point) : std::nullopt;
    std::size_t begin = end;
    while (begin > 0 && is_gsm8k_digit(text[begin - 1])) --begin;
    if (begin > 0 && text[begin - 1] == '-') --begin;
    const std::string_view number = text.substr(begin, end - begin);
    if (number != ".") return std::string(number);
    lone_point = number;
    end = begin;
  }
}

/// An extracted text that is one readable number, points behind it aside.
inline std::optional<std::string> gsm8k_whole_number(std::string_view extracted) {
  extracted = unicode::trim(extracted);
  const auto number = numerals::number_at(extracted, 0);
  if (!number || !number->readable || extracted.find_first_not_of('.', number->end) != extracted.npos) return {};
  return number->digits();
}

inline bool gsm8k_equal(std::string_view extracted, std::string_view answer, gsm8k_compare compare) {
  if (compare == gsm8k_compare::text) return extracted == answer;
  const auto wanted = gsm8k_number_behind(answer, 0);  // as if behind a mark
  const auto given = gsm8k_whole_number(extracted);
  if (!wanted || !wanted->readable || !given) return extracted == answer;
  return numerals::canonical(*given) == numerals::canonical(wanted->digits());
}

inline void require_gsm8k_options(const gsm8k_reward_options& o) {
  constexpr auto op = "gsm8k_reward";
  require_choice(o.method, gsm8k_method::flexible, op, "method");
  require_choice(o.compare, gsm8k_compare::text, op, "compare");
  require(o.clip_chars >= 0, op, "clip_chars", "must be at least 0");
}

}  // namespace detail

/// One completion: `gsm8k_reward(text, "18").reward`.
inline gsm8k_verdict gsm8k_reward(std::string_view completion, std::string_view answer,
                                  const gsm8k_reward_options& o = {}) {
  detail::require_gsm8k_options(o);
  const bool strict = o.method == gsm8k_method::strict;
  const auto text = o.clip_chars > 0 ? unicode::last_code_points(completion, o.clip_chars) : completion;
  auto number = o.clean ? strict ? detail::find_gsm8k_strict(text) : detail::find_gsm8k_flexible(text)
                : strict ? detail::find_official_gsm8k_strict(text)
                         : detail::find_official_gsm8k_flexible(text);
  if (!number) return {};
  const bool correct = detail::gsm8k_equal(*number, answer, o.compare);
  return {std::move(*number), true, correct, correct ? o.correct_reward : o.wrong_reward};
}

/// A batch. Throws std::invalid_argument naming the argument that is wrong, before anything is written.
template <storage T = float, backend Backend>
void gsm8k_reward(const Backend& backend, const gsm8k_reward_inputs<T>& in,
                  const gsm8k_reward_outputs<T>& out, const gsm8k_reward_options& o = {}) {
  static_assert(Backend::on_host,
                "gsm8k_reward reads text: call it with a host backend and copy the rewards over");
  constexpr auto op = "gsm8k_reward";
  const index_t n = in.completion.size();
  require_size(in.answer.size(), n, op, "answer", "completion");
  if (out.extracted) require_size(out.extracted.size(), n, op, "extracted", "completion");
  if (out.found) require_size(out.found.size(), n, op, "found", "completion");
  require_size(out.reward.size(), n, op, "reward", "completion");
  detail::require_gsm8k_options(o);

  backend.each(n, [=](index_t i) {
    gsm8k_verdict verdict = gsm8k_reward(in.completion[i], in.answer[i], o);
    if (out.extracted) out.extracted[i] = std::move(verdict.extracted);
    if (out.found) out.found[i] = verdict.found;
    out.reward[i] = T(verdict.reward);
  });
}

/// A batch, in arrays of the backend's: `.extracted`, `.found`, `.reward`.
template <storage T = float, backend Backend>
auto gsm8k_reward(const Backend& backend, const gsm8k_reward_inputs<T>& in,
                  const gsm8k_reward_options& o = {}) {
  static_assert(Backend::on_host,
                "gsm8k_reward reads text: call it with a host backend and copy the rewards over");
  const index_t n = in.completion.size();
  gsm8k_reward_outputs<T, Backend::template array> out{
      backend.template make<std::string>(n), backend.template make<flag_t>(n), backend.template make<T>(n)};
  gsm8k_reward<T>(backend, in, {.extracted = out.extracted, .found = out.found, .reward = out.reward}, o);
  return out;
}

}}  // namespace guerdon
