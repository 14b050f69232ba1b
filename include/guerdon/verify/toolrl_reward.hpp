#pragma once
// The reward of ToolRL: form, correctness of the tool calls, and length of the thought if wanted.
//
// $$r = r_{\text{format}} + r_{\text{correctness}} + r_{\text{length}}$$
//
// of toolrl_format_reward (0 to 1), toolrl_correctness_reward (-3 to 3, with `equal_max` -1 to 1) and
// toolrl_length_reward (0 to 1).
//
// Source: ToolRL, arXiv:2504.13958, rlla.py (compute_score).
//
// Details that differ:
// - The original cuts the completion out of a chat by the model's name; here it is the completion, and white space
//   around it goes.
//
// Cost: that of the three. No gradient.

#include <guerdon/verify/toolrl_correctness_reward.hpp>
#include <guerdon/verify/toolrl_format_reward.hpp>
#include <guerdon/verify/toolrl_length_reward.hpp>

namespace guerdon {
namespace op {
struct toolrl_reward : host_kind {
  static constexpr info about{"toolrl_reward", "verify", "Form, tool calls and length of a completion (ToolRL)",
                              "arXiv:2504.13958", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view answer;  ///< the reference completion, in the same notation
  };
  struct outputs {
    double reward = 0;  ///< the sum of the others
    double format_reward = 0;
    double correctness_reward = 0;
    double length_reward = 0;
  };
  struct options {
    index_t step = 0;  ///< >= 0, of the training
    toolrl_schedule schedule = toolrl_schedule::none;
    toolrl_match match = toolrl_match::full;
    bool with_length = false;      ///< reward the length of the thought
    bool schedule_length = false;  ///< its target grows with the step
    bool equal_max = false;        ///< correctness between -1 and 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("tool call")),
                      array("answer", &I::answer, "B", words().together("tool call")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("format_reward", &O::format_reward, "B"),
                      array("correctness_reward", &O::correctness_reward, "B"),
                      array("length_reward", &O::length_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(160)), choice("schedule", &options::schedule),
                      choice("match", &options::match), flag("with_length", &options::with_length),
                      flag("schedule_length", &options::schedule_length), flag("equal_max", &options::equal_max));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::toolrl_reward::outputs toolrl_reward(const op::toolrl_reward::inputs& in,
                                                const op::toolrl_reward::options& o = {}) {
  check<op::toolrl_reward>(in, o);
  const std::string_view text = unicode::trim(in.completion);
  const double most = o.equal_max ? 1 : 3;
  op::toolrl_reward::outputs out;
  out.format_reward = toolrl_format_reward({text, in.answer}, {.step = o.step, .schedule = o.schedule}).reward;
  out.correctness_reward = toolrl_correctness_reward({text, in.answer}, {.step = o.step, .schedule = o.schedule,
                                                                         .match = o.match, .max_reward = most,
                                                                         .min_reward = -most}).reward;
  if (o.with_length)
    out.length_reward = toolrl_length_reward({text}, {.step = o.step, .schedule_length = o.schedule_length}).reward;
  out.reward = out.format_reward + out.correctness_reward + out.length_reward;
  return out;
}

/// A batch, in order.
inline auto toolrl_reward(const host_rows& rows, std::span<const op::toolrl_reward::inputs> in,
                          const op::toolrl_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return toolrl_reward(row, o); });
}

}}  // namespace guerdon
