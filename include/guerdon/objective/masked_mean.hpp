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

GUERDON_HD inline double mean_of(const moments& m, empty_mean on_empty) {
  return m.count == 0 && on_empty == empty_mean::nan ? std::numeric_limits<double>::quiet_NaN() : m.mean;
}

template <class T>
struct row_mean {
  masked_mean_inputs<T> in;
  view<T> mean;
  empty_mean on_empty;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row);
    const masked_values<T> values{in.value.data() + begin, in.mask.data() + begin};
    const moments m = first_pass(team, in.rows.size(row), values);
    team.once([&] { mean[row] = T(mean_of(m, on_empty)); });
  }
};

/// An element of the whole array, which rows may be padded inside.
template <class T, bool padded>
struct element_lanes {
  masked_mean_inputs<T> in;

  GUERDON_HD auto operator()(index_t i) const {
    auto v = masked_values<T>{in.value.data(), in.mask.data()}(i);
    if constexpr (padded) v.counted = v.counted && in.rows.holds(i);
    return first_lanes(v);
  }
};

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
  if (o.axis == mean_axis::row) {
    require_size(out.mean.size(), in.rows.count(), op, "mean", "one number per row");
    return backend.for_segments(in.rows, detail::row_mean<T>{in, out.mean, o.on_empty});
  }
  require_size(out.mean.size(), 1, op, "mean", "a scalar output");
  const auto write = [=] GUERDON_HD(const lanes<double, 4>& total) {
    out.mean[0] = T(detail::mean_of(detail::first_moments(total), o.on_empty));
  };
  if (in.rows.padded())
    reduce_array<add, add, lowest_number, highest_number>(backend, n, detail::element_lanes<T, true>{in}, write);
  else
    reduce_array<add, add, lowest_number, highest_number>(backend, n, detail::element_lanes<T, false>{in}, write);
}

/// The mean or means in an array of the backend's.
template <storage T = float, backend Backend>
auto masked_mean(const Backend& backend, const masked_mean_inputs<T>& in, const masked_mean_options& o = {}) {
  auto mean = backend.template make<T>(o.axis == mean_axis::row ? in.rows.count() : 1);
  masked_mean<T>(backend, in, {.mean = mean}, o);
  return mean;
}

}}  // namespace guerdon
