#pragma once
// A x = b for a small dense matrix: Gaussian elimination with partial pivoting, without a library.

#include <guerdon/core/math.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace guerdon { inline namespace GUERDON_ABI {

/// Solves in place: `a`, n by n in rows, is used up, and `b`, n by `columns`, becomes x. False if the largest pivot of a
/// column is not above `no_pivot` in size; a NaN goes through. Cost: n^3 / 3 multiplications, n^2 for each column; rows
/// are eliminated whole, which vectorises.
inline bool solve_in_place(std::span<double> a, std::span<double> b, std::size_t columns = 1, double no_pivot = 0) {
  const std::size_t n = b.size() / columns;
  const auto row = [&](std::size_t i) { return a.data() + i * n; };
  const auto right = [&](std::size_t i) { return b.data() + i * columns; };
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(row(i)[k]) > std::abs(row(pivot)[k])) pivot = i;
    if (std::abs(row(pivot)[k]) <= no_pivot) return false;
    if (pivot != k) {
      std::swap_ranges(row(k) + k, row(k) + n, row(pivot) + k);
      std::swap_ranges(right(k), right(k) + columns, right(pivot));
    }
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = row(i)[k] / row(k)[k];
      if (factor == 0) continue;
      for (std::size_t j = k + 1; j < n; ++j) row(i)[j] -= factor * row(k)[j];
      for (std::size_t j = 0; j < columns; ++j) right(i)[j] -= factor * right(k)[j];
    }
  }
  for (std::size_t k = n; k-- > 0;)
    for (std::size_t c = 0; c < columns; ++c) {
      double x = right(k)[c];
      for (std::size_t j = k + 1; j < n; ++j) x -= row(k)[j] * right(j)[c];
      right(k)[c] = x / row(k)[k];
    }
  return true;
}

/// The same as a type, for functions that take the solver as one.
struct elimination {
  static bool solve(std::span<double> a, std::span<double> b, std::size_t columns = 1, double no_pivot = 0) {
    return solve_in_place(a, b, columns, no_pivot);
  }
};

/// What of a pivot may be rounding alone: n epsilon times the largest number of `a`, n by n.
inline double rounding_of_pivots(std::span<const double> a, std::size_t n) {
  double largest = 0;
  for (const double x : a) largest = math::nan_max(largest, math::abs(x));
  return static_cast<double>(n) * std::numeric_limits<double>::epsilon() * largest;
}

}}  // namespace guerdon
