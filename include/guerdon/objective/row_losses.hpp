#pragma once
// What the losses share that look at whole responses: sums over each row's tokens before, and one slope for all of them
// after.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Sums over the valid tokens of a row.
struct row_sum {
  double log_ratio;  ///< of logprob - other
  double second;     ///< of logprob - second_other
  double value;
  double tokens;     ///< how many there are
};

template <class T>
struct row_sum_program {
  static constexpr bool long_segments = true;
  segments rows;
  view<const flag_t> mask;  ///< left out: all tokens are valid
  view<const T> logprob, other;
  view<row_sum> sum;                   // [rows]
  view<const T> second_other = {}, value = {};  ///< what is left out is not summed

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = rows.begin(row);
    const auto at = [this, begin](view<const T> v) { return (v ? v.data() : logprob.data()) + begin; };
    const T *const now = at(logprob), *const old = at(other), *const second = at(second_other), *const x = at(value);
    const flag_t* const valid = mask ? mask.data() + begin : nullptr;
    const auto total = team.template reduce<add, add, add, add_narrow>(rows.size(row), [=](index_t i) {
      const auto of = [&](R y) { return math::select(valid == nullptr || valid[i] != 0, y, R(0)); };
      return lanes{of(R(now[i]) - R(old[i])), of(R(now[i]) - R(second[i])), of(R(x[i])), of(R(1))};
    });
    team.once([&] { sum[row] = {total[0], total[1], total[2], total[3]}; });
  }
};

/// gradient = slope[row] * scale[0] on the valid tokens of a row.
template <class T>
struct row_slope_program {
  static constexpr bool long_segments = true;
  segments rows;
  view<const flag_t> mask;
  view<const double> slope, scale;
  view<T> gradient;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const flag_t* const valid = mask ? mask.data() + rows.begin(row) : nullptr;
    T* const result = gradient.data() + rows.begin(row);
    const R s = R(math::zero_select_product(slope[row], scale[0]));
    team.each(rows.size(row), [=](index_t i) {
      result[i] = T(math::select(valid == nullptr || valid[i] != 0, s, R(0)));
    });
  }
};

}}  // namespace guerdon
