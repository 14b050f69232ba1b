#pragma once
// Soft maxima of rows of action values and of logits.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

/// T log sum exp(x / T).
inline double soft_maximum(std::span<const double> x, double temperature) {
  const double most = largest_of(x);
  double sum = 0;
  for (const double y : x) sum += std::exp((y - most) / temperature);
  return most + temperature * std::log(sum);
}

/// softmax(x / T) of every row; the largest is subtracted before the division.
inline std::vector<double> softmax_rows(const double* x, std::size_t rows, std::size_t width, double temperature) {
  std::vector<double> p(rows * width);
  for (std::size_t s = 0; s < rows; ++s) {
    const std::span<const double> row(x + s * width, width);
    const double most = largest_of(row);
    double sum = 0;
    for (std::size_t a = 0; a < width; ++a) sum += p[s * width + a] = std::exp((row[a] - most) / temperature);
    for (std::size_t a = 0; a < width; ++a) p[s * width + a] /= sum;
  }
  return p;
}

/// A row of logits makes a distribution if it holds no NaN and no +inf, and something above -inf.
inline bool are_logits(const view<const double>& x, index_t width) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (index_t begin = 0; begin < x.size(); begin += width) {
    bool any = false;
    for (index_t k = begin; k < begin + width; ++k) {
      if (!(x[k] < infinity)) return false;
      any = any || x[k] > -infinity;
    }
    if (!any) return false;
  }
  return true;
}

}}}  // namespace guerdon::mdp
