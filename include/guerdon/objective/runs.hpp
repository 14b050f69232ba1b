#pragma once
// Sums over runs: the maximal stretches of valid tokens of a row, which in a dialogue are the policy's turns.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// sum[i] = the sum of value[j] over the run that holds i; 0 where i is not valid. `rest` is scratch; sum may be value
/// itself. All are indexed from the beginning of the row.
template <class Team, class Valid>
GUERDON_HD void run_sums(Team& team, index_t n, Valid valid, const double* value, double* rest, double* sum) {
  team.recur_backward(
      n, 0.0,
      [=](index_t i) { return valid(i) ? affine<double>{value[i], 1.0} : affine<double>{0.0, 0.0}; },
      [=](index_t i, double to_the_end, double) { rest[i] = to_the_end; });
  team.recur_forward(
      n, 0.0,
      [=](index_t i) {
        const bool inside = valid(i) && i > 0 && valid(i - 1);
        return inside ? affine<double>{0.0, 1.0} : affine<double>{rest[i], 0.0};
      },
      [=](index_t i, double whole, double) { sum[i] = whole; });
}

}}  // namespace guerdon
