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

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Whether the score of a trajectory's last step takes part.
enum class last_step_rule { drop, keep };

template <storage T>
struct prm_delta_inputs {
  view<const T> step_reward;  ///< [S] score of each step
  segments steps;             ///< cuts the S steps into N trajectories
};

template <storage T, template <class> class Of = view>
struct prm_delta_outputs {
  Of<T> delta;  ///< [S] not the memory of step_reward, whose neighbours are read
};

struct prm_delta_options {
  last_step_rule last_step = last_step_rule::drop;  ///< drop: the last step's score is not used, it pays 0
};

/// A step's score as it is.
struct plain_score {
  template <class R>
  GUERDON_HD R operator()(R score) const { return score; }
};

namespace detail {

/// score(step) minus score(next step), inside each trajectory.
template <class T, class Score>
struct step_delta_program {
  view<const T> step_reward;
  segments steps;
  view<T> delta;
  last_step_rule last_step;
  Score score;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t trajectory) const {
    using R = real_t<T>;
    const index_t begin = steps.begin(trajectory), n = steps.size(trajectory);
    const index_t judged = last_step == last_step_rule::drop ? n - 1 : n;
    const T* const r = step_reward.data() + begin;
    T* const result = delta.data() + begin;
    team.each(n, [=, *this](index_t k) {
      const R here = k < judged ? score(R(r[k])) : R(0);
      const R next = k + 1 < judged ? score(R(r[k + 1])) : R(0);
      result[k] = T(here - next);
    });
  }
};

}  // namespace detail

/// Writes the differences. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void prm_delta(const Backend& backend, const prm_delta_inputs<T>& in, const prm_delta_outputs<T>& out,
               const prm_delta_options& o = {}) {
  constexpr auto op = "prm_delta";
  const index_t n = in.step_reward.size();
  require_segments(backend, in.steps, n, op, "step_offsets");
  require_size(out.delta.size(), n, op, "delta", "step_reward");
  require_choice(o.last_step, last_step_rule::keep, op, "last_step");
  backend.for_segments(in.steps, detail::step_delta_program<T, plain_score>{
                                     in.step_reward, in.steps, out.delta, o.last_step, {}});
}

/// The differences in an array of the backend's.
template <storage T = float, backend Backend>
auto prm_delta(const Backend& backend, const prm_delta_inputs<T>& in, const prm_delta_options& o = {}) {
  auto delta = backend.template make<T>(in.step_reward.size());
  prm_delta<T>(backend, in, {.delta = delta}, o);
  return delta;
}

}}  // namespace guerdon
