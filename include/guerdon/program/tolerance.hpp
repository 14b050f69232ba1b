#pragma once
// 1 inside an interval, falling over a margin outside of it, by one of eight curves.
//
// $$r = \begin{cases} 1 & l \le x \le u \\ f(z) & \text{else} \end{cases}, \qquad
//   z = \frac{\max(l - x,\ x - u)}{m}$$
//
// with f(0) = 1 and f(1) = v, the value at the margin; without a margin 0 outside.
//
// | curve | f(z) | s |
// |---|---|---|
// | gaussian | $e^{-(z s)^2 / 2}$ | $\sqrt{-2 \log v}$ |
// | hyperbolic | $1 / \cosh(z s)$ | $\mathrm{arcosh}(1 / v)$ |
// | long_tail | $1 / ((z s)^2 + 1)$ | $\sqrt{1 / v - 1}$ |
// | reciprocal | $1 / (z s + 1)$ | $1 / v - 1$ |
// | cosine | $(1 + \cos \pi z s) / 2$ | $\arccos(2 v - 1) / \pi$ |
// | linear | $1 - z s$ | $1 - v$ |
// | quadratic | $1 - (z s)^2$ | $\sqrt{1 - v}$ |
// | tanh_squared | $1 - \tanh^2(z s)$ | $\mathrm{artanh} \sqrt{1 - v}$ |
//
// The cosine, the line and the parabola are 0 from z s = 1 on, and v may be 0 for them.
//
// Source: DeepMind Control Suite, arXiv:1801.00690; Text2Reward, arXiv:2309.11489, Metaworld's reward_utils.py.
//
// Details that differ:
// - NaN stays NaN, also without a margin.
// - The inverse of the released code fails for its own default curve, which knows no v = 0: take 1 - tolerance.
//
// Cost: one number read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class tolerance_curve {
  gaussian, hyperbolic, long_tail, reciprocal, cosine, linear, quadratic, tanh_squared
};
constexpr auto enumerators(tolerance_curve) {
  return std::array{"gaussian", "hyperbolic", "long_tail", "reciprocal",
                    "cosine",   "linear",     "quadratic", "tanh_squared"};
}

namespace op {
struct tolerance {
  static constexpr info about{"tolerance", "program", "1 inside an interval, falling outside (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> x;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] in [0, 1]
  };
  struct options {
    double lower = 0;                                     ///< of the interval; may be -inf
    double upper = 0;                                     ///< at least lower; may be inf
    double margin = 0;                                    ///< >= 0
    tolerance_curve sigmoid = tolerance_curve::gaussian;  ///< how it falls
    double value_at_margin = 0.1;                         ///< in (0, 1), for cosine, linear and quadratic in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("x", &I::x, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("lower", &options::lower, drawn(-1, 0)), option("upper", &options::upper, drawn(0, 1)),
                      option("margin", &options::margin, drawn(0, 2)), choice("sigmoid", &options::sigmoid),
                      option("value_at_margin", &options::value_at_margin, drawn(0.05, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Is the curve 0 from some distance on?
constexpr bool reaches_zero(tolerance_curve curve) {
  return curve == tolerance_curve::cosine || curve == tolerance_curve::linear || curve == tolerance_curve::quadratic;
}

/// The reward of one number.
struct tolerance_shape {
  double lower, upper, margin;
  tolerance_curve curve;
  double scale;

  explicit tolerance_shape(const op::tolerance::options& o)
      : lower(o.lower), upper(o.upper), margin(o.margin), curve(o.sigmoid),
        scale(scale_of(o.sigmoid, o.value_at_margin)) {}

  static double scale_of(tolerance_curve curve, double v) {
    switch (curve) {
      case tolerance_curve::gaussian: return std::sqrt(-2 * std::log(v));
      case tolerance_curve::hyperbolic: return std::acosh(1 / v);
      case tolerance_curve::long_tail: return std::sqrt(1 / v - 1);
      case tolerance_curve::reciprocal: return 1 / v - 1;
      case tolerance_curve::cosine: return std::acos(2 * v - 1) / pi;
      case tolerance_curve::linear: return 1 - v;
      case tolerance_curve::quadratic: return std::sqrt(1 - v);
      case tolerance_curve::tanh_squared: break;
    }
    return std::atanh(std::sqrt(1 - v));
  }

  GUERDON_HD double operator()(double x) const {
    if (x != x) return x;
    if (x >= lower && x <= upper) return 1;
    if (margin == 0) return 0;
    const double z = (x < lower ? lower - x : x - upper) / margin * scale;
    switch (curve) {
      case tolerance_curve::gaussian: return math::exp(-0.5 * z * z);
      case tolerance_curve::hyperbolic: return 1 / ::cosh(z);
      case tolerance_curve::long_tail: return 1 / (z * z + 1);
      case tolerance_curve::reciprocal: return 1 / (z + 1);
      case tolerance_curve::cosine: return z < 1 ? (1 + ::cos(pi * z)) / 2 : 0;
      case tolerance_curve::linear: return z < 1 ? 1 - z : 0;
      case tolerance_curve::quadratic: return z < 1 ? 1 - z * z : 0;
      case tolerance_curve::tanh_squared: break;
    }
    const double c = ::cosh(z);
    return 1 / (c * c);  // 1 - tanh^2
  }

 private:
  static constexpr double pi = 3.14159265358979323846;
};

/// The shape, once the options have been looked at.
inline tolerance_shape checked_shape(const op::tolerance::options& o,
                                     const call_rules& rule = call_rules(op::tolerance::about.name)) {
  rule(o.lower <= o.upper, "lower", "must not be above the upper bound");
  rule(o.margin >= 0, "margin", "must be at least 0");
  const double v = o.value_at_margin;
  rule((v > 0 || (v == 0 && reaches_zero(o.sigmoid))) && v < 1, "value_at_margin",
       "must be greater than 0 and less than 1; it may be 0 for cosine, linear and quadratic");
  return tolerance_shape(o);
}

/// Writes the rewards.
template <real T = float, backend Backend>
void tolerance(const Backend& backend, const op::tolerance::inputs<T>& in, const op::tolerance::outputs<T>& out,
               const op::tolerance::options& o) {
  const auto rule = check<op::tolerance>(backend, in, out, o);
  const tolerance_shape shape = checked_shape(o, rule);
  backend.each(in.x.size(), [=] GUERDON_HD(index_t i) { out.reward[i] = T(shape(double(in.x[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto tolerance(const Backend& backend, const op::tolerance::inputs<T>& in, const op::tolerance::options& o = {}) {
  return returned<op::tolerance, T>(backend, in, o, [&](auto& out) { tolerance(backend, in, out, o); });
}

}}  // namespace guerdon
