#pragma once
// A x = b for a small dense matrix: Gaussian elimination with partial pivoting, without a library.

#include <guerdon/core/config.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// Solves in place: `a`, n by n in rows, is used up, and `b` becomes x. False if a column has no pivot but 0 or NaN.
/// Cost: n^3 / 3 multiplications; rows are eliminated whole, which vectorises.
inline bool solve_in_place(std::span<double> a, std::span<double> b) {
  const std::size_t n = b.size();
  const auto row = [&](std::size_t i) { return a.data() + i * n; };
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(row(i)[k]) > std::abs(row(pivot)[k])) pivot = i;
    if (!(std::abs(row(pivot)[k]) > 0)) return false;
    if (pivot != k) {
      std::swap_ranges(row(k) + k, row(k) + n, row(pivot) + k);
      std::swap(b[k], b[pivot]);
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = row(i)[k] / row(k)[k];
      if (factor == 0) continue;
      for (std::size_t j = k + 1; j < n; ++j) row(i)[j] -= factor * row(k)[j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    double x = b[k];
    for (std::size_t j = k + 1; j < n; ++j) x -= row(k)[j] * b[j];
    b[k] = x / row(k)[k];
  }
  return true;
}

}}  // namespace guerdon
