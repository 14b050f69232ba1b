#pragma once
// The maths of the primitives of reward programs, for their operations and for terms (compose.hpp).

#include <guerdon/program/distances.hpp>

namespace guerdon {

enum class quaternion_sense { shortest, by_sign };
constexpr auto enumerators(quaternion_sense) { return std::array{"shortest", "signed"}; }

inline namespace GUERDON_ABI { namespace primitives {

/// -d - clip(log(d + epsilon), log_min, 0).
struct log_distance {
  double epsilon = 1e-5, log_min = -10;
  GUERDON_HD double operator()(double d) const { return -d - math::clamp(math::log(d + epsilon), log_min, 0.0); }
};

/// Cut to [low, high], low < high, and mapped to [0, 1].
struct unit_range {
  double low = 0, high = 1;
  GUERDON_HD double operator()(double x) const { return (math::clamp(x, low, high) - low) / (high - low); }
};

/// exp(-error / temperature).
struct decay {
  double temperature = 1;
  GUERDON_HD double operator()(double error) const { return math::exp(-error / temperature); }
};

/// -tanh(scale (now - before)).
struct progress {
  double scale = 1;
  GUERDON_HD double operator()(double now, double before) const { return -::tanh(scale * (now - before)); }
};

/// a b / (a + b - a b) of numbers in [0, 1]; 0 of two zeros.
struct hamacher {
  GUERDON_HD double operator()(double a, double b) const {
    const double whole = a + b - a * b;
    return whole == 0 ? 0 : a * b / whole;
  }
};

/// max(-1, 1 - e^x) for the speed x away from the target; 0 there and at rest.
template <class T>
GUERDON_HD double approach(const T* offset, const T* velocity, index_t n) {
  double along = 0;
  for (index_t d = 0; d < n; ++d) along += double(offset[d]) * double(velocity[d]);
  const double far = distances::norm_of(vector_norm::l2, n, [=](index_t d) { return offset[d]; });
  const double speed = distances::norm_of(vector_norm::linf, n, [=](index_t d) { return velocity[d]; });
  return math::max(-math::expm1(far == 0 || speed == 0 ? 0 : along / far), -1.0);
}

/// The angle from one orientation to another, quaternions with w first; NaN of a zero one.
template <class T>
GUERDON_HD double turn(const T* p, const T* q, quaternion_sense sense) {
  const auto length = [](const T* x) {
    return distances::norm_of(vector_norm::l2, 4, [=](index_t k) { return x[k]; });
  };
  double a[4], b[4];
  for (index_t k = 0; k < 4; ++k) a[k] = double(p[k]) / length(p), b[k] = double(q[k]) / length(q);
  const double w = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  const double v[3] = {a[0] * b[1] - a[1] * b[0] - a[2] * b[3] + a[3] * b[2],
                       a[0] * b[2] - a[2] * b[0] - a[3] * b[1] + a[1] * b[3],
                       a[0] * b[3] - a[3] * b[0] - a[1] * b[2] + a[2] * b[1]};
  const double turned = math::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return 2 * ::atan2(turned, sense == quaternion_sense::shortest ? math::abs(w) : w);
}

/// 1 outside a box, fading to 0 at one of its corners inside (rect_prism_tolerance).
template <class T>
GUERDON_HD double box_factor(const T* point, const T* zero_corner, const T* one_corner) {
  bool inside = true;
  double product = 1, unknown = 0;
  for (index_t d = 0; d < 3; ++d) {
    const double p = double(point[d]), z = double(zero_corner[d]), one = double(one_corner[d]);
    inside &= z < one ? p >= z && p <= one : p <= z && p >= one;
    product *= (p - z) / (one - z);
    if (p != p || z != z || one != one) unknown = std::numeric_limits<double>::quiet_NaN();
  }
  return (inside ? product : 1) + unknown;
}

}}}  // namespace guerdon::primitives
