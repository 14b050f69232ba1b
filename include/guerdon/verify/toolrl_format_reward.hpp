#pragma once
// Whether a completion thinks first and then does what the reference does: calls tools, answers, or both.
//
//   <think> ... </think>
//   <tool_call>
//   ...
//   </tool_call>
//   <response> ... </response>
//
// with the tool call if the reference has one, and the response if it has one; each of their tags exactly once.
//
// $$r = \begin{cases} r_{\max}(t) & \text{the form holds} \\ r_{\min}(t) & \text{otherwise} \end{cases}$$
//
// Source: ToolRL, arXiv:2504.13958, rlla.py (customize_format_reward_func).
//
// Details that differ:
// - The step constants are the code's; the paper has none. `smooth` makes the lower bound negative where the plain one
//   is 0.
// - What stands for "..." may hold further tags, of thinking too. One line break may stand behind the end.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>
#include <guerdon/verify/toolrl.hpp>

#include <span>

namespace guerdon {
namespace op {
struct toolrl_format_reward : host_kind {
  static constexpr info about{"toolrl_format_reward", "verify",
                              "Whether thought, tool call and answer are in form (ToolRL)",
                              "arXiv:2504.13958", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view answer;  ///< the reference completion, in the same notation
  };
  struct outputs {
    double reward = 0;
  };
  struct options {
    index_t step = 0;  ///< >= 0, of the training
    toolrl_schedule schedule = toolrl_schedule::none;
    double max_reward = 1;
    double min_reward = 0;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words()), array("answer", &I::answer, "B", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(160)), choice("schedule", &options::schedule),
                      option("max_reward", &options::max_reward), option("min_reward", &options::min_reward));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace toolrl {

/// What the form pays and what its absence, at this step.
inline bounds format_bounds(const op::toolrl_format_reward::options& o) {
  const double step = static_cast<double>(o.step);
  switch (o.schedule) {
    case toolrl_schedule::none: break;
    case toolrl_schedule::two_stage:
      if (o.step >= 30) return {o.min_reward / 2, o.max_reward / 2};
      break;
    case toolrl_schedule::smooth:
      return {std::min(-1.0, -2 + (2 + o.min_reward) * step / 150), std::max(1.0, 2 - (2 - o.max_reward) * step / 150)};
  }
  return {o.min_reward, o.max_reward};
}

/// Whether the completion has the form that the reference has.
inline bool in_form(std::string_view text, std::string_view answer) {
  constexpr std::string_view think = "<think>", tool = "<tool_call>", response = "<response>";
  const bool calls = answer.find(tool) != answer.npos, responds = answer.find(response) != answer.npos;
  const auto once = [&](std::string_view opener, std::string_view closer) {
    return tags::occurs_once(text, opener) && tags::occurs_once(text, closer);
  };
  if (calls && !once(tool, "</tool_call>")) return false;
  if (responds && !once(response, "</response>")) return false;
  if (!text.starts_with(think)) return false;
  if (text.ends_with('\n')) text.remove_suffix(1);
  // What must stand one behind the other; with tags that occur once there is one place for each, but for the first.
  std::size_t at = think.size();
  const auto pass = [&](std::string_view word) {
    at = text.find(word, at);
    if (at == text.npos) return false;
    at += word.size();
    return true;
  };
  const auto ends_with = [&](std::string_view closer) {
    return text.ends_with(closer) && text.size() - closer.size() >= at;
  };
  if (!calls && !responds) return ends_with("</think>");
  if (!calls) return pass("</think>\n<response>") && ends_with("</response>");
  if (!pass("</think>\n<tool_call>\n")) return false;
  if (!responds) return ends_with("\n</tool_call>");
  return pass("\n</tool_call>\n<response>") && ends_with("</response>");
}

}  // namespace toolrl

/// One completion.
inline op::toolrl_format_reward::outputs toolrl_format_reward(const op::toolrl_format_reward::inputs& in,
                                                              const op::toolrl_format_reward::options& o = {}) {
  check<op::toolrl_format_reward>(in, o);
  const auto [least, most] = toolrl::format_bounds(o);
  return {toolrl::in_form(in.completion, in.answer) ? most : least};
}

/// A batch, in order.
inline auto toolrl_format_reward(const host_rows& rows, std::span<const op::toolrl_format_reward::inputs> in,
                                 const op::toolrl_format_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return toolrl_format_reward(row, o); });
}

}}  // namespace guerdon
