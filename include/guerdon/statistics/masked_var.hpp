#pragma once
// The variance of the valid elements.
//
// $$\sigma^2 = \frac{1}{n - d} \sum_{i\,valid} (x_i - \mu)^2$$
//
// Source: the masked statistics of verl, OpenRLHF and NeMo-RL; the divisor is the exact count.
//
// Details that differ:
// - Squares of deviations from a mean, so that a large common offset costs no digits. slime takes E[x^2] - mean^2.
// - At most `ddof` valid elements: 0. verl raises for one element with ddof 1. Equal elements: exactly 0.
// - Values under the mask are never read into the result. NaN or infinity on a valid element gives NaN.
//
// Cost: 5 bytes per float element, read once; a block whose mean dwarfs its spread, or is not what its first values
// say, is summed again in the cache.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

namespace op {
struct masked_var {
  static constexpr info about{"masked_var", "statistics", "Variance of the valid elements", "",
                              skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;      ///< any shape
    view<const flag_t> mask;  ///< of the same shape, 1 = valid
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> variance;  ///< [1]
  };
  struct options {
    index_t ddof = 1;  ///< >= 0, usually 0 or 1: the sum of squares is divided by n - ddof
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "*"), array("mask", &I::mask, "*", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("variance", &O::variance, "1")); }
  static constexpr auto parameters() { return std::tuple(option("ddof", &options::ddof, counts(3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the variance.
template <storage T = float, backend Backend>
void masked_var(const Backend& backend, const op::masked_var::inputs<T>& in, const op::masked_var::outputs<T>& out,
                const op::masked_var::options& o) {
  check<op::masked_var>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  const auto variance = out.variance;
  const double ddof = double(o.ddof);
  array_moments(backend, in.value.size(), masked_values<T>{in.value.data(), in.mask.data()}, spread);
  backend.each(1, [=] GUERDON_HD(index_t) { variance[0] = T(spread[0].variance(ddof)); });
}

/// The same into an array of the backend's.
template <storage T = float, backend Backend>
auto masked_var(const Backend& backend, const op::masked_var::inputs<T>& in, const op::masked_var::options& o = {}) {
  return returned<op::masked_var, T>(backend, in, o, [&](auto& out) { masked_var(backend, in, out, o); });
}

}}  // namespace guerdon
