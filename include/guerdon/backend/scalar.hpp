#pragma once
// The reference backend: plain loops, one after the other. In double it is the definition of every operation.

#include <guerdon/backend/host.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

class scalar_backend : public host_backend {
 public:
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
};

}}  // namespace guerdon
