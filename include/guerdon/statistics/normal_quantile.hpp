#pragma once
// The quantile of the standard normal distribution.

#include <guerdon/core/config.hpp>

#include <cmath>

namespace guerdon { inline namespace GUERDON_ABI {

/// x with Phi(x) = p, for p in (0, 1), to a few units in the last place: Acklam's rational approximation (2003), and two
/// steps of Halley's method on what is left. Exactly 0 for p = 1/2.
inline double normal_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01,  -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  if (p > 0.5) return -normal_quantile(1 - p);
  double x;
  if (p < 0.02425) {
    const double q = std::sqrt(-2 * std::log(p));
    x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  }
  for (int k = 0; k < 2; ++k) {
    const double error = 0.5 * std::erfc(-x / 1.4142135623730951) - p;
    const double step = error * 2.5066282746310002 * std::exp(x * x / 2);  // error / density
    if (!(std::abs(step) < 1)) break;  // subnormal p
    x -= step / (1 + x * step / 2);
  }
  return x;
}

}}  // namespace guerdon
