#pragma once
// A reward model's head of two layers: a linear map, an activation, and a sum.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class head_activation { silu, tanh, relu, none };
constexpr auto enumerators(head_activation) { return std::array{"silu", "tanh", "relu", "none"}; }

inline namespace GUERDON_ABI {

/// The value of an activation, and its slope.
struct activated {
  double value, slope;

  GUERDON_HD activated(double z, head_activation kind) : value(z), slope(1) {
    const double s = math::sigmoid(kind == head_activation::tanh ? 2 * z : z);
    switch (kind) {
      case head_activation::silu:
        value = z * s;
        slope = s * (1 + z * math::sigmoid(-z));
        break;
      case head_activation::tanh:  // expm1(2z) / (e^2z + 1)
        value = math::sign(z) * (-math::expm1(-2 * math::abs(z)) / (1 + math::exp(-2 * math::abs(z))));
        slope = 4 * s * math::sigmoid(-2 * z);
        break;
      case head_activation::relu:
        value = math::max(z, 0.0);
        slope = z > 0 ? 1 : z == z ? 0 : z;
        break;
      case head_activation::none:
        break;
    }
  }
};

/// w2 . act(W1 h + b1) + b2
template <class T>
struct reward_head {
  view<const T> w1, b1, w2, b2;  // [H,D], [H], [H], [1]
  head_activation activation;

  GUERDON_HD index_t units() const { return b1.size(); }
  GUERDON_HD index_t width() const { return b1.size() > 0 ? w1.size() / b1.size() : 0; }
  /// What goes into hidden unit u, for the features h[0..width-1].
  GUERDON_HD double before(index_t u, const T* h) const {
    const index_t n = width();
    double z = double(b1[u]);
    for (index_t d = 0; d < n; ++d) z += double(w1[u * n + d]) * double(h[d]);
    return z;
  }
};

}}  // namespace guerdon
