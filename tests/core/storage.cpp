// half and bfloat16: all 65536 values, and rounding to nearest even against a reference that knows nothing of
// bits.

#include <guerdon/core/storage.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

using guerdon::bfloat16;
using guerdon::float16;

struct format {
  int mantissa_bits, lowest_exponent;  // of the smallest normal number
  double largest;
};
constexpr format half_format{10, -14, 65504};
constexpr format bfloat16_format{7, -126, 0x1.fep127};

/// What the format makes of x: nearest value, ties to the even one, overflow to infinity beyond half a step.
double reference(double x, const format& f) {
  if (std::isnan(x) || std::isinf(x) || x == 0) return x;
  const int exponent = std::max(std::ilogb(x), f.lowest_exponent);
  const double step = std::ldexp(1.0, exponent - f.mantissa_bits);
  const double y = std::nearbyint(x / step) * step;  // ties to even
  return std::abs(y) > f.largest ? std::copysign(std::numeric_limits<double>::infinity(), x) : y;
}

template <class T>
T from_bits(std::uint32_t bits) {
  T x;
  x.bits = static_cast<std::uint16_t>(bits);
  return x;
}

/// Value of the 16 bits, from the definition of the format.
double decoded(std::uint32_t bits, const format& f, int exponent_bits) {
  const double sign = bits & 0x8000u ? -1 : 1;
  const auto exponent = static_cast<int>((bits & 0x7fffu) >> f.mantissa_bits);
  const double mantissa = bits & ((1u << f.mantissa_bits) - 1);
  if (exponent == (1 << exponent_bits) - 1)
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(mantissa, f.lowest_exponent - f.mantissa_bits);
  return sign * std::ldexp(mantissa + std::ldexp(1.0, f.mantissa_bits),
                           f.lowest_exponent + exponent - 1 - f.mantissa_bits);
}

template <class T>
void check_all(const format& f, int exponent_bits) {
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const T x = from_bits<T>(bits);
    const float value = x;
    const double want = decoded(bits, f, exponent_bits);
    if (std::isnan(want)) {
      wrong += !std::isnan(value) || !std::isnan(static_cast<float>(T(value)));
      continue;
    }
    wrong += static_cast<double>(value) != want || std::signbit(value) != std::signbit(want);
    wrong += T(value).bits != x.bits;
  }
  CHECK(wrong == 0);
}

template <class T>
void check_rounding(const format& f) {
  std::vector<float> samples = {0.0f,
                                -0.0f,
                                65504.0f,
                                65519.996f,
                                65520.0f,
                                65536.0f,
                                1e38f,
                                3.4e38f,
                                std::numeric_limits<float>::max(),
                                std::numeric_limits<float>::min(),
                                std::numeric_limits<float>::denorm_min(),
                                0x1p-24f,
                                0x1p-25f,
                                0x1.000002p-25f,
                                0x1.8p-24f,
                                std::numeric_limits<float>::infinity()};
  for (std::uint32_t bits = 0; bits < 0x7f80u; ++bits) {
    // Each value, the tie between it and the next, and the floats on both sides of the tie.
    const float x = from_bits<T>(bits), next = from_bits<T>(bits + 1);
    const float tie = x + (next - x) / 2;
    if (!std::isfinite(next)) continue;
    samples.insert(samples.end(), {x, tie, std::nextafterf(tie, 0.0f),
                                   std::nextafterf(tie, std::numeric_limits<float>::infinity())});
  }
  for (std::uint64_t k = 0; k < 300000; ++k) {  // anything
    const auto bits = static_cast<std::uint32_t>(k * 2654435761u * 7u + 12345u) & 0x7fffffffu;
    samples.push_back(std::bit_cast<float>(bits));
  }
  int wrong = 0;
  for (const float magnitude : samples)
    for (const float x : {magnitude, -magnitude}) {
      const float got = T(x);
      const double want = reference(static_cast<double>(x), f);
      const bool same = std::isnan(want)
                            ? std::isnan(got)
                            : static_cast<double>(got) == want && std::signbit(got) == std::signbit(x);
      if (!same && ++wrong < 4) FAIL_CHECK("rounding " << x << " gives " << got << ", not " << want);
    }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("all half and bfloat16 values survive the way to float and back") {
  check_all<float16>(half_format, 5);
  check_all<bfloat16>(bfloat16_format, 8);
}

TEST_CASE("rounding to half and bfloat16 is to nearest even, subnormals and overflow included") {
  check_rounding<float16>(half_format);
  check_rounding<bfloat16>(bfloat16_format);
}

TEST_CASE("NaN stays NaN, whatever its payload") {
  for (const std::uint32_t bits : {0x7f800001u, 0x7fc00000u, 0xff800001u, 0x7fffffffu, 0xffc12345u}) {
    const float x = std::bit_cast<float>(bits);
    CHECK(std::isnan(static_cast<float>(float16(x))));
    CHECK(std::isnan(static_cast<float>(bfloat16(x))));
  }
}
