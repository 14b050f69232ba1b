#pragma once
// Progress along a route, multiplied down by soft penalties, with an end for serious infractions.
//
// $$r_t = f_t\,(c_t - c_{t-1}) + [\text{terminated}_t]\,(r_T - h\,[\text{hint}_t])$$
//
// for the route completion c, which is 0 before an episode.
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, simple_reward.py, and nuPlan's reward builder.
//
// Details that differ:
// - The defaults are CARLA's. nuPlan: {.terminal_hint = 0, .clamp_progress = true, .zero_on_termination = true}, times
//   100. Its released builder would add a terminal penalty on every step (which is harmless at its default of 0).
// - A factor of 0 makes the progress 0, even if that is NaN. The first row begins an episode, flagged or not. A
//   finished route is a truncation, without penalty.
//
// Cost: five numbers read per step, two written.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct carl_reward : host_kind {
  static constexpr info about{"carl_reward", "shaping", "Progress times soft penalties, with hard ends (CaRL)",
                              "arXiv:2504.17838", skeleton::host};
  struct inputs {
    index_t columns = 0;                  ///< B, sequences side by side
    view<const double> route_completion;  ///< [T,B] so far, 0..100 or 0..1
    view<const flag_t> start;             ///< [T,B] 1 = first step of an episode
    view<const double> factor;            ///< [T,B] of carl_soft_factor
    view<const flag_t> terminated;        ///< [T,B] 1 = ended by an infraction
    view<const flag_t> hint;              ///< [T,B] 1 = that was a collision or a red light
  };
  struct outputs {
    std::vector<double> progress;  ///< [T,B]
    std::vector<double> reward;    ///< [T,B]
  };
  struct options {
    double terminal_reward = 0;        ///< added at an end
    double terminal_hint = 1;          ///< taken off at an end with a hint
    bool clamp_progress = false;       ///< no progress below 0
    bool zero_on_termination = false;  ///< no progress at an end
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "B"),
                      array("route_completion", &I::route_completion, "T,B", drawn(0, 10)),
                      array("start", &I::start, "T,B", yes_or_no()).hiding_nothing(),
                      array("factor", &I::factor, "T,B", drawn(0, 1)),
                      array("terminated", &I::terminated, "T,B", yes_or_no()).hiding_nothing(),
                      array("hint", &I::hint, "T,B", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("progress", &O::progress, "T,B"), array("reward", &O::reward, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("terminal_reward", &options::terminal_reward),
                      option("terminal_hint", &options::terminal_hint),
                      flag("clamp_progress", &options::clamp_progress),
                      flag("zero_on_termination", &options::zero_on_termination));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::carl_reward::outputs carl_reward(const op::carl_reward::inputs& in,
                                            const op::carl_reward::options& o = {}) {
  check<op::carl_reward>(in, o);
  op::carl_reward::outputs out;
  for (index_t i = 0; i < in.route_completion.size(); ++i) {
    const bool first = i < in.columns || in.start[i] != 0, ends = in.terminated[i] != 0;
    double gain = in.route_completion[i] - (first ? 0 : in.route_completion[i - in.columns]);
    if (o.clamp_progress) gain = math::max(gain, 0.0);
    out.progress.push_back(gain);
    double reward = ends && o.zero_on_termination ? 0 : math::zero_select_product(in.factor[i], gain);
    if (ends) reward += o.terminal_reward - (in.hint[i] != 0 ? o.terminal_hint : 0);
    out.reward.push_back(reward);
  }
  return out;
}

}}  // namespace guerdon
