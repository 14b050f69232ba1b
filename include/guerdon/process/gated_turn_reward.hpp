#pragma once
// Turn rewards that count only where the outcome of the trajectory passes a gate, so that they cannot be earned
// instead of it.
//
// $$r_k' = w\,r_k\,[R > \theta] + R\,[k = K], \qquad \mathrm{total} = R + [R > \theta]\,w \sum_k r_k$$
//
// for a trajectory of K turns with outcome R.
//
// Source: Gated Reward Accumulation, arXiv:2508.10548.
//
// Details that differ:
// - Descriptions of the paper compare with $\ge$, a public re-implementation with > (`strict`). A NaN outcome never
//   passes.
// - A closed gate hides penalties as well: what must always count belongs outside.
// - What stands behind a closed gate leaves no trace. A trajectory without turns has its outcome as total.
//
// Cost: the turn rewards read twice, one number written per turn.

#include <guerdon/process/turn_rewards.hpp>

namespace guerdon {
namespace op {
struct gated_turn_reward {
  static constexpr info about{"gated_turn_reward", "process",
                              "Turn rewards that count only where the outcome passes a gate (G-RA)", "arXiv:2508.10548",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> step_reward;  ///< [S] of each turn
    segments turns;             ///< cuts the S turns into N trajectories
    view<const T> outcome;      ///< [N] of each trajectory
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> turn_reward;  ///< [S]
    Of<T> total;        ///< [N] of each trajectory
    Of<flag_t> open;    ///< [N] 1 = its turn rewards count
  };
  struct options {
    double threshold = required;  ///< the gate; -infinity lets every finite outcome pass
    bool strict = true;           ///< the gate asks for more than its threshold; else for that much
    double step_weight = 1;       ///< w
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "S"),
                      cuts("turns", &I::turns, "N", "S").in_files("turn_offsets"), array("outcome", &I::outcome, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("turn_reward", &O::turn_reward, "S"), array("total", &O::total, "N"),
                      array("open", &O::open, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold), flag("strict", &options::strict),
                      option("step_weight", &options::step_weight));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes turn rewards, totals and gates.
template <real T = float, backend Backend>
void gated_turn_reward(const Backend& backend, const op::gated_turn_reward::inputs<T>& in,
                       const op::gated_turn_reward::outputs<T>& out, const op::gated_turn_reward::options& o) {
  check<op::gated_turn_reward>(backend, in, out, o);
  const T threshold = T(o.threshold);
  const bool strict = o.strict;
  const auto passes = [=] GUERDON_HD(T outcome) { return outcome > threshold || (!strict && outcome == threshold); };
  backend.for_segments(in.turns, turn_rewards(in, out, o.step_weight, passes));
  const auto outcome = in.outcome;
  const auto open = out.open;
  backend.each(open.size(), [=] GUERDON_HD(index_t n) { open[n] = flag_t(passes(outcome[n])); });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto gated_turn_reward(const Backend& backend, const op::gated_turn_reward::inputs<T>& in,
                       const op::gated_turn_reward::options& o = {}) {
  return returned<op::gated_turn_reward, T>(backend, in, o, [&](auto& out) { gated_turn_reward(backend, in, out, o); });
}

}}  // namespace guerdon
