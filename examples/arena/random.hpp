#pragma once
// A small generator of our own, because the distributions of <random> may differ between standard libraries
// and this example promises the same bits for the same seed.

#include <cstdint>

namespace arena {

// SplitMix64 (Steele, Lea, Flood 2014): one addition and one mix per number; any seed is a good seed.
class random_stream {
 public:
  // `purpose` separates the streams of one seed: weights, training prompts, sampling, evaluation, ...
  explicit random_stream(std::uint64_t seed, std::uint64_t purpose = 0)
      : state_(mix(seed + 0x9e3779b97f4a7c15U) ^ mix(purpose * 0xd1342543de82ef95U + 1)) {}

  std::uint64_t bits() { return mix(state_ += 0x9e3779b97f4a7c15U); }

  // Uniform in [0, 1) with 24 bits, so that the value is exact in float and double alike.
  float uniform() { return static_cast<float>(bits() >> 40) * 0x1p-24F; }

  // Uniform in {0, ..., bound - 1}. The bias of the multiply-shift is below bound / 2^32: nothing for us.
  int below(int bound) {
    return static_cast<int>(((bits() >> 32) * static_cast<std::uint64_t>(bound)) >> 32);
  }

 private:
  static std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  std::uint64_t state_;
};

}  // namespace arena
