#pragma once
// The Neumann series: an inverse times a vector from products alone.

#include <guerdon/core/config.hpp>

#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// step (1 + (I - step A) + ... ) vector, with `terms` powers, where product(x) is A x: of a network this needs no more
/// than products of its Hessian with vectors.
template <class Product>
std::vector<double> neumann_series(const Product& product, std::vector<double> vector, double step, index_t terms) {
  for (double& x : vector) x *= step;
  std::vector<double> sum = vector;
  for (index_t i = 0; i < terms; ++i) {
    const std::vector<double> image = product(vector);
    for (std::size_t d = 0; d < vector.size(); ++d) sum[d] += vector[d] -= step * image[d];
  }
  return sum;
}

}}  // namespace guerdon
