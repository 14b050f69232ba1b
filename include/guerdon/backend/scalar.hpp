#pragma once
// The reference backend: plain loops, one after the other. In double it is the definition of every operation.

#include <guerdon/core/launch.hpp>

#include <algorithm>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

class scalar_backend {
 public:
  static constexpr bool on_host = true;
  template <class T>
  using array = std::vector<T>;

  template <class T>
  array<T> make(index_t n) const { return array<T>(static_cast<std::size_t>(n)); }

  workspace<>::scope scratch() const { return workspace<>::scope(workspace_); }

  template <class F>
  void each(index_t n, F f) const { serial_team{}.each(n, f); }

  template <class Program>
  void for_segments(const segments& s, const Program& program) const {
    serial_team team;
    for (index_t i = 0; i < s.count(); ++i) program(team, i);
  }

  template <class End, class Load, class Store>
  void recur_time_backward(const time_layout& layout, End x_end, Load load, Store store) const {
    for (index_t b = 0; b < layout.columns; ++b)
      serial_team{}.recur_backward(
          layout.steps, x_end(b), [&](index_t t) { return load(layout.at(t, b)); },
          [&](index_t t, auto x, auto next) { store(layout.at(t, b), x, next); });
  }

  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    std::copy(keys.begin(), keys.end(), sorted.begin());
    for (index_t i = 0; i < s.count(); ++i)
      std::sort(sorted.begin() + s.begin(i), sorted.begin() + s.begin(i) + s.size(i));
  }

 private:
  mutable workspace<> workspace_;
};

}}  // namespace guerdon
