#pragma once
// Sums without rounding: what doubles add up to, exactly, whatever their order and however they are spread over threads,
// processes or machines; rounded once, when the number is asked for.
//
//   guerdon::exact_sum a, b;
//   for (double x : mine) a.add(x);
//   a.merge(b);                      // of another part: as if all had been added here
//   double total = a.value();        // the double nearest to the exact sum
//
// A sum is a fixed-point number of 67 words of 32 bits, each in 64, so that carries wait: words of parts are added as
// integers, by any reduction of integers there is. Infinities and NaNs are counted beside.
//
// Source: Kulisch and Miranker 1986; the form with waiting carries, Neal, arXiv:1505.05571.

#include <guerdon/core/math.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace guerdon { inline namespace GUERDON_ABI {

class exact_sum {
 public:
  static constexpr int digits = 67;         ///< words of the number; digit k counts 2^(32 k - 1074)
  static constexpr int words = digits + 3;  ///< and how many were +infinity, -infinity and NaN

  /// Any double. Up to 2^30 of them between two calls of settle(), which add() calls by itself.
  void add(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) {
      ++word_[static_cast<std::size_t>(x != x ? digits + 2 : x > 0 ? digits : digits + 1)];
      return;
    }
    const std::uint64_t fraction = bits & 0xfffffffffffff;
    const std::uint64_t mantissa = exponent == 0 ? fraction : fraction | std::uint64_t(1) << 52;
    const int shift = exponent == 0 ? 0 : exponent - 1, place = shift % 32;  // x = mantissa 2^(shift - 1074)
    const auto at = static_cast<std::size_t>(shift / 32);
    const std::uint64_t low = mantissa << place, high = place == 0 ? 0 : mantissa >> (64 - place);
    const std::int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    word_[at] += sign * static_cast<std::int64_t>(low & 0xffffffff);
    word_[at + 1] += sign * static_cast<std::int64_t>(low >> 32);
    word_[at + 2] += sign * static_cast<std::int64_t>(high);
    if (++waiting_ == std::int64_t(1) << 30) settle();
  }
  /// All that another one was given.
  void merge(exact_sum other) {
    settle(), other.settle();
    for (std::size_t k = 0; k < word_.size(); ++k) word_[k] += other.word_[k];
    settle();
  }
  /// Carries what waits: then every word but the highest lies in 0 .. 2^32 - 1, and equal sums have equal words. Words of
  /// settled sums may be added, of up to 2^30 of them.
  void settle() {
    for (std::size_t k = 0; k + 1 < digits; ++k) {
      const std::int64_t carry = word_[k] >> 32;  // rounds down
      word_[k] -= carry * (std::int64_t(1) << 32);
      word_[k + 1] += carry;
    }
    waiting_ = 0;
  }
  std::array<std::int64_t, words>& word() { return word_; }
  const std::array<std::int64_t, words>& word() const { return word_; }

  /// The double nearest to the sum, ties to even; as IEEE adds them, NaN and infinities where such were added.
  double value() const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const bool up = word_[digits] > 0, down = word_[digits + 1] > 0;
    if (word_[digits + 2] > 0 || (up && down)) return std::numeric_limits<double>::quiet_NaN();
    if (up || down) return up ? infinity : -infinity;
    exact_sum s = *this;
    s.settle();
    const bool negative = s.word_[digits - 1] < 0;
    if (negative) {
      for (std::size_t k = 0; k < digits; ++k) s.word_[k] = -s.word_[k];
      s.settle();
    }
    int top = digits - 1;
    while (top >= 0 && s.word_[static_cast<std::size_t>(top)] == 0) --top;
    if (top < 0) return 0;
    // The highest 53 bits, the rest as "more".
    const auto bit = [&](int i) {
      return (static_cast<std::uint64_t>(s.word_[static_cast<std::size_t>(i / 32)]) >> i % 32 & 1) != 0;
    };
    const int high =
        32 * top + 63 - std::countl_zero(static_cast<std::uint64_t>(s.word_[static_cast<std::size_t>(top)]));
    const int low = high > 52 ? high - 52 : 0;
    std::uint64_t mantissa = 0;
    for (int i = high; i >= low; --i) mantissa = mantissa << 1 | std::uint64_t(bit(i));
    if (low > 0 && bit(low - 1)) {
      bool more = false;
      for (int k = 0; k < (low - 1) / 32 && !more; ++k) more = s.word_[static_cast<std::size_t>(k)] != 0;
      for (int i = (low - 1) / 32 * 32; i < low - 1 && !more; ++i) more = bit(i);
      if (more || (mantissa & 1) != 0) ++mantissa;
    }
    const double result = std::ldexp(static_cast<double>(mantissa), low - 1074);  // exact, or beyond all doubles
    return negative ? -result : result;
  }

 private:
  std::array<std::int64_t, words> word_ = {};
  std::int64_t waiting_ = 0;
};

}}  // namespace guerdon
