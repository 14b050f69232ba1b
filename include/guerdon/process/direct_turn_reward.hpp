#pragma once
// Turn rewards with the outcome of the trajectory on its last turn.
//
// $$r_k' = w\,r_k + R\,[k = K], \qquad \mathrm{total} = R + w \sum_k r_k$$
//
// for a trajectory of K turns with outcome R.
//
// Source: direct accumulation, the baseline of arXiv:2508.10548.
//
// Details that differ:
// - gated_turn_reward is the same behind a gate. A trajectory without turns has its outcome as total.
//
// Cost: the turn rewards read twice, one number written per turn.

#include <guerdon/process/turn_rewards.hpp>

namespace guerdon {
namespace op {
struct direct_turn_reward {
  static constexpr info about{"direct_turn_reward", "process", "Turn rewards and the outcome, always counted (D-RA)",
                              "arXiv:2508.10548", skeleton::segmented_reduce};
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
  };
  struct options {
    double step_weight = 1;  ///< w
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "S"),
                      cuts("turns", &I::turns, "N", "S").in_files("turn_offsets"), array("outcome", &I::outcome, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("turn_reward", &O::turn_reward, "S"), array("total", &O::total, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("step_weight", &options::step_weight)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes turn rewards and totals.
template <real T = float, backend Backend>
void direct_turn_reward(const Backend& backend, const op::direct_turn_reward::inputs<T>& in,
                        const op::direct_turn_reward::outputs<T>& out, const op::direct_turn_reward::options& o) {
  check<op::direct_turn_reward>(backend, in, out, o);
  const auto always = [] GUERDON_HD(T) { return true; };
  backend.for_segments(in.turns, turn_rewards(in, out, o.step_weight, always));
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto direct_turn_reward(const Backend& backend, const op::direct_turn_reward::inputs<T>& in,
                        const op::direct_turn_reward::options& o = {}) {
  return returned<op::direct_turn_reward, T>(backend, in, o,
                                             [&](auto& out) { direct_turn_reward(backend, in, out, o); });
}

}}  // namespace guerdon
