#pragma once
// The tokens of one side of preference pairs, the preferred answers or the others.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <class T>
struct pair_side {
  segments rows;
  view<const T> logprob;
  view<const flag_t> mask;
};

/// The valid tokens of each answer.
template <class T>
struct pair_side_length {
  static constexpr bool long_segments = true;
  pair_side<T> side;
  view<double> length;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const flag_t* const mask = side.mask.data() + side.rows.begin(row);
    const double count = team.sum(side.rows.size(row), [=](index_t i) { return mask[i] ? 1 : 0; });
    team.once([&] { length[row] = count; });
  }
};

}}  // namespace guerdon
