#pragma once
// What every backend on the host has in common: its arrays, its scratch memory, and the launches that order, select,
// count and compact, which are a loop there. core/launch.hpp says what they do.

#include <guerdon/core/launch.hpp>

#include <algorithm>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

class host_backend {
 public:
  static constexpr bool on_host = true;
  template <class T>
  using array = std::vector<T>;

  template <class T>
  array<T> make(index_t n) const { return array<T>(static_cast<std::size_t>(n)); }

  workspace<>::scope scratch() const { return workspace<>::scope(workspace_); }

  template <class Key, class Value>
  void sort_pairs(view<const Key> keys, view<const Value> values, view<Key> sorted_keys, view<Value> sorted_values,
                  Key = {}) const {
    struct place {
      Key key;
      index_t from;
    };
    auto scope = scratch();
    const auto order = scope.template take<place>(keys.size());  // std::stable_sort would allocate
    for (index_t i = 0; i < keys.size(); ++i) order[i] = {keys[i], i};
    std::sort(order.begin(), order.end(), [before = ascending()](const place& a, const place& b) {
      return before(a.key, b.key) || (!before(b.key, a.key) && a.from < b.from);
    });
    for (index_t i = 0; i < keys.size(); ++i) {
      sorted_keys[i] = order[i].key;
      sorted_values[i] = values[order[i].from];
    }
  }

  template <class Value>
  void select(view<const flag_t> flags, view<const Value> values, view<Value> kept, view<index_t> count) const {
    index_t n = 0;
    for (index_t i = 0; i < values.size(); ++i)
      if (flags[i]) kept[n++] = values[i];
    count[0] = n;
  }

  template <class Op, class Key, class Value>
    requires order_free<Op, Value>
  void reduce_by_key(view<const Key> keys, view<const Value> values, view<Key> run_keys, view<Value> totals,
                     view<index_t> count) const {
    index_t n = 0;
    for (index_t i = 0; i < keys.size(); ++i) {
      if (i > 0 && keys[i] == keys[i - 1]) {
        totals[n - 1] = Op::combine(totals[n - 1], values[i]);
      } else {
        run_keys[n] = keys[i];
        totals[n++] = values[i];
      }
    }
    count[0] = n;
  }

  template <std::integral Value>
  void exclusive_sum(view<const Value> values, view<index_t> sums) const {
    sums[0] = 0;
    for (index_t i = 0; i < values.size(); ++i) sums[i + 1] = sums[i] + static_cast<index_t>(values[i]);
  }

  /// One segment after the other: short sorts that stay in the cache, where two sorts of the whole array would not.
  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    sort_segments(s, keys, sorted, 0, s.count());
  }

 protected:
  template <class Key>
  static void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted, index_t first, index_t last) {
    for (index_t i = first; i < last; ++i) {
      const index_t begin = s.begin(i), end = begin + s.size(i);
      std::copy(keys.begin() + begin, keys.begin() + end, sorted.begin() + begin);
      std::sort(sorted.begin() + begin, sorted.begin() + end, ascending());
    }
  }

 private:
  mutable workspace<> workspace_;
};

}}  // namespace guerdon
