// The elementary functions in float against double, to the bounds their comments state; and what NaN,
// infinities and zeros give.

#include <guerdon/core/math.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace math = guerdon::math;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity(),
                not_a_number = std::numeric_limits<float>::quiet_NaN();

/// Error in units of the last place of the exact value as a float.
double ulps(float got, double exact) {
  int exponent = 0;
  std::frexp(exact, &exponent);
  return std::abs(static_cast<double>(got) - exact) / std::ldexp(1.0, std::max(exponent, -125) - 24);
}

struct worst {
  double ulps = 0;
  float at = 0;
};

/// The largest error over floats between low and high, in steps of `stride` representable numbers.
template <class F, class Exact>
worst sweep(float low, float high, std::uint32_t stride, F f, Exact exact) {
  worst result;
  const auto visit = [&](float x) {
    const double error = ulps(f(x), exact(static_cast<double>(x)));
    if (!(error <= result.ulps)) result = {error, x};
  };
  // Floats of one sign are ordered as their bits are.
  const auto part = [&](float from, float to) {
    const auto last = std::bit_cast<std::uint32_t>(to);
    for (auto bits = std::bit_cast<std::uint32_t>(from); bits < last && last - bits > stride; bits += stride)
      visit(std::bit_cast<float>(bits));
    visit(from);
    visit(to);
  };
  if (high > 0) part(std::max(low, 1e-30f), high);
  if (low < 0) part(-std::max(-high, 1e-30f), low);
  return result;
}

#if defined(__FP_FAST_FMAF)
constexpr double exp_bound = 0.9;
#else
constexpr double exp_bound = 1.15;
#endif

void check(const worst& w, double bound) {
  CAPTURE(w.at);
  CHECK(w.ulps <= bound);
}

}  // namespace

TEST_CASE("exp, expm1, log and log1p in float keep the bounds of their comments") {
  constexpr std::uint32_t stride = 997;  // two million numbers or so for each
  check(
      sweep(
          -87.3f, 88.37f, stride, [](float x) { return math::exp(x); }, [](double x) { return std::exp(x); }),
      exp_bound);
  check(sweep(
            -87.3f, 88.37f, stride, [](float x) { return math::expm1(x); },
            [](double x) { return std::expm1(x); }),
        2);
  check(sweep(
            -87.3f, 0, stride, [](float x) { return math::falling_exp_and_expm1(x).exp; },
            [](double x) { return std::exp(x); }),
        1.3);
  check(sweep(
            -87.3f, 0, stride, [](float x) { return math::falling_exp_and_expm1(x).expm1; },
            [](double x) { return std::expm1(x); }),
        2);
  check(sweep(
            std::numeric_limits<float>::min(), std::numeric_limits<float>::max(), stride,
            [](float x) { return math::log(x); }, [](double x) { return std::log(x); }),
        0.9);
  check(sweep(
            -0.5f, 1e30f, stride, [](float x) { return math::log1p(x); },
            [](double x) { return std::log1p(x); }),
        2.5);
  // Around 1, where the logarithm passes 0, every single float.
  check(sweep(
            0.99f, 1.01f, 1, [](float x) { return math::log(x); }, [](double x) { return std::log(x); }),
        0.9);
}

TEST_CASE("the exponential and logarithm behind sigmoids keep the bounds of their comments in double") {
  const auto off = [](double got, long double exact) {
    int exponent = 0;
    std::frexp(static_cast<double>(exact), &exponent);
    return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / std::ldexp(1.0L, exponent - 53));
  };
  double exponential = 0, logarithm = 0;
  for (int k = 0; k < 200'000; ++k) {
    const double x = -708.0 * k / 200'000, near = -std::ldexp(1.0 + k / 200'000.0, -(k % 60)), e = k / 199'999.0,
                 tiny = std::ldexp(1.0 + e, -1 - k % 60);
    for (const double y : {x, near})
      exponential = std::max(exponential, off(math::falling_exp(y), std::exp(static_cast<long double>(y))));
    for (const double y : {e, tiny})
      logarithm = std::max(logarithm, off(math::detail::log1p_of_share(y), std::log1p(static_cast<long double>(y))));
  }
  CHECK(exponential <= 1.2);
  CHECK(logarithm <= 2.2);
  CHECK(math::falling_exp(0.0) == 1);
  CHECK(math::falling_exp(-709.0) == 0);
  CHECK(math::falling_exp(-1e300) == 0);
  CHECK(math::detail::log1p_of_share(0.0) == 0);
  CHECK(math::detail::log1p_of_share(1e-300) == 1e-300);
}

TEST_CASE("exp_excess loses no digits where x is small") {
  // (e^x - 1 - x) in long double, by its series where that cancels.
  const auto exact = [](double x) {
    if (std::abs(x) > 0.5)
      return static_cast<double>(std::expm1(static_cast<long double>(x)) - static_cast<long double>(x));
    long double term = static_cast<long double>(x) * static_cast<long double>(x) / 2, total = 0;
    for (int k = 3; k < 30; ++k) total += term, term *= static_cast<long double>(x) / k;
    return static_cast<double>(total);
  };
  check(sweep(
            -20, 20, 9973, [](float x) { return math::exp_excess(x); }, exact),
        8);
  for (double x = 1e-9; x < 20; x *= 1.01)
    for (const double signed_x : {x, -x})
      CHECK(std::abs(math::exp_excess(signed_x) - exact(signed_x)) <= 5e-14 * exact(signed_x));
}

TEST_CASE("limits: infinities, NaN and zeros of the elementary functions") {
  CHECK(math::exp(-inf) == 0);
  CHECK(math::exp(inf) == inf);
  CHECK(std::isnan(math::exp(not_a_number)));
  CHECK(math::exp(0.0f) == 1);
  CHECK(math::exp(-200.0f) == 0);
  CHECK(math::exp(200.0f) == inf);
  CHECK(math::expm1(-inf) == -1);
  CHECK(math::expm1(inf) == inf);
  CHECK(std::isnan(math::expm1(not_a_number)));
  CHECK(math::expm1(0.0f) == 0);
  CHECK(math::log(0.0f) == -inf);
  CHECK(math::log(inf) == inf);
  CHECK(std::isnan(math::log(-1.0f)));
  CHECK(std::isnan(math::log(-inf)));
  CHECK(std::isnan(math::log(not_a_number)));
  CHECK(math::log(1.0f) == 0);
  CHECK(math::log1p(-1.0f) == -inf);
  CHECK(math::log1p(inf) == inf);
  CHECK(std::isnan(math::log1p(not_a_number)));
  CHECK(std::isnan(math::log1p(-2.0f)));
  CHECK(math::log1p(0.0f) == 0);
  CHECK(math::log1p(1e-20f) == 1e-20f);
  for (const float x : {-0.4f, -1e-9f, 0.0f, 3e-4f, 2.0f}) {
    CHECK(math::log_near(1.0f + x, x) == math::log1p(x));
    CHECK(math::log_near(0.01f * x * x + 0.01f, 7.0f) == math::log(0.01f * x * x + 0.01f));
  }
  CHECK(math::falling_exp_and_expm1(0.0f).expm1 == 0);
  CHECK(math::falling_exp_and_expm1(-inf).exp == 0);
  CHECK(math::falling_exp_and_expm1(-inf).expm1 == -1);
  CHECK(std::isnan(math::falling_exp_and_expm1(not_a_number).expm1));
}

TEST_CASE_TEMPLATE("sigmoid and its logarithm have linear tails and exact limits", R, float, double) {
  constexpr R infinity = std::numeric_limits<R>::infinity();
  CHECK(math::sigmoid(R(0)) == R(0.5));
  CHECK(math::sigmoid(infinity) == 1);
  CHECK(math::sigmoid(-infinity) == 0);
  CHECK(math::log_sigmoid(infinity) == 0);
  CHECK(math::log_sigmoid(-infinity) == -infinity);
  CHECK(math::log_sigmoid(R(-1e4)) == R(-1e4));
  CHECK(std::isnan(math::sigmoid(R(not_a_number))));
  CHECK(std::isnan(math::log_sigmoid(R(not_a_number))));
  for (double x = -80; x <= 80; x += 0.37) {
    const double y = static_cast<double>(static_cast<R>(x));
    const double s = 1 / (1 + std::exp(-y)),
                 l = y < 0 ? y - std::log1p(std::exp(y)) : -std::log1p(std::exp(-y));
    const double eps = static_cast<double>(std::numeric_limits<R>::epsilon());
    CAPTURE(x);
    CHECK(std::abs(static_cast<double>(math::sigmoid(static_cast<R>(x))) - s) <= 4 * eps * s);
    CHECK(std::abs(static_cast<double>(math::log_sigmoid(static_cast<R>(x))) - l) <= 4 * eps * std::abs(l));
    const math::logistic_sides<R> sides(static_cast<R>(x));
    CHECK(sides.up == math::sigmoid(static_cast<R>(x)));
    CHECK(sides.down == math::sigmoid(static_cast<R>(-x)));
    CHECK(sides.log_up == math::log_sigmoid(static_cast<R>(x)));
    CHECK(sides.log_down == math::log_sigmoid(static_cast<R>(-x)));
  }
}

TEST_CASE_TEMPLATE("selects keep a NaN in the data and ignore a NaN bound; reductions keep both", R, float,
                   double) {
  CHECK(std::isnan(math::min(R(not_a_number), R(1))));
  CHECK(std::isnan(math::max(R(not_a_number), R(1))));
  CHECK(std::isnan(math::clamp(R(not_a_number), R(0), R(1))));
  CHECK(math::min(R(3), R(not_a_number)) == 3);
  CHECK(math::max(R(3), R(not_a_number)) == 3);
  CHECK(math::clamp(R(3), R(0), R(1)) == 1);
  CHECK(math::clamp(R(-3), R(0), R(1)) == 0);
  CHECK(std::isnan(math::nan_min(R(1), R(not_a_number))));
  CHECK(std::isnan(math::nan_min(R(not_a_number), R(1))));
  CHECK(std::isnan(math::nan_max(R(1), R(not_a_number))));
  CHECK(std::isnan(math::nan_max(R(not_a_number), R(1))));
  CHECK(math::zero_select_product(R(0), R(not_a_number)) == 0);
  CHECK(std::isnan(math::zero_select_product(R(1), R(not_a_number))));
  CHECK(std::isnan(math::sign(R(not_a_number))));
  CHECK(math::sign(R(-2)) == -1);
  CHECK(math::sign(R(0)) == 0);
  CHECK_FALSE(math::is_finite(R(not_a_number)));
  CHECK_FALSE(math::is_finite(std::numeric_limits<R>::infinity()));
  CHECK(math::is_finite(std::numeric_limits<R>::max()));
}
