#pragma once
// Turn a faucet: reach its handle, and turn it on towards the target angle.
//
// $$r = \rho(d) + w\,\bigl(1 - \tanh(k_t\, \delta_t)\bigr) - p \tanh\bigl(k_t\,(\delta_t - \delta_{t-1})\bigr)$$
//
// for the angle $\delta$ that is left, and success_reward alone below 0.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, turn_faucet.py.
//
// Details that differ:
// - None. As released, the sign of the last term is turned round where the angle left is exactly 0.
//
// Cost: three numbers read, one written.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct program_turn_faucet {
  static constexpr info about{"program_turn_faucet", "program", "Reward program: turn a faucet (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> distance;             ///< [N] of the hand from the handle
    view<const T> angle_diff;           ///< [N] target minus current angle; below 0: done
    view<const T> previous_angle_diff;  ///< [N] a step before
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double reach_scale = 5;      ///< of the distance
    double turn_scale = 2;       ///< of both terms of the angle
    double turn_weight = 3;      ///< w
    double progress_weight = 5;  ///< p
    double success_reward = 10;  ///< all there is on success
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("distance", &I::distance, "N", drawn(0, 1)),
                      array("angle_diff", &I::angle_diff, "N", drawn(-0.2, 1)),
                      array("previous_angle_diff", &I::previous_angle_diff, "N", drawn(-0.2, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("reach_scale", &options::reach_scale, drawn(1, 6)),
                      option("turn_scale", &options::turn_scale, drawn(1, 3)),
                      option("turn_weight", &options::turn_weight, drawn(0, 4)),
                      option("progress_weight", &options::progress_weight, drawn(0, 6)),
                      option("success_reward", &options::success_reward, drawn(5, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void program_turn_faucet(const Backend& backend, const op::program_turn_faucet::inputs<T>& in,
                         const op::program_turn_faucet::outputs<T>& out, const op::program_turn_faucet::options& o) {
  check<op::program_turn_faucet>(backend, in, out, o);
  const distances::reach reach{o.reach_scale, 0}, turn{o.turn_scale, 0};
  backend.each(in.distance.size(), [=] GUERDON_HD(index_t i) {
    const double left = double(in.angle_diff[i]);
    const double progress = -::tanh(o.turn_scale * (left - double(in.previous_angle_diff[i])));
    const double reward = reach(double(in.distance[i])) + o.turn_weight * turn(left) +
                          o.progress_weight * (left == 0 ? -progress : progress);
    out.reward[i] = T(left < 0 ? o.success_reward : reward);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto program_turn_faucet(const Backend& backend, const op::program_turn_faucet::inputs<T>& in,
                         const op::program_turn_faucet::options& o = {}) {
  return returned<op::program_turn_faucet, T>(backend, in, o,
                                              [&](auto& out) { program_turn_faucet(backend, in, out, o); });
}

}}  // namespace guerdon
