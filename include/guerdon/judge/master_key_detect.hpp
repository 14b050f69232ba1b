#pragma once
// Whether an answer is one of the empty strings that judges pay for: blank, punctuation, "Solution", ":".
//
// $$\text{kind} = \begin{cases} 1 & \text{blank} \\ 2 & \text{punctuation only} \\ 3 & C(r) = C(k) \text{ of a key } k
//   \\ 0 & \text{else} \end{cases}$$
//
// where $C$ leaves out white space at both ends, capitals (ASCII), and once the run of . , : ; ! ? and the wide forms
// U+3002 and U+FF1A at the end.
//
// Source: Master-RM, arXiv:2507.08794, for the strings; the rules are this project's own.
//
// Details that differ:
// - The whole answer is compared, never its beginning: "Solution: x=3" has content.
// - Keys that are given stand instead of the ten published ones; blank and punctuation are told without them. A key of
//   which C leaves nothing matches nothing.
// - To gate a reward, multiply it by 1 - is_master_key.
//
// Cost: linear in the answer and the keys. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/judge_text.hpp>
#include <guerdon/verify/tags.hpp>

#include <algorithm>
#include <span>

namespace guerdon {
namespace op {
struct master_key_detect : host_kind {
  static constexpr info about{"master_key_detect", "judge", "Answers without content that fool judges (Master-RM)",
                              "arXiv:2507.08794", skeleton::host, 1e-5, true};
  struct inputs {
    std::string_view response;
    text_view keys = {};  ///< [K] known empty strings; left out: the ten of the paper
  };
  struct outputs {
    index_t kind = 0;            ///< 0 = content, 1 = blank, 2 = punctuation only, 3 = a key
    bool is_master_key = false;  ///< kind > 0
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("response", &I::response, "B", words()), optional_array("keys", &I::keys, "K", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kind", &O::kind, "B"), array("is_master_key", &O::is_master_key, "B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace judge_text {

inline constexpr std::array<std::string_view, 10> master_keys{
    " ", ".", ",", ":", "Thought process:", "Let's solve this problem step by step.", "Solution",
    "\xE8\xA7\xA3", "\xE3\x81\x8B\xE3\x81\x84\xE3\x81\x9B\xE3\x81\xA4", "Respuesta"};

constexpr bool is_punctuation(char32_t c) {
  return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126) ||
         c == 0x3002 || c == 0xFF1A || c == 0xFF0C || c == 0x3001;
}
constexpr bool ends_sentence(char32_t c) {
  return c == U'.' || c == U',' || c == U':' || c == U';' || c == U'!' || c == U'?' || c == 0x3002 || c == 0xFF1A;
}
/// What is compared of an answer and of a key, capitals aside.
constexpr std::string_view core_of(std::string_view text) { return trim_right(trim_right(trim(text), ends_sentence)); }

}  // namespace judge_text

/// One answer.
inline op::master_key_detect::outputs master_key_detect(const op::master_key_detect::inputs& in,
                                                        const op::master_key_detect::options& o = {}) {
  check<op::master_key_detect>(in, o);
  if (judge_text::trim(in.response).empty()) return {1, true};
  if (judge_text::trim_right(in.response, [](char32_t c) {
        return judge_text::is_punctuation(c) || judge_text::is_blank(c);
      }).empty())
    return {2, true};
  const std::string_view core = judge_text::core_of(in.response);
  const text_view keys = in.keys ? in.keys : text_view(judge_text::master_keys);
  for (index_t k = 0; k < keys.size(); ++k) {
    const std::string_view key = judge_text::core_of(keys[k]);
    if (!key.empty() && std::ranges::equal(core, key, {}, tags::lower_ascii, tags::lower_ascii)) return {3, true};
  }
  return {};
}

/// A batch, in order.
inline auto master_key_detect(const host_rows& rows, std::span<const op::master_key_detect::inputs> in,
                              const op::master_key_detect::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return master_key_detect(row, o); });
}

}}  // namespace guerdon
