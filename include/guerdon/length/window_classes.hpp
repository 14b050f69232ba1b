#pragma once
// Which windows of n tokens are equal, for every n and without a hash.

#include <guerdon/core/view.hpp>

#include <algorithm>
#include <compare>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// The windows tokens[i .. i+n-1] as numbers 0..distinct-1, equal where the windows are. None where n > |tokens|.
/// Windows of a power of two are numbered by pairs of windows half as long, any other by two that overlap.
/// Cost: 2 + log2(n) sorts of |tokens| numbers.
struct window_classes {
  std::vector<index_t> number;
  index_t distinct = 0;

  window_classes(view<const index_t> tokens, index_t n) {
    const index_t size = tokens.size();
    if (n > size) return;
    renumber(size, [&](index_t i) { return pair{tokens[i], 0}; });
    index_t length = 1;
    for (; length <= n / 2; length *= 2) extend(length);
    if (length < n) extend(n - length);
  }
  index_t size() const { return static_cast<index_t>(number.size()); }
  index_t operator[](index_t i) const { return number[static_cast<std::size_t>(i)]; }

 private:
  struct pair {
    index_t first, second;
    friend auto operator<=>(const pair&, const pair&) = default;
  };

  /// Windows longer by `step`.
  void extend(index_t step) {
    const std::vector<index_t> shorter = number;
    const auto at = [&](index_t i) { return shorter[static_cast<std::size_t>(i)]; };
    renumber(size() - step, [&](index_t i) { return pair{at(i), at(i + step)}; });
  }
  template <class Key>
  void renumber(index_t count, Key key) {
    struct place {
      pair key;
      index_t i;
    };
    std::vector<place> order;
    order.reserve(static_cast<std::size_t>(count));
    for (index_t i = 0; i < count; ++i) order.push_back({key(i), i});
    std::sort(order.begin(), order.end(), [](const place& a, const place& b) { return a.key < b.key; });
    number.assign(static_cast<std::size_t>(count), 0);
    distinct = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
      distinct += k == 0 || order[k].key != order[k - 1].key;
      number[static_cast<std::size_t>(order[k].i)] = distinct - 1;
    }
  }
};

}}  // namespace guerdon
