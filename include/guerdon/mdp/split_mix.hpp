#pragma once
// The generator of every random environment: SplitMix64, so that two programs in two languages draw the same.

#include <guerdon/core/config.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace guerdon { inline namespace GUERDON_ABI {

class split_mix {
 public:
  explicit constexpr split_mix(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  constexpr double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

/// A seed as it is written: a decimal number below 2^64.
inline std::optional<std::uint64_t> read_seed(std::string_view text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

}}  // namespace guerdon
