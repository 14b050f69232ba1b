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

/// mean[i] = the mean of value(j) over that run, likewise; `rest` and `length` are scratch.
template <class Team, class Valid, class Value>
GUERDON_HD void run_means(Team& team, index_t n, Valid valid, Value value, double* rest, double* length, double* mean) {
  team.each(n, [=](index_t i) {
    mean[i] = double(value(i));
    length[i] = 1;
  });
  for (double* const x : {mean, length}) run_sums(team, n, valid, x, rest, x);
  team.each(n, [=](index_t i) { mean[i] = valid(i) ? mean[i] / length[i] : 0.0; });
}

}}  // namespace guerdon
