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

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

enum class mean_axis { all, row };
constexpr auto enumerators(mean_axis) { return std::array{"all", "row"}; }
enum class empty_mean { zero, nan };
constexpr auto enumerators(empty_mean) { return std::array{"zero", "nan"}; }

namespace op {
struct masked_mean {
  static constexpr info about{"masked_mean", "statistics", "Mean of the valid elements, of the whole array or per row",
                              "", skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;      ///< any shape; [B,T] for axis row
    view<const flag_t> mask;  ///< of the same shape, 1 = valid
    segments rows = {};       ///< cuts the elements into B rows, for axis row
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> mean;  ///< [1], or [B] for axis row
  };
  struct options {
    mean_axis axis = mean_axis::all;         ///< one mean of everything, or one per row
    empty_mean on_empty = empty_mean::zero;  ///< the mean of nothing
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "*"), array("mask", &I::mask, "*", yes_or_no()),
                      optional_rows(&I::rows, "*"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("mean", &O::mean, "1")); }
  static constexpr auto parameters() {
    return std::tuple(choice("axis", &options::axis), choice("on_empty", &options::on_empty));
  }
  static constexpr const char* shape_of(const char*, const options& o) { return o.axis == mean_axis::row ? "B" : "1"; }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What a mean is made of: count and sum. Equal floats add up exactly in double, so their mean is that number; for equal
/// doubles the bounds say so.
template <class T>
inline constexpr bool mean_needs_bounds = std::is_same_v<real_t<T>, double>;

template <class T>
struct mean_lanes {
  op::masked_mean::inputs<T> in;
  index_t begin = 0;
  bool padded = false;

  GUERDON_HD auto operator()(index_t i) const {
    auto v = masked_values<T>{in.value.data(), in.mask.data()}(begin + i);
    if (padded) v.counted = v.counted && in.rows.holds(i);
    if constexpr (mean_needs_bounds<T>) return detail::first_lanes(v);
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
    if constexpr (K > 2) result = detail::first_moments(total).mean;
    if (total[0] == 0) result = on_empty == empty_mean::nan ? std::numeric_limits<double>::quiet_NaN() : 0;
    mean[at] = T(result);
  }
};

template <class T, class... Op>
struct row_mean {
  static constexpr bool long_segments = true;
  op::masked_mean::inputs<T> in;
  write_mean<T> write;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const auto total = team.template reduce<Op...>(in.rows.size(row), mean_lanes<T>{in, in.rows.begin(row)});
    team.once([&] { write(total, row); });
  }
};

template <class... Op, class T, class Backend>
void launch_mean(const Backend& backend, const op::masked_mean::inputs<T>& in, const write_mean<T>& write,
                 mean_axis axis) {
  if (axis == mean_axis::row) return backend.for_segments(in.rows, row_mean<T, Op...>{in, write});
  reduce_array<Op...>(backend, in.value.size(), mean_lanes<T>{in, 0, in.rows.padded()}, write);
}

/// Writes the mean or means.
template <storage T = float, backend Backend>
void masked_mean(const Backend& backend, const op::masked_mean::inputs<T>& in, const op::masked_mean::outputs<T>& out,
                 const op::masked_mean::options& o) {
  const auto rule = check<op::masked_mean>(backend, in, out, o);
  rule(in.rows || o.axis == mean_axis::all, "value", "has the wrong shape: axis row needs rows, an array [B,T]");
  const write_mean<T> write{out.mean, o.on_empty};
  if constexpr (mean_needs_bounds<T>)
    launch_mean<add_narrow, add, lowest_number, highest_number>(backend, in, write, o.axis);
  else
    launch_mean<add_narrow, add>(backend, in, write, o.axis);
}

/// The same into an array of the backend's.
template <storage T = float, backend Backend>
auto masked_mean(const Backend& backend, const op::masked_mean::inputs<T>& in,
                 const op::masked_mean::options& o = {}) {
  return returned<op::masked_mean, T>(backend, in, o, [&](auto& out) { masked_mean(backend, in, out, o); });
}

}}  // namespace guerdon
