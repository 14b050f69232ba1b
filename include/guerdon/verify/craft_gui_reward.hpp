#pragma once
// Reward of an agent of graphical interfaces: form, action and arguments where it operates, form and a judge's score
// where it is to understand.
//
// $$r = \begin{cases} w_f f + w_a a + w_p\,[a]\,p & \text{operation} \\ w_f f + w_j j & \text{understanding}
//   \end{cases}$$
//
// with f and a whether form and action are right, p the score of the arguments (point_in_box, a comparison of texts)
// and j the judge's.
//
// Source: after CRAFT-GUI, arXiv:2508.11360, of which the abstract gives the structure alone: formula and weights are
// this project's.
//
// Details that differ:
// - Scores that do not count are not looked at: NaN is fine there.
//
// Cost: 26 bytes per row in float; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct craft_gui_reward {
  static constexpr info about{"craft_gui_reward", "verify", "Form, action, arguments or judge of an interface agent",
                              "arXiv:2508.11360", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const flag_t> format_ok;     ///< [B]
    view<const flag_t> action_match;  ///< [B]
    view<const T> argument_score;     ///< [B] between 0 and 1
    view<const T> judge_score;        ///< [B] between 0 and 1
    view<const index_t> task_kind;    ///< [B] 0 operation, 1 understanding
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    double format_weight = 0.1;
    double action_weight = 0.4;
    double argument_weight = 0.5;
    double judge_weight = 0.9;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("format_ok", &I::format_ok, "B", yes_or_no()),
                      array("action_match", &I::action_match, "B", yes_or_no()),
                      array("argument_score", &I::argument_score, "B", drawn(0, 1)),
                      array("judge_score", &I::judge_score, "B", drawn(0, 1)),
                      array("task_kind", &I::task_kind, "B",
                            {.low = 0, .high = 1, .draw_low = 0, .draw_high = 1, .draws = range::whole}));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("format_weight", &options::format_weight),
                      option("action_weight", &options::action_weight),
                      option("argument_weight", &options::argument_weight),
                      option("judge_weight", &options::judge_weight));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void craft_gui_reward(const Backend& backend, const op::craft_gui_reward::inputs<T>& in,
                      const op::craft_gui_reward::outputs<T>& out, const op::craft_gui_reward::options& o) {
  check<op::craft_gui_reward>(backend, in, out, o);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    double reward = in.format_ok[i] ? o.format_weight : 0;
    if (in.task_kind[i] == 1) reward += o.judge_weight * double(in.judge_score[i]);
    else if (in.action_match[i]) reward += o.action_weight + o.argument_weight * double(in.argument_score[i]);
    out.reward[i] = T(reward);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto craft_gui_reward(const Backend& backend, const op::craft_gui_reward::inputs<T>& in,
                      const op::craft_gui_reward::options& o = {}) {
  return returned<op::craft_gui_reward, T>(backend, in, o, [&](auto& out) { craft_gui_reward(backend, in, out, o); });
}

}}  // namespace guerdon
