#pragma once
// Maps values of many magnitudes into a range that a network predicts well, and back.
//
// With $u = |x|$, $s = \mathrm{sign}(x)$:
//
// $$\text{signed hyperbolic: } s(\sqrt{u+1} - 1) + \epsilon x, \qquad \text{signed log1p: } s \ln(1 + u), \qquad
//   \text{power: } s\,\frac{(u/\sqrt p + 1)^p - 1}{\sqrt p}$$
//
// `asinh` and `identity` are what they say. `inverse` gives the way back: $s(z^2 - 1)$ with
// $z = (\sqrt{1 + 4\epsilon(\epsilon + 1 + u)} - 1) / (2\epsilon)$, $s(e^u - 1)$, and the power with 1/p in place of p.
//
// Source: signed hyperbolic, Pohlen et al. 2018, arXiv:1805.11593; its inverse, Kapturowski et al. 2019 (R2D2);
// signed log1p, DreamerV3, arXiv:2301.04104 (symlog); power, rlax.
//
// Details that differ:
// - The inverse of the hyperbolic is evaluated by z - 1, in double: the printed form loses all digits of small values
//   in single precision. Epsilon may be 0, where its limit is $s((u+1)^2 - 1)$.
// - NaN stays NaN, infinity stays infinity.
// - The derivative of the hyperbolic is $1 / (2\sqrt{u+1}) + \epsilon$.
//
// Cost: 8 bytes per value in float; some ten nanoseconds of arithmetic.

#include <guerdon/returns/value_scale.hpp>

namespace guerdon {
namespace op {
struct value_transform {
  static constexpr info about{"value_transform", "returns", "Squashes values of many magnitudes, and undoes it",
                              "arXiv:1805.11593; arXiv:2301.04104", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> x;  ///< any shape
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> y;  ///< the same shape
  };
  struct options {
    value_scale kind = required;
    bool inverse = false;    ///< the way back
    double epsilon = 1e-3;   ///< >= 0, for signed_hyperbolic
    double p = required;     ///< > 0, for power, which needs it
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("x", &I::x, "*", drawn(-30, 30))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("y", &O::y, "*")); }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), flag("inverse", &options::inverse),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option_or_nan("p", &options::p, greater_than(0, 0.3, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the mapped values.
template <real T = float, backend Backend>
void value_transform(const Backend& backend, const op::value_transform::inputs<T>& in,
                     const op::value_transform::outputs<T>& out, const op::value_transform::options& o) {
  const detail::scale_function scale(check<op::value_transform>(backend, in, out, o), o);
  const bool inverse = o.inverse;
  backend.each(in.x.size(), [=] GUERDON_HD(index_t i) {
    const double x = double(in.x[i]);
    out.y[i] = T(inverse ? scale.inverse(x) : scale.forward(x));
  });
}

/// The same into an array of the backend's.
template <real T = float, backend Backend>
auto value_transform(const Backend& backend, const op::value_transform::inputs<T>& in,
                     const op::value_transform::options& o) {
  return returned<op::value_transform, T>(backend, in, o, [&](auto& out) { value_transform(backend, in, out, o); });
}

}}  // namespace guerdon
