#pragma once
// The first element of a segment that is like this: for programs that pick one.

#include <guerdon/core/team.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The lowest i of 0..n-1 where holds(i); n where there is none.
template <class Team, class F>
GUERDON_HD index_t first_where(Team& team, index_t n, F holds) {
  const double first = team.template reduce<lowest>(n, [&](index_t i) {
    return lanes{holds(i) ? double(i) : lowest::identity};
  })[0];
  return first < double(n) ? index_t(first) : n;
}

}}  // namespace guerdon
