#pragma once
// Delta: each step pays its score minus the next step's, so that the return from a step on is that step's
// score alone, however many steps follow.
//
// $$r_k' = r_k - r_{k+1} \quad (k < K'), \qquad r_{K'}' = r_{K'}, \qquad r_k' = 0 \quad (k > K')$$
//
// for a trajectory of K steps, where K' = K - 1 with `last_step = drop` and K' = K with `keep`.
//
// Source: arXiv:2410.15115 (the Delta mechanism).
//
// Details that differ:
// - Current minus *next*. Retellings have it as the improvement over the previous step, whose sum telescopes
//   to the wrong end: the returns would no longer be the scores.
// - The paper drops the last step's score, since the success reward judges that step; a trajectory of one
//   step then pays 0. `keep` is the same without that.
// - NaN at a step reaches that step and the one before it, and at a dropped last step none.
//
// Cost: the scores read once, one number written per step.

#include <guerdon/process/step_score.hpp>

namespace guerdon {
namespace op {
struct prm_delta {
  static constexpr info about{"prm_delta", "process", "Step score minus the next step's (Delta)", "arXiv:2410.15115",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> step_reward;  ///< [S] score of each step
    segments steps;             ///< cuts the S steps into N trajectories
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> delta;  ///< [S] not the memory of step_reward, whose neighbours are read
  };
  struct options {
    last_step_rule last_step = last_step_rule::drop;  ///< drop: the last step's score is not used, it pays 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_reward", &I::step_reward, "S"),
                      cuts("steps", &I::steps, "N", "S").in_files("step_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("delta", &O::delta, "S")); }
  static constexpr auto parameters() { return std::tuple(choice("last_step", &options::last_step)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the differences.
template <real T = float, backend Backend>
void prm_delta(const Backend& backend, const op::prm_delta::inputs<T>& in, const op::prm_delta::outputs<T>& out,
               const op::prm_delta::options& o) {
  check<op::prm_delta>(backend, in, out, o);
  using refine = detail::step_delta<T, detail::plain_score>;
  backend.for_segments(in.steps, refine{in.step_reward, in.steps, out.delta, o.last_step, {}});
}

/// The differences in an array of the backend's.
template <real T = float, backend Backend>
auto prm_delta(const Backend& backend, const op::prm_delta::inputs<T>& in, const op::prm_delta::options& o = {}) {
  return returned<op::prm_delta, T>(backend, in, o, [&](auto& out) { prm_delta(backend, in, out, o); });
}

}}  // namespace guerdon
