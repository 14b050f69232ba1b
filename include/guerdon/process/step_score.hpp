#pragma once
// The refinements of a process reward model's scores, one step or one trajectory at a time.
//
// Source: Clip and Delta, arXiv:2410.15115.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// Whether the score of a trajectory's last step takes part.
enum class last_step_rule { drop, keep };
constexpr auto enumerators(last_step_rule) { return std::array{"drop", "keep"}; }

inline namespace GUERDON_ABI {

namespace detail {

/// A step's score as it is.
struct plain_score {
  template <class R>
  GUERDON_HD R operator()(R score) const { return score; }
};

/// What a step's score falls short of eta.
template <class R>
struct clipped_score {
  R eta;
  GUERDON_HD R operator()(R score) const { return math::min(score - eta, R(0)); }
};

/// score(step) minus score(next step), inside each trajectory.
template <class T, class Score>
struct step_delta {
  static constexpr bool short_segments = true;
  view<const T> step_reward;
  segments steps;
  view<T> delta;
  last_step_rule last_step;
  Score score;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t trajectory) const {
    const index_t begin = steps.begin(trajectory), n = steps.size(trajectory);
    const index_t judged = last_step == last_step_rule::drop ? n - 1 : n;
    const auto paid = [&](index_t k) { return k < judged ? score(step_reward[begin + k]) : T(0); };
    team.each(n, [&](index_t k) { delta[begin + k] = paid(k) - paid(k + 1); });
  }
};

}  // namespace detail

}}  // namespace guerdon
