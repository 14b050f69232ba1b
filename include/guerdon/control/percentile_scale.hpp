#pragma once
// DreamerV3's scale of returns: the distance of two slowly moving quantiles, by which large advantages are divided and
// small ones are not.
//
// $$l' = l + \rho\,(q_{low} - l), \quad h' = h + \rho\,(q_{high} - h), \quad c' = c + \rho\,(1 - c)$$
// $$\text{scale} = \max\big((h' - l')\,k,\; s_{min}\big), \qquad \text{offset} = l' k$$
//
// with $k = 1/\max(\rho, c')$ where debiased, else 1.
//
// Source: DreamerV3, arXiv:2301.04104, section "critic learning"; its released code.
//
// Details that differ:
// - The state (low, high, correction) comes as options and goes as results: store it. The first call starts from zeros.
// - Quantiles are interpolated linearly between order statistics. Nothing given, nothing learnt: the state stays.
// - Returns that are not all finite: scale, offset and advantage are NaN, and the state stays as it was. With `update`
//   off the returns are not read.
// - The official code: rate 0.01, limit 1, 5 % and 95 %, no debiasing of returns.
//
// Cost: a sort of the returns; 8 bytes per advantage in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct percentile_scale {
  static constexpr info about{"percentile_scale", "control", "Return scale from moving quantiles (DreamerV3)",
                              "arXiv:2301.04104", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> returns;         ///< any shape
    view<const T> advantage = {};  ///< [M] divided by the scale
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> low;             ///< [1] the moving lower quantile from here on
    Of<T> high;            ///< [1] the upper one
    Of<T> correction;      ///< [1] how much of the state is data
    Of<T> scale;           ///< [1]
    Of<T> offset;          ///< [1]
    Of<T> advantage = {};  ///< [M] divided by the scale; may be left out
  };
  struct options {
    double low = 0;               ///< the moving lower quantile so far
    double high = 0;              ///< the upper one
    double correction = 0;        ///< [0, 1], how much of them is data
    double rate = 0.01;           ///< [0, 1]
    double low_quantile = 0.05;   ///< >= 0
    double high_quantile = 0.95;  ///< greater than low_quantile, <= 1
    double min_scale = 1;         ///< > 0
    bool debias = false;          ///< undo the zeros that the state starts from
    bool update = true;           ///< false: the state as it is
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("returns", &I::returns, "*"),
                      optional_array("advantage", &I::advantage, "M"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("low", &O::low, "1"), array("high", &O::high, "1"),
                      array("correction", &O::correction, "1"), array("scale", &O::scale, "1").or_nan(),
                      array("offset", &O::offset, "1").or_nan(),
                      optional_array("advantage", &O::advantage, "M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("low", &options::low), option("high", &options::high),
                      option("correction", &options::correction, within(0, 1)),
                      option("rate", &options::rate, within(0, 1)),
                      option("low_quantile", &options::low_quantile, drawn(0, 0.4)),
                      option("high_quantile", &options::high_quantile, drawn(0.5, 1)),
                      option("min_scale", &options::min_scale, greater_than(0, 0.1, 2)),
                      flag("debias", &options::debias), flag("update", &options::update));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Of n ascending numbers the one at f (n - 1), between its neighbours.
GUERDON_HD inline double quantile_of_sorted(const double* sorted, index_t n, double f) {
  const double at = f * static_cast<double>(n - 1);
  const index_t below = static_cast<index_t>(at), above = below + 1 < n ? below + 1 : below;
  const double part = at - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

}  // namespace detail

/// Writes state, scale, offset and advantages.
template <real T = float, backend Backend>
void percentile_scale(const Backend& backend, const op::percentile_scale::inputs<T>& in,
                      const op::percentile_scale::outputs<T>& out, const op::percentile_scale::options& o) {
  const auto rule = check<op::percentile_scale>(backend, in, out, o);
  rule(0 <= o.low_quantile && o.low_quantile < o.high_quantile && o.high_quantile <= 1, "high_quantile",
       "must be greater than low_quantile, and both lie between 0 and 1");
  rule(!out.advantage || in.advantage.size() == out.advantage.size(), "advantage", "is required for its result");
  const index_t n = o.update ? in.returns.size() : 0;
  auto scratch = backend.scratch();
  const auto key = scratch.template take<double>(n), sorted = scratch.template take<double>(n);
  const auto odd = scratch.template take<double>(1), scale = scratch.template take<double>(1);
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double x = double(in.returns[i]);
        key[i] = math::is_finite(x) ? x : 0;
        return lanes{math::is_finite(x) ? 0.0 : 1.0};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { odd[0] = total[0]; });
  backend.sort_segments(segments::uniform(1, n), view<const double>(key), sorted);
  backend.each(1, [=] GUERDON_HD(index_t) {
    double low = o.low, high = o.high, correction = o.correction;
    const double broken = odd[0] > 0 ? std::numeric_limits<double>::quiet_NaN() : 0;
    if (n > 0 && odd[0] == 0) {
      low += o.rate * (detail::quantile_of_sorted(sorted.data(), n, o.low_quantile) - low);
      high += o.rate * (detail::quantile_of_sorted(sorted.data(), n, o.high_quantile) - high);
      correction += o.rate * (1 - correction);
    }
    const double most = math::max(o.rate, correction), undo = o.debias && most > 0 ? 1 / most : 1;
    scale[0] = math::max((high - low) * undo, o.min_scale) + broken;
    out.low[0] = T(low);
    out.high[0] = T(high);
    out.correction[0] = T(correction);
    out.scale[0] = T(scale[0]);
    out.offset[0] = T(low * undo + broken);
  });
  backend.each(out.advantage.size(), [=] GUERDON_HD(index_t i) {
    out.advantage[i] = T(double(in.advantage[i]) / scale[0]);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto percentile_scale(const Backend& backend, const op::percentile_scale::inputs<T>& in,
                      const op::percentile_scale::options& o = {}) {
  return returned<op::percentile_scale, T>(backend, in, o, [&](auto& out) { percentile_scale(backend, in, out, o); });
}

}}  // namespace guerdon
