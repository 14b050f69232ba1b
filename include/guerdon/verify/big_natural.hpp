#pragma once
// Natural numbers of any size, for comparisons that must be exact: some thousands of digits, by the methods of school.

#include <guerdon/core/config.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

class big_natural {
 public:
  big_natural() = default;
  explicit big_natural(std::uint64_t x) {
    for (; x != 0; x >>= 32) limbs_.push_back(static_cast<std::uint32_t>(x));
  }
  /// Of decimal digits; what is no digit among them is passed over.
  static big_natural of_digits(std::string_view digits) {
    big_natural x;
    for (const char c : digits)
      if (c >= '0' && c <= '9') x.multiply_add(10, static_cast<std::uint32_t>(c - '0'));
    return x;
  }
  static big_natural power_of_ten(index_t exponent) {
    big_natural x(1);
    for (; exponent >= 9; exponent -= 9) x.multiply_add(1'000'000'000, 0);
    for (; exponent > 0; --exponent) x.multiply_add(10, 0);
    return x;
  }

  bool is_zero() const { return limbs_.empty(); }
  /// The place of the highest bit, from 1; 0 of 0.
  index_t bits() const {
    return limbs_.empty() ? 0 : 32 * static_cast<index_t>(limbs_.size()) - std::countl_zero(limbs_.back());
  }

  friend bool operator==(const big_natural&, const big_natural&) = default;
  friend bool operator<(const big_natural& a, const big_natural& b) {
    if (a.limbs_.size() != b.limbs_.size()) return a.limbs_.size() < b.limbs_.size();
    return std::lexicographical_compare(a.limbs_.rbegin(), a.limbs_.rend(), b.limbs_.rbegin(), b.limbs_.rend());
  }

  friend big_natural operator*(const big_natural& a, const big_natural& b) {
    big_natural x;
    x.limbs_.assign(a.limbs_.size() + b.limbs_.size(), 0);
    for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < b.limbs_.size(); ++j) {
        carry += std::uint64_t(a.limbs_[i]) * b.limbs_[j] + x.limbs_[i + j];
        x.limbs_[i + j] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      x.limbs_[i + b.limbs_.size()] = static_cast<std::uint32_t>(carry);
    }
    x.trim();
    return x;
  }
  friend big_natural operator+(big_natural a, const big_natural& b) {
    a.limbs_.resize(std::max(a.limbs_.size(), b.limbs_.size()) + 1, 0);
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
      carry += std::uint64_t(a.limbs_[i]) + (i < b.limbs_.size() ? b.limbs_[i] : 0u);
      a.limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    a.trim();
    return a;
  }
  /// a - b of an a that is not less.
  friend big_natural operator-(big_natural a, const big_natural& b) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
      const std::uint64_t less = (i < b.limbs_.size() ? b.limbs_[i] : 0u) + borrow;
      borrow = a.limbs_[i] < less;
      a.limbs_[i] = static_cast<std::uint32_t>(a.limbs_[i] - less);
    }
    a.trim();
    return a;
  }
  friend big_natural operator<<(const big_natural& a, index_t n) {
    big_natural x;
    if (a.is_zero()) return x;
    const auto limbs = static_cast<std::size_t>(n / 32);
    const int bits = static_cast<int>(n % 32);
    x.limbs_.assign(limbs + a.limbs_.size() + 1, 0);
    for (std::size_t i = 0; i < a.limbs_.size(); ++i) {
      const std::uint64_t wide = std::uint64_t(a.limbs_[i]) << bits;
      x.limbs_[limbs + i] |= static_cast<std::uint32_t>(wide);
      x.limbs_[limbs + i + 1] |= static_cast<std::uint32_t>(wide >> 32);
    }
    x.trim();
    return x;
  }

 private:
  void multiply_add(std::uint32_t factor, std::uint32_t addend) {
    std::uint64_t carry = addend;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t(limb) * factor;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_.push_back(static_cast<std::uint32_t>(carry));
  }
  void trim() {
    while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  }

  std::vector<std::uint32_t> limbs_;  // lowest first, the highest not 0
};

/// The double that is nearest to a / b, half to even; b > 0.
inline double nearest_double(const big_natural& a, const big_natural& b) {
  if (a.is_zero()) return 0;
  // quotient = floor(a 2^shift / b) has 63 or 64 bits.
  index_t shift = 63 - (a.bits() - b.bits());
  big_natural rest = shift > 0 ? a << shift : a;
  const big_natural divisor = shift < 0 ? b << -shift : b;
  std::uint64_t quotient = 0;
  for (index_t k = 63; k >= 0; --k) {
    const big_natural part = divisor << k;
    if (rest < part) continue;
    rest = rest - part;
    quotient |= std::uint64_t(1) << k;
  }
  // Round here to the bits that the result has: 53, fewer of a subnormal number.
  const index_t bits = 64 - std::countl_zero(quotient), kept = std::min<index_t>(53, bits - shift + 1074);
  if (kept < 0) return 0;
  const index_t cut = bits - kept;
  const std::uint64_t below = cut >= 64 ? quotient : quotient & ((std::uint64_t(1) << cut) - 1);
  const std::uint64_t half = std::uint64_t(1) << (cut - 1);
  std::uint64_t mantissa = cut >= 64 ? 0 : quotient >> cut;
  if (below > half || (below == half && (!rest.is_zero() || (mantissa & 1) != 0))) ++mantissa;
  return std::ldexp(static_cast<double>(mantissa), static_cast<int>(std::clamp<index_t>(cut - shift, -5000, 5000)));
}

}}  // namespace guerdon
