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

#include <guerdon/process/step_score.hpp>

namespace guerdon {
namespace op {
struct prm_clip {
  static constexpr info about{"prm_clip", "process", "How far a step's score falls short of a threshold (Clip)",
                              "arXiv:2410.15115", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> step_reward;  ///< [S] score of each step, usually between 0 and 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> clipped;  ///< [S] at most 0
  };
  struct options {
    double eta = required;  ///< finite: the score from which a step pays 0
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("step_reward", &I::step_reward, "S")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("clipped", &O::clipped, "S")); }
  static constexpr auto parameters() { return std::tuple(option("eta", &options::eta, finite())); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the clipped scores.
template <real T = float, backend Backend>
void prm_clip(const Backend& backend, const op::prm_clip::inputs<T>& in, const op::prm_clip::outputs<T>& out,
              const op::prm_clip::options& o) {
  check<op::prm_clip>(backend, in, out, o);
  const detail::clipped_score<T> clip{T(o.eta)};
  backend.each(in.step_reward.size(), [=] GUERDON_HD(index_t i) { out.clipped[i] = clip(in.step_reward[i]); });
}

/// The clipped scores in an array of the backend's.
template <real T = float, backend Backend>
auto prm_clip(const Backend& backend, const op::prm_clip::inputs<T>& in, const op::prm_clip::options& o = {}) {
  return returned<op::prm_clip, T>(backend, in, o, [&](auto& out) { prm_clip(backend, in, out, o); });
}

}}  // namespace guerdon
