#pragma once
// The k largest logits of a row, without sorting it.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Numbers as unsigned integers of the same order; what can never be among the largest, NaN and -inf, as 0.
template <class R>
struct largest_key {
  using word = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  static constexpr int bits = 8 * sizeof(word);
  static constexpr word top = word(1) << (bits - 1);

  GUERDON_HD word operator()(R x) const {
    const word b = bits_as<word>(x + R(0));  // -0 is 0
    const word negative = word(0) - (b >> (bits - 1));
    const word key = b ^ (negative | top);
    return x > -std::numeric_limits<R>::infinity() ? key : 0;
  }
};

/// By the whole team of a row: marks the k largest of x[0..n-1], ties to the lowest index, in chosen[0..n-1]. The k-th
/// largest key is found bit by bit; each bit is one count over the row.
template <class T, class Team>
GUERDON_HD void choose_largest(Team& team, const T* x, index_t n, index_t k, flag_t* chosen) {
  using R = real_t<T>;
  using key_of = largest_key<R>;
  using word = typename key_of::word;
  const auto count = [&](word least) {
    return team.sum(n, [=](index_t j) { return int(key_of()(R(x[j])) >= least); });
  };
  const double candidates = count(1), wanted = double(k) < candidates ? double(k) : candidates;
  word kth = 0;  // the largest key that `wanted` or more reach
  double reach = candidates;
  if (wanted > 0)
    for (int bit = key_of::bits - 1; bit >= 0 && !(kth > 0 && reach == wanted); --bit) {
      const word higher = kth | word(1) << bit;
      const double reached = count(higher);
      if (reached >= wanted) kth = higher, reach = reached;
    }
  if (wanted == 0 || reach == wanted)
    return team.each(n, [=](index_t j) {
      const word key = key_of()(R(x[j]));
      chosen[j] = flag_t((wanted > 0) & (key >= kth) & (key > 0));
    });
  const double room = wanted - (kth == ~word(0) ? 0 : count(kth + 1));  // for the first of those that tie for the last place
  team.recur_forward(
      n, 0.0, [=](index_t j) { return affine<double>{key_of()(R(x[j])) == kth ? 1.0 : 0.0, 1}; },
      [=](index_t j, double ties, double) {
        const word key = key_of()(R(x[j]));
        chosen[j] = flag_t((key > kth) | ((key == kth) & (ties <= room)));
      });
}

}}  // namespace guerdon
