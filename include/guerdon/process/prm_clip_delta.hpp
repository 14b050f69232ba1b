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

#include <guerdon/process/prm_clip.hpp>
#include <guerdon/process/prm_delta.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct prm_clip_delta_inputs {
  view<const T> step_reward;  ///< [S] score of each step, usually between 0 and 1
  segments steps;             ///< cuts the S steps into N trajectories
};

template <storage T, template <class> class Of = view>
struct prm_clip_delta_outputs {
  Of<T> refined;  ///< [S] not the memory of step_reward, whose neighbours are read
};

struct prm_clip_delta_options {
  double eta = required;                            ///< finite: the score from which a step is not charged
  last_step_rule last_step = last_step_rule::drop;  ///< drop: the last step's score is not used, it pays 0
};

/// Writes the refined step rewards. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void prm_clip_delta(const Backend& backend, const prm_clip_delta_inputs<T>& in,
                    const prm_clip_delta_outputs<T>& out, const prm_clip_delta_options& o) {
  constexpr auto op = "prm_clip_delta";
  const index_t n = in.step_reward.size();
  require_segments(backend, in.steps, n, op, "step_offsets");
  require_size(out.refined.size(), n, op, "refined", "step_reward");
  require_given(o.eta, op, "eta");
  require(math::is_finite(o.eta), op, "eta", "must be finite");
  require_choice(o.last_step, last_step_rule::keep, op, "last_step");
  using R = real_t<T>;
  backend.for_segments(in.steps, detail::step_delta_program<T, clipped_score<R>>{
                                     in.step_reward, in.steps, out.refined, o.last_step, {R(o.eta)}});
}

/// The refined step rewards in an array of the backend's.
template <storage T = float, backend Backend>
auto prm_clip_delta(const Backend& backend, const prm_clip_delta_inputs<T>& in,
                    const prm_clip_delta_options& o) {
  auto refined = backend.template make<T>(in.step_reward.size());
  prm_clip_delta<T>(backend, in, {.refined = refined}, o);
  return refined;
}

}}  // namespace guerdon
