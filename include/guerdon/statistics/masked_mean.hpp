#pragma once
// The mean of the valid elements, over the whole array or row by row.
//
// $$\mu = \frac{1}{n} \sum_{i\,valid} x_i$$
//
// Source: the masked statistics of verl, OpenRLHF and NeMo-RL; the divisor is the exact count.
//
// Details that differ:
// - The divisor is the count and nothing else, and the mean of equal numbers is that number. verl and NeMo-RL
//   divide by n + 1e-8, so that it is not, and a constant whitened with it becomes 6.7e-5.
// - Nothing valid: 0, or NaN with `on_empty = nan` (what OpenRLHF's division gives).
// - Values under the mask are never read into the result. NaN and infinity on valid elements follow
//   arithmetic.
//
// Cost: 5 bytes per float element.

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class mean_axis { all, row };
enum class empty_mean { zero, nan };

template <storage T>
struct masked_mean_inputs {
  view<const T> value;      ///< any shape; [B,T] for axis row
  view<const flag_t> mask;  ///< of the same shape, 1 = valid
  segments rows = {};       ///< cuts the elements into B rows, for axis row
};

template <storage T, template <class> class Of = view>
struct masked_mean_outputs {
  Of<T> mean;  ///< [1], or [B] for axis row
};

struct masked_mean_options {
  mean_axis axis = mean_axis::all;         ///< one mean of everything, or one per row
  empty_mean on_empty = empty_mean::zero;  ///< the mean of nothing
};

namespace detail {

/// What a mean is made of: count and sum. Equal floats add up exactly in double, so their mean is that number; for equal
/// doubles the bounds say so.
template <class T>
inline constexpr bool with_bounds = std::is_same_v<real_t<T>, double>;

template <class T>
struct mean_lanes {
  masked_mean_inputs<T> in;
  index_t begin = 0;
  bool padded = false;

  GUERDON_HD auto operator()(index_t i) const {
    auto v = masked_values<T>{in.value.data(), in.mask.data()}(begin + i);
    if (padded) v.counted = v.counted && in.rows.holds(i);
    if constexpr (with_bounds<T>) return first_lanes(v);
    else return lanes{math::select(v.counted, 1.0f, 0.0f), math::select(v.counted, v.value, 0.0f)};
  }
};

template <class T>
struct write_mean {
  view<T> mean;
  empty_mean on_empty;

  template <int K>
  GUERDON_HD void operator()(const lanes<double, K>& total, index_t at = 0) const {
    double result = total[1] / total[0];
    if constexpr (K > 2) result = first_moments(total).mean;
    if (total[0] == 0) result = on_empty == empty_mean::nan ? std::numeric_limits<double>::quiet_NaN() : 0;
    mean[at] = T(result);
  }
};

template <class T, class... Op>
struct row_mean {
  masked_mean_inputs<T> in;
  write_mean<T> write;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const auto total = team.template reduce<Op...>(in.rows.size(row), mean_lanes<T>{in, in.rows.begin(row)});
    team.once([&] { write(total, row); });
  }
};

template <class... Op, class T, class Backend>
void launch_mean(const Backend& backend, const masked_mean_inputs<T>& in, const write_mean<T>& write, mean_axis axis) {
  if (axis == mean_axis::row) return backend.for_segments(in.rows, row_mean<T, Op...>{in, write});
  reduce_array<Op...>(backend, in.value.size(), mean_lanes<T>{in, 0, in.rows.padded()}, write);
}

}  // namespace detail

/// Writes the mean or means. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void masked_mean(const Backend& backend, const masked_mean_inputs<T>& in, const masked_mean_outputs<T>& out,
                 const masked_mean_options& o = {}) {
  constexpr auto op = "masked_mean";
  const index_t n = in.value.size();
  require_size(in.mask.size(), n, op, "mask", "value");
  require_choice(o.axis, mean_axis::row, op, "axis");
  require_choice(o.on_empty, empty_mean::nan, op, "on_empty");
  require(in.rows || o.axis == mean_axis::all, op, "value", "has the wrong shape: axis row needs rows, an array [B,T]");
  if (in.rows) require_segments(backend, in.rows, n, op, "rows");
  if (o.axis == mean_axis::row) require_size(out.mean.size(), in.rows.count(), op, "mean", "one number per row");
  else require_size(out.mean.size(), 1, op, "mean", "a scalar output");
  const detail::write_mean<T> write{out.mean, o.on_empty};
  if constexpr (detail::with_bounds<T>)
    detail::launch_mean<add_narrow, add, lowest_number, highest_number>(backend, in, write, o.axis);
  else
    detail::launch_mean<add_narrow, add>(backend, in, write, o.axis);
}

/// The mean or means in an array of the backend's.
template <storage T = float, backend Backend>
auto masked_mean(const Backend& backend, const masked_mean_inputs<T>& in, const masked_mean_options& o = {}) {
  auto mean = backend.template make<T>(o.axis == mean_axis::row ? in.rows.count() : 1);
  masked_mean<T>(backend, in, {.mean = mean}, o);
  return mean;
}

}}  // namespace guerdon
