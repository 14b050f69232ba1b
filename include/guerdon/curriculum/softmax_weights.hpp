#pragma once
// Probabilities proportional to the exponentials of given numbers, over a whole array.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// probability[i] = exp(exponent(i)) over the sum of all. The largest is subtracted first; a NaN among them makes all NaN.
template <class T, class Backend, class F>
void write_softmax(const Backend& backend, view<T> probability, F exponent) {
  auto scratch = backend.scratch();
  const auto top = scratch.template take<double>(2);  // the largest exponent, the sum
  const index_t n = probability.size();
  reduce_array<highest>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{exponent(i)}; },
      [=] GUERDON_HD(const lanes<double, 1>& most) { top[0] = most[0]; });
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{math::exp(exponent(i) - top[0])}; },
      [=] GUERDON_HD(const lanes<double, 1>& sum) { top[1] = sum[0]; });
  backend.each(n, [=] GUERDON_HD(index_t i) { probability[i] = T(math::exp(exponent(i) - top[0]) / top[1]); });
}

}}  // namespace guerdon
