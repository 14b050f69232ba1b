#pragma once
// How far points are apart, and the bonus that falls with a distance: what most reward programs begin with.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class vector_norm { l2, l2_squared, l1, linf };
constexpr auto enumerators(vector_norm) { return std::array{"l2", "l2_squared", "l1", "linf"}; }

inline namespace GUERDON_ABI { namespace distances {

/// The norm of the vector x(0), ..., x(n-1); NaN if one of them is.
template <class F>
GUERDON_HD double norm_of(vector_norm norm, index_t n, F x) {
  double total = 0;
  for (index_t d = 0; d < n; ++d) {
    const double size = math::abs(double(x(d)));
    total = norm == vector_norm::linf ? math::nan_max(total, size)
            : norm == vector_norm::l1 ? total + size
                                      : total + size * size;
  }
  return norm == vector_norm::l2 ? math::sqrt(total) : total;
}

/// The distance of two points of n coordinates.
template <class T>
GUERDON_HD double between(const T* a, const T* b, index_t n, vector_norm norm = vector_norm::l2) {
  return norm_of(norm, n, [=](index_t d) { return double(a[d]) - double(b[d]); });
}

/// 1 - tanh(scale * max(distance - offset, 0)), without cancelling far away.
struct reach {
  double scale = 5, offset = 0;

  GUERDON_HD double operator()(double distance) const {
    return 2 / (math::exp(2 * scale * math::max(distance - offset, 0.0)) + 1);
  }
};

}}}  // namespace guerdon::distances
