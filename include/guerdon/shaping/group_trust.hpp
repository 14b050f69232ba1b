#pragma once
// How far a judge's scores are believed in one group: fully where right answers score at least as high as wrong ones.

#include <guerdon/statistics/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

struct group_trust {
  double trust = 1, mean_correct = 0, mean_wrong = 0;
};

/// By the whole team of a group of n answers, `correct(i)` and thinking score `thinking(i)`. A class without answers has
/// the mean NaN, and takes nothing from the trust.
template <class Team, class Correct, class Thinking>
GUERDON_HD group_trust trust_in_group(Team& team, index_t n, Correct correct, Thinking thinking, double exponent) {
  const auto of_class = [&](bool right) {
    return detail::first_pass(team, n, [&](index_t i) {
      return counted_value<double>{thinking(i), correct(i) == right};
    });
  };
  const moments right = of_class(true), wrong = of_class(false);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  group_trust t{1, right.count > 0 ? right.mean : nan, wrong.count > 0 ? wrong.mean : nan};
  if (right.count > 0 && wrong.count > 0 && !(right.mean >= wrong.mean))
    t.trust = math::exp(exponent * (right.mean - wrong.mean));
  return t;
}

}}  // namespace guerdon
