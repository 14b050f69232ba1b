#pragma once
// The moments of numbers of which each stands several times, such as one per answer on all its tokens, from the numbers
// and how often they stand: the same as writing them out.

#include <guerdon/statistics/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

/// Count, sum, minimum and maximum of x that stands `times` times. What stands nowhere is not looked at.
GUERDON_HD inline lanes<double, 4> repeated_lanes(double x, double times) {
  const double inf = std::numeric_limits<double>::infinity();
  const bool counted = times > 0;
  return {times, math::zero_select_product(times, x), math::select(counted, x, inf), math::select(counted, x, -inf)};
}
GUERDON_HD inline double repeated_square(double x, double times, double mean) {
  return math::zero_select_product(times, (x - mean) * (x - mean));
}

}  // namespace detail

/// Of one segment, by its team: value(i) stands times(i) times.
template <class Team, class Value, class Times>
GUERDON_HD moments repeated_moments(Team& team, index_t n, Value value, Times times) {
  moments m = detail::first_moments(team.template reduce<add, add, lowest, highest>(
      n, [&](index_t i) { return detail::repeated_lanes(value(i), times(i)); }));
  const double mean = m.mean;
  if (!m.one_number()) m.m2 = team.sum(n, [&](index_t i) { return detail::repeated_square(value(i), times(i), mean); });
  return m;
}

/// result[0] = those of a whole array, in the backend's memory.
template <class Backend>
void repeated_moments(const Backend& backend, view<const double> value, view<const double> times,
                      view<moments> result) {
  reduce_array<add, add, lowest, highest>(
      backend, value.size(), [=] GUERDON_HD(index_t i) { return detail::repeated_lanes(value[i], times[i]); },
      [=] GUERDON_HD(const lanes<double, 4>& total) { result[0] = detail::first_moments(total); });
  reduce_array<add>(
      backend, value.size(),
      [=] GUERDON_HD(index_t i) { return lanes{detail::repeated_square(value[i], times[i], result[0].mean)}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { result[0].m2 = result[0].one_number() ? 0 : total[0]; });
}
}}  // namespace guerdon
