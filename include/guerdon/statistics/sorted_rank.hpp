#pragma once
// Places of numbers in an order: what searches in a sorted group tell.

#include <guerdon/core/math.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// How many of n ascending numbers come before x, or before all that is greater than x.
GUERDON_HD inline index_t rank_in(const index_t* sorted, index_t n, index_t x, bool behind_equals) {
  index_t low = 0, high = n;
  while (low < high) {
    const index_t middle = low + (high - low) / 2;
    if (sorted[middle] < x || (behind_equals && sorted[middle] == x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/// An integer that orders as the number does: both zeros are one, NaN comes behind infinity.
GUERDON_HD inline index_t order_key(double x) {
  if (x != x) return std::numeric_limits<index_t>::max();
  const auto bits = bits_as<std::int64_t>(x + 0.0);  // makes 0 of -0
  return bits < 0 ? std::numeric_limits<index_t>::min() - bits : bits;
}

/// The place of keys[i] among n keys that were sorted, those of one value in the order they came.
GUERDON_HD inline index_t stable_rank(const index_t* keys, const index_t* sorted, index_t n, index_t i) {
  index_t rank = rank_in(sorted, n, keys[i], false);
  if (rank + 1 < n && sorted[rank + 1] == keys[i])
    for (index_t j = 0; j < i; ++j) rank += keys[j] == keys[i];
  return rank;
}

}}  // namespace guerdon
