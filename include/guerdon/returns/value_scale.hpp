#pragma once
// Monotone maps that squash returns of many magnitudes, and their inverses.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class value_scale { identity, signed_hyperbolic, signed_log1p, asinh, power };
constexpr auto enumerators(value_scale) {
  return std::array{"identity", "signed_hyperbolic", "signed_log1p", "asinh", "power"};
}

inline namespace GUERDON_ABI {

namespace detail {

/// The map and its way back, odd functions both, in double: the forms that neither cancel nor overflow.
struct scale_function {
  value_scale kind;
  double epsilon, p;

  template <class Options>
  scale_function(const call_rules& rule, const Options& o) : kind(o.kind), epsilon(o.epsilon), p(o.p) {
    rule(kind != value_scale::power || !is_missing(p), "p", "is required for kind power and was not given");
  }

  GUERDON_HD double forward(double x) const {
    const double u = math::abs(x);
    switch (kind) {
      case value_scale::identity: return x;
      case value_scale::signed_hyperbolic: return math::sign(x) * hyperbolic(u);
      case value_scale::signed_log1p: return math::sign(x) * math::log1p(u);
      case value_scale::asinh: return ::asinh(x);
      case value_scale::power: break;
    }
    return math::sign(x) * raised(u, p);
  }
  GUERDON_HD double inverse(double y) const {
    const double u = math::abs(y);
    switch (kind) {
      case value_scale::identity: return y;
      case value_scale::signed_hyperbolic: return math::sign(y) * hyperbolic_inverse(u);
      case value_scale::signed_log1p: return math::sign(y) * math::expm1(u);
      case value_scale::asinh: return ::sinh(y);
      case value_scale::power: break;
    }
    return math::sign(y) * raised(u, 1 / p);
  }

 private:
  static GUERDON_HD bool infinite(double u) { return u == std::numeric_limits<double>::infinity(); }

  /// sqrt(u + 1) - 1 + epsilon u.
  GUERDON_HD double hyperbolic(double u) const {
    return infinite(u) ? u : u / (math::sqrt(u + 1) + 1) + epsilon * u;
  }
  /// z^2 - 1 of z = (sqrt(1 + 4 epsilon (epsilon + 1 + u)) - 1) / (2 epsilon), by z - 1.
  GUERDON_HD double hyperbolic_inverse(double u) const {
    const double root = math::sqrt((1 + 2 * epsilon) * (1 + 2 * epsilon) + 4 * epsilon * u);
    const double above = 4 * u / (1 + root) * ((1 + epsilon + u) / (1 + 2 * epsilon + 2 * u + root));
    return infinite(u) ? u : above * (above + 2);
  }
  /// ((u / sqrt(q) + 1)^q - 1) / sqrt(q).
  static GUERDON_HD double raised(double u, double q) {
    const double root = math::sqrt(q);
    return math::expm1(q * math::log1p(u / root)) / root;
  }
};

}  // namespace detail

}}  // namespace guerdon
