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

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct masked_var_inputs {
  view<const T> value;      ///< any shape
  view<const flag_t> mask;  ///< of the same shape, 1 = valid
};

template <storage T, template <class> class Of = view>
struct masked_var_outputs {
  Of<T> variance;  ///< [1]
};

struct masked_var_options {
  index_t ddof = 1;  ///< >= 0, usually 0 or 1: the sum of squares is divided by n - ddof
};

/// Writes the variance. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void masked_var(const Backend& backend, const masked_var_inputs<T>& in, const masked_var_outputs<T>& out,
                const masked_var_options& o = {}) {
  constexpr auto op = "masked_var";
  const index_t n = in.value.size();
  require_size(in.mask.size(), n, op, "mask", "value");
  require_size(out.variance.size(), 1, op, "variance", "a scalar output");
  require(o.ddof >= 0, op, "ddof", "must be at least 0");

  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  const auto variance = out.variance;
  array_moments(backend, n, masked_values<T>{in.value.data(), in.mask.data()}, spread);
  backend.each(1, [=] GUERDON_HD(index_t) { variance[0] = T(spread[0].variance(double(o.ddof))); });
}

/// The variance in an array of the backend's.
template <storage T = float, backend Backend>
auto masked_var(const Backend& backend, const masked_var_inputs<T>& in, const masked_var_options& o = {}) {
  auto variance = backend.template make<T>(1);
  masked_var<T>(backend, in, {.variance = variance}, o);
  return variance;
}

}}  // namespace guerdon
