#pragma once
// min |A x - b| for a tall dense matrix of full column rank: Householder's QR, without a library.

#include <guerdon/core/config.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// The x; `a`, m by n in rows with m >= n, and `b` are used up. A column
/// that depends on earlier ones gets 0. Cost: 2 m n^2.
inline std::vector<double> least_squares_in_place(std::span<double> a, std::span<double> b, std::size_t n) {
  const std::size_t m = b.size();
  std::vector<double> v(m);
  for (std::size_t k = 0; k < n; ++k) {
    double length = 0;
    for (std::size_t i = k; i < m; ++i) v[i] = a[i * n + k], length = std::hypot(length, v[i]);
    if (!(length > 0)) continue;
    const double corner = v[k] > 0 ? -length : length;
    v[k] -= corner;
    double square = 0;
    for (std::size_t i = k; i < m; ++i) square += v[i] * v[i];
    for (std::size_t j = k; j < n; ++j) {
      double along = 0;
      for (std::size_t i = k; i < m; ++i) along += v[i] * a[i * n + j];
      for (std::size_t i = k; i < m; ++i) a[i * n + j] -= 2 * along / square * v[i];
    }
    double along = 0;
    for (std::size_t i = k; i < m; ++i) along += v[i] * b[i];
    for (std::size_t i = k; i < m; ++i) b[i] -= 2 * along / square * v[i];
  }
  std::vector<double> x(n);
  for (std::size_t k = n; k-- > 0;) {
    const double pivot = a[k * n + k];
    if (!(std::abs(pivot) > 0)) continue;
    x[k] = b[k];
    for (std::size_t j = k + 1; j < n; ++j) x[k] -= a[k * n + j] * x[j];
    x[k] /= pivot;
  }
  return x;
}

}}  // namespace guerdon
