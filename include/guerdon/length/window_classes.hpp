#pragma once
// Which windows of n tokens are equal, for every n: exactly, whatever two hashes have in common.

#include <guerdon/core/view.hpp>
#include <guerdon/verify/ngrams.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The windows tokens[i .. i+n-1] as numbers 0..distinct-1, equal where the windows are. None where n > |tokens|.
/// Windows of a power of two are numbered by pairs of windows half as long, any other by two that overlap.
/// Cost: 2 + log2(n) passes over the tokens.
struct window_classes {
  std::vector<std::uint32_t> number;
  index_t distinct = 0;

  window_classes(view<const index_t> tokens, index_t n) {
    if (n > tokens.size()) return;
    element_numbers<index_t> known;
    number.reserve(static_cast<std::size_t>(tokens.size()));
    for (const index_t token : tokens) number.push_back(known.of(token));
    distinct = static_cast<index_t>(known.size());
    index_t length = 1;
    for (; length <= n / 2; length *= 2) extend(length);
    if (length < n) extend(n - length);
  }
  index_t size() const { return static_cast<index_t>(number.size()); }
  index_t operator[](index_t i) const { return number[static_cast<std::size_t>(i)]; }

 private:
  /// Windows longer by `step`. Where all differ, so do all that are longer.
  void extend(index_t step) {
    const std::size_t count = number.size() - static_cast<std::size_t>(step);
    if (distinct < size()) {
      pairs_.restart(static_cast<std::size_t>(distinct), static_cast<std::size_t>(distinct));
      for (std::size_t i = 0; i < count; ++i) number[i] = pairs_.of(number[i], number[number.size() - count + i]);
      distinct = static_cast<index_t>(pairs_.size());
    } else {
      distinct = static_cast<index_t>(count);  // they are numbered in order of first appearance
    }
    number.resize(count);
  }

  ngrams::pair_numbers pairs_;
};

}}  // namespace guerdon
