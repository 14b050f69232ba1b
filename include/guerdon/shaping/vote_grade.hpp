#pragma once
// Answers graded with the answer that a group voted for.

#include <guerdon/statistics/majority_vote.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// 1 for each answer of the group that is its label, else 0. Where there is no answer or no label there is no reward.
template <class T>
struct vote_grade {
  static constexpr bool short_segments = true;
  view<const index_t> answer_id;
  segments groups;
  view<const index_t> label_id;  // [G]
  view<T> reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), label = label_id[g];
    team.each(groups.size(g), [&](index_t i) {
      const index_t answer = answer_id[begin + i];
      reward[begin + i] = T(answer >= 0 && answer == label ? 1.0f : 0.0f);
    });
  }
};

}}  // namespace guerdon
