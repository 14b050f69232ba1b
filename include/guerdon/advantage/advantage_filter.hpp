#pragma once
// Advantages brought to mean 0 and deviation 1, of which those far from the others are dropped: one wild advantage
// would pull the whole update.
//
// $$z_i = \frac{A_i - \mu}{\sqrt{\max(\sigma^2, v)}}, \qquad A_i' = \begin{cases} z_i & |z_i| \le \tau \\ 0 &
//   \text{else} \end{cases}$$
//
// with mean and population variance over what the mask counts and is finite, and the least variance v.
//
// Source: StableReinforce of R1-Reward, arXiv:2505.02835 (the 3-sigma rule).
//
// Details that differ:
// - The released code puts its bounds around the raw mean although z is centred, and drops |z| > 10 as well (`center =
//   raw_mean`): with a raw mean of 5 nearly everything becomes 0.
// - There a single NaN makes all of the batch 0. Here what is not finite is dropped alone. It also adds 1e-8 to z.
// - Constant advantages are exactly 0, and kept. At most 10 elements can never lose one at threshold 3: the largest |z|
//   of n numbers is $\sqrt{n-1}$.
// - Nothing to count: zeros, mean and deviation 0. No gradient.
//
// Cost: two passes over memory; 15 bytes per element in float.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

namespace guerdon {

enum class filter_center {
  zero,     ///< |z| <= threshold
  raw_mean  ///< |z - mean| <= threshold and |z| <= 10, with the mean before standardising
};
constexpr auto enumerators(filter_center) { return std::array{"zero", "raw_mean"}; }

namespace op {
struct advantage_filter {
  static constexpr info about{"advantage_filter", "advantage",
                              "Advantages standardised, and outliers dropped (StableReinforce)", "arXiv:2505.02835",
                              skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> advantage;  ///< any shape
    view<const flag_t> mask;  ///< of the same shape, 1 = counts
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< of the same shape; may be the input array itself
    Of<flag_t> keep;  ///< of the same shape, 1 = kept
    Of<T> mean;       ///< [1] before standardising
    Of<T> std;        ///< [1] before standardising, population, not floored
  };
  struct options {
    double threshold = 3;                        ///< > 0, in deviations
    filter_center center = filter_center::zero;  ///< where the bounds lie
    double min_var = 1e-8;                       ///< >= 0, least variance that divides
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("advantage", &I::advantage, "*"), array("mask", &I::mask, "*", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "*"), array("keep", &O::keep, "*"),
                      array("mean", &O::mean, "1"), array("std", &O::std, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, greater_than(0, 0.5, 3)),
                      choice("center", &options::center), option("min_var", &options::min_var, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the advantages, which are kept, and their moments.
template <storage T = float, backend Backend>
void advantage_filter(const Backend& backend, const op::advantage_filter::inputs<T>& in,
                      const op::advantage_filter::outputs<T>& out, const op::advantage_filter::options& o) {
  check<op::advantage_filter>(backend, in, out, o);
  using R = real_t<T>;
  const index_t n = in.advantage.size();
  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  const auto counts = [=] GUERDON_HD(index_t i) { return in.mask[i] != 0 && math::is_finite(R(in.advantage[i])); };
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    return counted_value<R>{R(in.advantage[i]), counts(i)};
  }, spread);
  const R threshold = R(o.threshold);
  const bool around_mean = o.center == filter_center::raw_mean;
  const op::masked_whiten::options scale{.ddof = 0, .epsilon = o.min_var, .epsilon_mode = epsilon_mode::clamp_var};
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const R z = whitening<R>(spread[0], scale)(R(in.advantage[i])), middle = around_mean ? R(spread[0].mean) : R(0);
    const bool near = (middle - threshold <= z) & (z <= middle + threshold) & (!around_mean | (math::abs(z) <= R(10)));
    const bool keep = counts(i) & near;
    out.keep[i] = flag_t(keep);
    out.advantage[i] = T(math::select(keep, z, R(0)));
  });
  backend.each(1, [=] GUERDON_HD(index_t) {
    out.mean[0] = T(spread[0].mean);
    out.std[0] = T(math::sqrt(spread[0].variance(0)));
  });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto advantage_filter(const Backend& backend, const op::advantage_filter::inputs<T>& in,
                      const op::advantage_filter::options& o = {}) {
  return returned<op::advantage_filter, T>(backend, in, o, [&](auto& out) { advantage_filter(backend, in, out, o); });
}

}}  // namespace guerdon
