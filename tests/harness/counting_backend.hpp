#pragma once
// A backend that counts its launches, as a GPU makes them.

#include <guerdon/core/launch.hpp>

#include <utility>

namespace guerdon {

template <class Backend>
class counting_backend : public Backend {
 public:
  using Backend::Backend;

  /// Launches since it was asked last.
  int launches() const { return std::exchange(launches_, 0); }

  template <class F>
  void each(index_t n, F f) const { count().each(n, f); }
  template <class Program>
  void for_segments(const segments& s, const Program& program) const { count().for_segments(s, program); }
  template <class Program, class Last>
  void for_segments_then(const segments& s, const Program& program, index_t n, const Last& last) const {
    guerdon::for_segments_then(count(), s, program, n, last);
  }
  template <class... A>
  void recur_time_backward(const A&... a) const { count().recur_time_backward(a...); }
  template <class... A>
  void recur_time_steps(const A&... a) const { guerdon::recur_time_steps(count(), a...); }
  template <class Key, class Value>
  void sort_pairs(view<const Key> keys, view<const Value> values, view<Key> sorted_keys, view<Value> sorted_values,
                  Key below = {}) const {
    count().template sort_pairs<Key, Value>(keys, values, sorted_keys, sorted_values, below);
  }
  template <class Key>
  void sort_segments(const segments& s, view<const Key> keys, view<Key> sorted) const {
    count().template sort_segments<Key>(s, keys, sorted);
  }

 private:
  const Backend& count() const {
    ++launches_;
    return *this;
  }
  mutable int launches_ = 0;
};

}  // namespace guerdon
