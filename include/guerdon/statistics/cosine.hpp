#pragma once
// Angles between embeddings, in double.

#include <guerdon/core/math.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <class T>
GUERDON_HD double dot_product(const T* a, const T* b, index_t width) {
  double sum = 0;
  for (index_t d = 0; d < width; ++d) sum += double(a[d]) * double(b[d]);
  return sum;
}
template <class T>
GUERDON_HD double euclidean_norm(const T* a, index_t width) { return math::sqrt(dot_product(a, a, width)); }

/// The cosine between two embeddings whose norms multiply to `norms`, or to less than `floor`; 0 where one is a zero.
template <class T>
GUERDON_HD double cosine(const T* a, const T* b, index_t width, double norms, double floor = 0) {
  const double divisor = math::max(norms, floor);
  return math::zero_select_product(dot_product(a, b, width), divisor == 0 ? 0 : 1 / divisor);
}

}}  // namespace guerdon
