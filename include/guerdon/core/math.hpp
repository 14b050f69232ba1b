#pragma once
// Scalar functions of which one text is the scalar reference, the vectorised CPU loop and the device code.
// Rules that let g++ and clang vectorise a loop around them with plain -O3 (measured 13x, breaking one costs 11x):
//   choose with select(), never with a branch or ?:          clamp, min, max go through select()
//   round with the magic number, never with floor()          no fma call unless the hardware has one
//   no float-to-int conversion of a value that may be NaN

#include <guerdon/core/config.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

namespace guerdon { inline namespace GUERDON_ABI { namespace math {

/// condition ? a : b, evaluated on bits on the host so that the loop around it stays free of branches.
template <std::floating_point R>
GUERDON_HD constexpr R select(bool condition, R a, R b) {
#ifdef __CUDA_ARCH__
  return condition ? a : b;
#else
  using word = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  const word mask = word(0) - word(condition);
  return bits_as<R>((bits_as<word>(a) & mask) | (bits_as<word>(b) & ~mask));
#endif
}

/// A NaN in `x` survives; a NaN bound is ignored. For data against bounds. One instruction where vectors have it;
/// with nothing but SSE2 g++ makes a branch of ?: and the loop stays scalar.
#if defined(__CUDA_ARCH__) || defined(__AVX2__)
template <class R>
GUERDON_HD constexpr R min(R x, R bound) { return bound < x ? bound : x; }
template <class R>
GUERDON_HD constexpr R max(R x, R bound) { return x < bound ? bound : x; }
#else
template <class R>
GUERDON_HD constexpr R min(R x, R bound) { return select(bound < x, bound, x); }
template <class R>
GUERDON_HD constexpr R max(R x, R bound) { return select(x < bound, bound, x); }
#endif
template <class R>
GUERDON_HD constexpr R clamp(R x, R low, R high) { return min(max(x, low), high); }

/// A NaN on either side survives. For reductions.
template <class R>
GUERDON_HD constexpr R nan_min(R a, R b) { return select((b < a) | (b != b), b, a); }
template <class R>
GUERDON_HD constexpr R nan_max(R a, R b) { return select((a < b) | (b != b), b, a); }

template <class R>
GUERDON_HD constexpr R abs(R x) {
  using word = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  return bits_as<R>(bits_as<word>(x) & (~word(0) >> 1));
}
/// -1, 0 or 1; NaN stays NaN.
template <class R>
GUERDON_HD constexpr R sign(R x) { return select(x > R(0), R(1), select(x < R(0), R(-1), x)); }
template <class R>
GUERDON_HD bool is_finite(R x) { return x - x == R(0); }

/// coefficient * x where a coefficient of exactly 0 selects 0 even when x is NaN or infinite.
template <class R>
GUERDON_HD constexpr R zero_select_product(R coefficient, R x) {
  return select(coefficient != R(0), coefficient * x, R(0));
}

/// x, which no compiler fuses with what comes of it: a product stays rounded before it is added.
GUERDON_HD inline double unfused(double x) {
#if defined(__CUDA_ARCH__)
  return __dadd_rn(x, -0.0);
#elif defined(__clang__)
  return x;  // contracts inside one expression only
#elif !defined(__CUDACC__) && __GNUC__ >= 12
  return __builtin_assoc_barrier(x);
#else
  asm("" : "+m"(x));
  return x;
#endif
}

/// a*b + c, fused only where the hardware fuses.
GUERDON_HD inline float multiply_add(float a, float b, float c) {
#if defined(__CUDA_ARCH__) || defined(__FP_FAST_FMAF)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}

namespace detail {

// 1.5 * 2^23, which leaves the nearest integer n in the low bits of what it is added to; with 127 more, the exponent of
// 2^n.
inline constexpr float power_magic = 12582912.0f + 127.0f;

struct exp_parts {
  float scale;  ///< 2^n; exactly 0 for n = -127 and inf for n = 128, so underflow and overflow need no test
  float r;      ///< x - n ln 2, |r| <= ln 2 / 2
};

/// Bounds between which n stays inside the exponent field.
inline constexpr float exp_low = -88.0f, exp_high = 89.0f;

/// Of an x within those bounds; a NaN passes through into r.
GUERDON_HD inline exp_parts reduce_exp(float x) {
  const float shifted = multiply_add(x, 1.44269504f, power_magic);
  const float n = shifted - power_magic;
  const float r = multiply_add(n, 2.12194440e-4f, multiply_add(n, -0.693359375f, x));
  return {bits_as<float>(bits_as<std::uint32_t>(shifted) << 23), r};
}

/// e^r - 1 - r on |r| <= ln 2 / 2 (coefficients: Cephes expf).
GUERDON_HD inline float exp_tail(float r) {
  float p = 1.9875691500e-4f;
  p = multiply_add(p, r, 1.3981999507e-3f);
  p = multiply_add(p, r, 8.3334519073e-3f);
  p = multiply_add(p, r, 4.1665795894e-2f);
  p = multiply_add(p, r, 1.6666665459e-1f);
  p = multiply_add(p, r, 5.0000001201e-1f);
  return p * r * r;
}

/// e^r on |r| <= ln 2 / 2, 3.1e-9 off before rounding (minimax, the first two coefficients held).
GUERDON_HD inline float near_exp(float r) {
  float p = 1.3814535729e-3f;
  p = multiply_add(p, r, 8.3687473421e-3f);
  p = multiply_add(p, r, 4.1668391029e-2f);
  p = multiply_add(p, r, 1.6666520380e-1f);
  p = multiply_add(p, r, 4.9999993431e-1f);
  p = multiply_add(p, r, 1.0f);
  return multiply_add(p, r, 1.0f);
}

/// e^x of an x within the bounds.
GUERDON_HD inline float bounded_exp(float x) {
  const auto [scale, r] = reduce_exp(x);
  return near_exp(r) * scale;
}

}  // namespace detail

/// e^x. Float: at most 0.9 ulp with FMA and 1.15 ulp without, exp(-inf) = 0, exp(inf) = inf, NaN stays; results under
/// 8.4e-39 flush to 0 (x < -87.68), results over 2.4e38 overflow (x > 88.376). Double: the C library's.
GUERDON_HD inline double exp(double x) { return ::exp(x); }
GUERDON_HD inline float exp(float x) {
  return detail::bounded_exp(clamp(x, detail::exp_low, detail::exp_high));
}

/// exp(clamp(x, low, high)), in float at the cost of exp alone.
GUERDON_HD inline double exp_clamped(double x, double low, double high) { return exp(clamp(x, low, high)); }
GUERDON_HD inline float exp_clamped(float x, float low, float high) {
  return detail::bounded_exp(clamp(x, max(low, detail::exp_low), min(high, detail::exp_high)));
}

/// e^x - 1 without cancellation near 0. Float: at most 2 ulp; overflows where exp does.
GUERDON_HD inline double expm1(double x) { return ::expm1(x); }
GUERDON_HD inline float expm1(float x) {
  const auto [scale, r] = detail::reduce_exp(clamp(x, detail::exp_low, detail::exp_high));
  const float near = multiply_add(scale, detail::exp_tail(r) + r, scale - 1.0f);
  return select(x > 88.0f, exp(x), near);
}

/// e^x - 1 - x, what is left of the exponential after its tangent: no digits are lost where x is small.
GUERDON_HD inline double exp_excess(double x) {
  // Taylor series where the difference cancels; its next term is 5e-17 of the sum at |x| = 0.01.
  const double series = x * x * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7))))) / 2;
  return select(abs(x) < 0.01, series, expm1(x) - x);
}
GUERDON_HD inline float exp_excess(float x) {
  return select(abs(x) < 0.34f, detail::exp_tail(x), expm1(x) - x);
}

namespace detail {

/// u = 2^exponent (1 + m), 1 + m in [sqrt(1/2), sqrt(2)), of a positive normal u.
struct log_parts {
  float exponent, m;

  GUERDON_HD explicit log_parts(float u) {
    // The offset moves the cut from 1 to sqrt(1/2).
    const std::uint32_t shifted = bits_as<std::uint32_t>(u) - 0x3f3504f3u;
    exponent = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
    m = bits_as<float>((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  }
  /// Of a u that is 1 + x and was rounded: near 1 the digits are in x.
  GUERDON_HD log_parts(float u, float x) : log_parts(u) { m = select(exponent == 0.0f, x, m); }

  GUERDON_HD float log() const {
    float p = 7.0376836292e-2f;  // Cephes logf
    p = multiply_add(p, m, -1.1514610310e-1f);
    p = multiply_add(p, m, 1.1676998740e-1f);
    p = multiply_add(p, m, -1.2420140846e-1f);
    p = multiply_add(p, m, 1.4249322787e-1f);
    p = multiply_add(p, m, -1.6668057665e-1f);
    p = multiply_add(p, m, 2.0000714765e-1f);
    p = multiply_add(p, m, -2.4999993993e-1f);
    p = multiply_add(p, m, 3.3333331174e-1f);
    const float square = m * m;
    float y = p * m * square;
    y = multiply_add(exponent, -2.12194440e-4f, y);
    y = multiply_add(-0.5f, square, y);
    return multiply_add(exponent, 0.693359375f, m + y);
  }
};

/// y = log(x), or what the logarithm is where x is no positive number.
GUERDON_HD inline float log_anywhere(float x, float y) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  y = select(x == 0.0f, -inf, y);
  y = select(x < 0.0f, std::numeric_limits<float>::quiet_NaN(), y);
  return select((x == inf) | (x != x), x, y);
}
GUERDON_HD inline float normal(float x) {
  constexpr float least = std::numeric_limits<float>::min();
  return select(x < least, least, x);  // by max(), g++ makes a branch: the log of a constant is one
}

}  // namespace detail

/// Natural logarithm. Float: at most 0.9 ulp on normal numbers; log(0) = -inf, log(negative) = NaN, log(inf) = inf;
/// subnormals count as the smallest normal number. Double: the C library's.
GUERDON_HD inline double log(double x) { return ::log(x); }
GUERDON_HD inline float log(float x) { return detail::log_anywhere(x, detail::log_parts(detail::normal(x)).log()); }

/// log(1 + x), accurate for small x. Float: at most 2.5 ulp for x > -0.5.
GUERDON_HD inline double log1p(double x) { return ::log1p(x); }
GUERDON_HD inline float log1p(float x) {
  const float u = 1.0f + x;
  return detail::log_anywhere(u, detail::log_parts(detail::normal(u), x).log());
}

/// log(u) of a positive u = 1 + x, both of which are known as well as they can be: u counts where it is small.
GUERDON_HD inline double log_near(double u, double x) { return select(u < 0.5, log(u), log1p(x)); }
GUERDON_HD inline float log_near(float u, float x) { return detail::log_parts(u, x).log(); }

/// e^x of an x that is not above 0: exp at less cost. Double, where exp is the C library's and no loop around that
/// vectorises: at most 1.2 ulp; results under 2.3e-308 flush to 0 (x < -708.74). NaN stays.
GUERDON_HD inline float falling_exp(float x) { return detail::bounded_exp(max(x, detail::exp_low)); }
GUERDON_HD inline double falling_exp(double x) {
  constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52, as power_magic without the exponent
  const double shifted = max(x, -709.0) * 1.4426950408889634 + magic;
  const double n = shifted - magic;
  // ln 2 in two parts, the first of which n times is exact.
  const double r = (max(x, -709.0) - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  const auto exponent = (bits_as<std::uint64_t>(shifted) << 52) + 0x3ff0000000000000u;
  double p = 1.0 / 6227020800.0;  // Taylor; the next term is 4e-18 of the sum at |r| = ln 2 / 2
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  return (p * r * r + r + 1.0) * bits_as<double>(exponent);
}

/// e^x and e^x - 1 of an x that is not above 0, both to the last digits. Float: of one exponential.
template <class R>
struct exp_and_expm1 {
  R exp, expm1;
};
GUERDON_HD inline exp_and_expm1<double> falling_exp_and_expm1(double x) { return {falling_exp(x), expm1(x)}; }
GUERDON_HD inline exp_and_expm1<float> falling_exp_and_expm1(float x) {
  const auto [scale, r] = detail::reduce_exp(max(x, detail::exp_low));
  const float near = detail::exp_tail(r) + r;
  return {multiply_add(scale, near, scale), multiply_add(scale, near, scale - 1.0f)};
}

namespace detail {

/// log(1 + e) of an e in [0, 1]. Double: at most 2.2 ulp.
GUERDON_HD inline float log1p_of_share(float e) { return log1p(e); }
GUERDON_HD inline double log1p_of_share(double e) {
  // 2 artanh(s) of s = e / (2 + e), or where e is large, log 2 + log((1 + e) / 2) in the same way: |s| <= 0.172.
  const bool large = e > 0.41421356237309503;
  const double s = select(large, e - 1.0, e) / select(large, e + 3.0, e + 2.0), z = s * s;
  double p = 1.0 / 23.0;  // Taylor; the next term is 6e-19 of the sum
  p = p * z + 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  return select(large, 0.69314718055994531, 0.0) + 2.0 * (s + s * z * p);
}

}  // namespace detail

/// The logistic function and its logarithm, of x and of -x, at the cost of one exponential. Nothing overflows; the
/// logarithms have linear tails: min(x, 0) - log1p(e^-|x|).
template <class R>
struct logistic_sides {
  R up, down;          ///< sigmoid(x), sigmoid(-x)
  R log_up, log_down;

  GUERDON_HD explicit logistic_sides(R x) {
    const R e = falling_exp(-abs(x)), larger = R(1) / (R(1) + e), smaller = e / (R(1) + e);
    const R rest = detail::log1p_of_share(e);
    up = select(x >= R(0), larger, smaller);
    down = select(x >= R(0), smaller, larger);
    log_up = min(x, R(0)) - rest;
    log_down = min(-x, R(0)) - rest;
  }
};

/// 1 / (1 + e^-x) without overflow.
template <class R>
GUERDON_HD R sigmoid(R x) {
  const R e = falling_exp(-abs(x));
  return select(x >= R(0), R(1), e) / (R(1) + e);
}

/// log(sigmoid(x)) with a linear tail: min(x, 0) - log1p(e^-|x|).
template <class R>
GUERDON_HD R log_sigmoid(R x) {
  return min(x, R(0)) - detail::log1p_of_share(falling_exp(-abs(x)));
}

template <class R>
GUERDON_HD R sqrt(R x) { return ::sqrt(x); }
GUERDON_HD inline float sqrt(float x) { return ::sqrtf(x); }

}}}  // namespace guerdon::math
