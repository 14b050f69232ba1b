#pragma once
// Element types: what is stored (double, float, half, bfloat16) and what arithmetic is done in (double or float).

#include <guerdon/core/config.hpp>

#include <concepts>
#include <type_traits>

namespace guerdon {

/// IEEE binary16 storage. Bit-compatible with CUDA's __half and Eigen::half. Rounds to nearest even.
struct float16 {
  std::uint16_t bits = 0;

  float16() = default;
  GUERDON_INLINE explicit float16(float value) : bits(encode(value)) {}
  GUERDON_INLINE explicit float16(double value) : float16(static_cast<float>(value)) {}
  GUERDON_INLINE explicit float16(index_t value) : float16(static_cast<float>(value)) {}
  GUERDON_INLINE operator float() const {
    const auto extended = static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<std::int16_t>(bits)));
    // Moving the exponent by a multiplication also turns subnormal halves into normal floats.
    const float scaled = bits_as<float>((extended << 13) & 0x8fffe000u) * 0x1p112f;
    const std::uint32_t special = (bits & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
    return bits_as<float>(bits_as<std::uint32_t>(scaled) | special);
  }

 private:
  GUERDON_INLINE static std::uint16_t encode(float value) {
    const auto word = bits_as<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((word >> 16) & 0x8000u);
    const std::uint32_t magnitude = word & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);
    if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520 and above
    if (magnitude < 0x38800000u) {  // subnormal half: let the float adder round at 2^-24
      const float shifted = bits_as<float>(magnitude) + 0.5f;
      return static_cast<std::uint16_t>(sign | (bits_as<std::uint32_t>(shifted) - 0x3f000000u));
    }
    const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
  }
};

/// The upper half of a float. Bit-compatible with CUDA's __nv_bfloat16. Rounds to nearest even.
struct bfloat16 {
  std::uint16_t bits = 0;

  bfloat16() = default;
  GUERDON_INLINE explicit bfloat16(float value) : bits(encode(value)) {}
  GUERDON_INLINE explicit bfloat16(double value) : bfloat16(static_cast<float>(value)) {}
  GUERDON_INLINE explicit bfloat16(index_t value) : bfloat16(static_cast<float>(value)) {}
  GUERDON_INLINE operator float() const { return bits_as<float>(static_cast<std::uint32_t>(bits) << 16); }

 private:
  GUERDON_INLINE static std::uint16_t encode(float value) {
    const auto word = bits_as<std::uint32_t>(value);
    if ((word & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((word >> 16) | 0x40u);
    return static_cast<std::uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
  }
};

/// Element types that operations are written for.
template <class T>
concept storage = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, float16> ||
                  std::same_as<T, bfloat16>;

/// Element types of what there is little of: rewards, pairs, steps.
template <class T>
concept real = std::same_as<T, float> || std::same_as<T, double>;

/// The type arithmetic is done in: double for double, float for everything narrower.
template <class T>
using real_t = std::conditional_t<std::same_as<std::remove_cv_t<T>, double>, double, float>;

}  // namespace guerdon
