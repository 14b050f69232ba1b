#pragma once
// The final answer of a written-out solution, compared with the reference: the reward of GSM8K training runs.
//
// A number is an optional "-" and then the longest run of digits, points and commas. The answer is
//
//   strict     the last number that directly follows the mark "#### " (one blank); its commas are dropped
//   flexible   the last number that is not a bare "."; where every one is, "."
//
// $$r = r_+ [e = a] + r_- [e \ne a]$$
//
// for the extracted text e and the answer a, compared character by character, with r_+ `correct_reward` and
// r_- `wrong_reward`; 0 where there is no number.
//
// Only the last `clip_chars` characters (code points) are looked at.
//
// Source: verl, utils/reward_score/gsm8k.py; the data set and its "####": Cobbe et al., arXiv:2110.14168.
//
// Details that differ:
// - verl compares text, not values: 8.0 is not 8. Its flexible rule cleans nothing, so "42." misses 42,
//   "1,000" misses 1000, and the lone comma of "7, of course, yes" is the answer. `clean` drops commas and
//   then trailing points.
// - The reference answer is never cleaned. Hand over "1000", not "1,000".
// - A number may become empty by cleaning ("#### ,"). It is still found, and equals an empty answer only.
// - The data set's own checker takes the first "#### " in the whole text where verl takes the last in 300
//   characters. For its verdict set clip_chars to 0 and hand over the text up to the end of the first answer.
// - verl's `score` and `format_score` are `correct_reward` and `wrong_reward`.
// - Digits are ASCII. Ill-formed UTF-8 counts one character per byte.
//
// Cost: linear, and with clipping independent of the length of the completion. No gradient.

#include <guerdon/core/launch.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/core/text_view.hpp>

#include <optional>

namespace guerdon { inline namespace GUERDON_ABI {

enum class gsm8k_method { strict, flexible };

struct gsm8k_reward_options {
  gsm8k_method method = gsm8k_method::strict;
  index_t clip_chars = 300;   ///< >= 0; 0 looks at the whole text
  double correct_reward = 1;  ///< the number equals the answer
  double wrong_reward = 0;    ///< a number was found and is another one
  bool clean = false;         ///< drop commas and trailing points before comparing
};

template <storage T>
struct gsm8k_reward_inputs {
  text_view completion;  ///< [B]
  text_view answer;      ///< [B] the reference, as bare as the number is expected
};

/// `extracted` and `found` may be left out.
template <storage T, template <class> class Of = view>
struct gsm8k_reward_outputs {
  Of<std::string> extracted = {};  ///< [B] the number, cleaned where asked for; empty where none was found
  Of<flag_t> found = {};           ///< [B]
  Of<T> reward = {};               ///< [B]
};

/// What one completion earned.
struct gsm8k_verdict {
  std::string extracted;
  bool found = false;
  double reward = 0;
};

namespace detail {

constexpr bool is_gsm8k_digit(char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; }

/// The number that begins at `at`, empty if none does.
constexpr std::string_view gsm8k_number_at(std::string_view text, std::size_t at) {
  const std::size_t digits = at + (at < text.size() && text[at] == '-');
  std::size_t end = digits;
  while (end < text.size() && is_gsm8k_digit(text[end])) ++end;
  return end == digits ? std::string_view() : text.substr(at, end - at);
}

constexpr std::optional<std::string_view> find_gsm8k_strict(std::string_view text) {
  constexpr std::string_view mark = "#### ";
  for (std::size_t at = text.rfind(mark); at != text.npos; at = text.rfind(mark, at - 1)) {
    const std::string_view number = gsm8k_number_at(text, at + mark.size());
    if (!number.empty()) return number;
    if (at == 0) break;
  }
  return std::nullopt;
}

/// From the end: a run of digits takes the sign before it and nothing competes for either, so backwards finds
/// the same numbers as forwards.
constexpr std::optional<std::string_view> find_gsm8k_flexible(std::string_view text) {
  std::optional<std::string_view> lone_point;
  std::size_t end = text.size();
  while (true) {
    while (end > 0 && !is_gsm8k_digit(text[end - 1])) --end;
    if (end == 0) return lone_point;
    std::size_t begin = end;
    while (begin > 0 && is_gsm8k_digit(text[begin - 1])) --begin;
    if (begin > 0 && text[begin - 1] == '-') --begin;
    const std::string_view number = text.substr(begin, end - begin);
    if (number != ".") return number;
    lone_point = number;
    end = begin;
  }
}

inline void require_gsm8k_options(const gsm8k_reward_options& o) {
  constexpr auto op = "gsm8k_reward";
  require_choice(o.method, gsm8k_method::flexible, op, "method");
  require(o.clip_chars >= 0, op, "clip_chars", "must be at least 0");
}

}  // namespace detail

/// One completion: `gsm8k_reward(text, "18").reward`.
inline gsm8k_verdict gsm8k_reward(std::string_view completion, std::string_view answer,
                                  const gsm8k_reward_options& o = {}) {
  detail::require_gsm8k_options(o);
  const bool strict = o.method == gsm8k_method::strict;
  const auto text = o.clip_chars > 0 ? unicode::last_code_points(completion, o.clip_chars) : completion;
  const auto number = strict ? detail::find_gsm8k_strict(text) : detail::find_gsm8k_flexible(text);
  if (!number) return {};
  gsm8k_verdict verdict{std::string(*number), true, 0};
  std::string& extracted = verdict.extracted;
  if (strict || o.clean) std::erase(extracted, ',');
  while (o.clean && extracted.ends_with('.')) extracted.pop_back();
  verdict.reward = extracted == answer ? o.correct_reward : o.wrong_reward;
  return verdict;
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
    auto [extracted, found, reward] = gsm8k_reward(in.completion[i], in.answer[i], o);
    if (out.extracted) out.extracted[i] = std::move(extracted);
    if (out.found) out.found[i] = found;
    out.reward[i] = T(reward);
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
