#pragma once
// Clip: a step that a process reward model likes well enough pays nothing, any other is charged what it falls
// short, so that more steps can never mean more reward.
//
// $$r_k' = \min(r_k - \eta,\ 0)$$
//
// Source: Clip and Delta, arXiv:2410.15115 (the Clip mechanism).
//
// Details that differ:
// - The paper states no value for eta: choose it so that most steps pay 0. It has no default here either.
// - A step exactly at eta pays 0: eta is rounded to the scores' type first. NaN stays NaN in its place.
// - Meant to be followed by prm_delta (see prm_clip_delta); alone it did not beat the success reward.
//
// Cost: one score read, one written per step.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// What one step's score becomes.
template <class R>
struct clipped_score {
  R eta;
  GUERDON_HD R operator()(R score) const { return math::min(score - eta, R(0)); }
};

template <storage T>
struct prm_clip_inputs {
  view<const T> step_reward;  ///< [S] score of each step, usually between 0 and 1
};

template <storage T, template <class> class Of = view>
struct prm_clip_outputs {
  Of<T> clipped;  ///< [S] at most 0
};

struct prm_clip_options {
  double eta = required;  ///< finite: the score from which a step pays 0
};

/// Writes the clipped scores. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void prm_clip(const Backend& backend, const prm_clip_inputs<T>& in, const prm_clip_outputs<T>& out,
              const prm_clip_options& o) {
  constexpr auto op = "prm_clip";
  const index_t n = in.step_reward.size();
  require_size(out.clipped.size(), n, op, "clipped", "step_reward");
  require_given(o.eta, op, "eta");
  require(math::is_finite(o.eta), op, "eta", "must be finite");
  using R = real_t<T>;
  const clipped_score<R> clip{R(o.eta)};
  backend.each(n, [=] GUERDON_HD(index_t i) { out.clipped[i] = T(clip(R(in.step_reward[i]))); });
}

/// The clipped scores in an array of the backend's.
template <storage T = float, backend Backend>
auto prm_clip(const Backend& backend, const prm_clip_inputs<T>& in, const prm_clip_options& o) {
  auto clipped = backend.template make<T>(in.step_reward.size());
  prm_clip<T>(backend, in, {.clipped = clipped}, o);
  return clipped;
}

}}  // namespace guerdon
