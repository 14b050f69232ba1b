#pragma once
// A part of the reward for each of the four tags that a reasoning model should write exactly once.
//
// $$r = w \sum_t [\text{tag } t \text{ occurs exactly once}]$$
//
// over "<think>\n", "\n</think>\n", "\n<answer>\n" and "\n</answer>".
//
// Source: Open R1, rewards.py (tag_count_reward), after Will Brown's GRPO demonstration.
//
// Details that differ:
// - Their order is not looked at: the tags in any order earn the whole reward (think_answer_format asks for the form).
// - A tag without its line breaks does not count.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct tag_count_reward : host_kind {
  static constexpr info about{"tag_count_reward", "verify",
                              "A part for each thinking or answer tag that occurs once", "", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    double reward = 0;
  };
  struct options {
    double part = 0.25;  ///< what each of the four tags is worth
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(option("part", &options::part, drawn(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::tag_count_reward::outputs tag_count_reward(const op::tag_count_reward::inputs& in,
                                                      const op::tag_count_reward::options& o = {}) {
  check<op::tag_count_reward>(in, o);
  double reward = 0;
  for (const std::string_view tag : {"<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>"})
    if (tags::occurs_once(in.completion, tag)) reward += o.part;
  return {reward};
}

/// A batch, in order.
inline auto tag_count_reward(const host_rows& rows, std::span<const op::tag_count_reward::inputs> in,
                             const op::tag_count_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return tag_count_reward(row, o); });
}

}}  // namespace guerdon
