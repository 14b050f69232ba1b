#pragma once
// Which windows of n elements are equal, for every n: exactly, whatever two hashes have in common.

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/view.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The windows i .. i+n-1 as numbers 0..distinct-1, equal where the windows are, in order of first appearance. None
/// where there are fewer than n elements.
///
/// A window is looked up by a rolling hash and compared with the last one of its number. But where the window before it
/// had been there before, and the same element follows as the last time, there is nothing to look up. So long windows
/// are seldom compared: it takes one that is followed by something else than the last time.
/// Cost: a look-up per element, and no more than |elements| log |elements| steps of comparison, whatever n is.
struct window_classes {
  std::vector<std::uint32_t> number;
  index_t distinct = 0;

  /// Of integers or texts.
  template <class Elements>
  window_classes(const Elements& elements, index_t size) {
    const auto n = static_cast<std::size_t>(size), count = static_cast<std::size_t>(elements.size());
    if (n > count) return;
    const auto hash = [at = elements.begin()](std::size_t i) { return hashes::of(at[static_cast<index_t>(i)]) >> 32; };
    const auto same = [at = elements.begin()](std::size_t i, std::size_t j) {
      return at[static_cast<index_t>(i)] == at[static_cast<index_t>(j)];
    };
    // First the hashes of the windows, then in their place the numbers. Polynomials modulo a prime: modulo a power of
    // two, windows that Thue and Morse would write all had one hash.
    constexpr std::uint64_t prime = 4294967291, base = 2654435769;
    std::uint64_t rolling = 0, oldest = prime - 1;  // -base^n
    for (std::size_t i = 0; i < n; ++i) oldest = oldest * base % prime;
    for (std::size_t i = 0; i < n; ++i) rolling = (rolling * base + hash(i)) % prime;
    number.resize(count - n + 1);
    for (std::size_t i = 0;; ++i) {
      number[i] = static_cast<std::uint32_t>(hashes::of(rolling) >> 32);
      if (i + n == count) break;
      rolling = (rolling * base + (oldest * hash(i) + hash(i + n)) % prime) % prime;
    }

    element_numbers<std::uint32_t> known;  // by where they were last
    known.reserve(number.size());
    constexpr auto never = static_cast<std::size_t>(-1);
    std::size_t before = never;  // where the last window had been
    for (std::size_t i = 0; i < number.size(); ++i) {
      constexpr std::size_t ahead = 16;
      if (i + ahead < number.size()) known.expect_hash(number[i + ahead]);
      const std::size_t numbers = known.size();
      if (before != never && same(before + n, i + n - 1)) {
        number[i] = number[before + 1];
      } else {
        number[i] = known.of(static_cast<std::uint32_t>(i), number[i], [&](std::size_t j) {
          std::size_t k = 0;
          while (k < n && same(j + k, i + k)) ++k;
          return k == n;
        });
      }
      std::uint32_t& last = known.element(number[i]);
      before = known.size() > numbers ? never : last;
      last = static_cast<std::uint32_t>(i);
    }
    distinct = static_cast<index_t>(known.size());
  }
  index_t size() const { return static_cast<index_t>(number.size()); }
  index_t operator[](index_t i) const { return number[static_cast<std::size_t>(i)]; }
  /// The share of windows that are not the first of their number; 0 of none.
  double repeated_share() const {
    return distinct == size() ? 0 : 1 - static_cast<double>(distinct) / static_cast<double>(size());
  }
};

}}  // namespace guerdon
