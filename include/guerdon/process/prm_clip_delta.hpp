#pragma once
// Clip, then Delta: the refinement under which a process reward model helped training at all.
//
// $$c_k = \min(r_k - \eta,\ 0), \qquad r_k' = c_k - c_{k+1}$$
//
// with the ends of a trajectory as in prm_delta.
//
// Source: arXiv:2410.15115.
//
// Details that differ:
// - The order is fixed: differences are taken of the clipped scores.
// - Clip alone is never positive, this is: a step gains where its successor was charged more. The sum over a
//   trajectory (with `drop`: of two steps or more) is the first step's clipped score, so at most 0.
// - eta has no default, the paper gives no value. NaN reaches its own step and the one before it; at a dropped
//   last step neither.
//
// Cost: both in one pass, the scores read once, one number written per step.

#include <guerdon/process/step_score.hpp>

namespace guerdon {
namespace op {
struct prm_clip_delta {
  static constexpr info about{"prm_clip_delta", "process", "Clip, then Delta: bounded step rewards",
                              "arXiv:2410.15115", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> step_reward;  ///< [S] score of each step, usually between 0 and 1
    segments steps;             ///< cuts the S steps into N trajectories
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> refined;  ///< [S] not the memory of step_reward, whose neighbours are read
  };
  struct options {
    double eta = required;                            ///< finite: the score from which a step is not charged
    last_step_rule last_step = last_step_rule::drop;  ///< drop: the last step's score is not used, it pays 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "S"),
                      cuts("steps", &I::steps, "N", "S").in_files("step_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("refined", &O::refined, "S")); }
  static constexpr auto parameters() {
    return std::tuple(option("eta", &options::eta, finite()), choice("last_step", &options::last_step));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the refined step rewards.
template <real T = float, backend Backend>
void prm_clip_delta(const Backend& backend, const op::prm_clip_delta::inputs<T>& in,
                    const op::prm_clip_delta::outputs<T>& out, const op::prm_clip_delta::options& o) {
  check<op::prm_clip_delta>(backend, in, out, o);
  using refine = detail::step_delta<T, detail::clipped_score<T>>;
  backend.for_segments(in.steps, refine{in.step_reward, in.steps, out.refined, o.last_step, {T(o.eta)}});
}

/// The refined step rewards in an array of the backend's.
template <real T = float, backend Backend>
auto prm_clip_delta(const Backend& backend, const op::prm_clip_delta::inputs<T>& in,
                    const op::prm_clip_delta::options& o = {}) {
  return returned<op::prm_clip_delta, T>(backend, in, o, [&](auto& out) { prm_clip_delta(backend, in, out, o); });
}

}}  // namespace guerdon
