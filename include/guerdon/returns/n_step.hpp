#pragma once
// Returns over a window of n steps.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

/// Each element by the steps of its own window, which the last row ends at the latest. A window as long as the rows is
/// one scan.
template <class R, class Backend, class Read, class Write>
void n_step_pass(const Backend& backend, const time_layout& time, index_t n, Read read, Write write) {
  if (n >= time.steps) return mixed_returns<R>(backend, time, read, write);
  backend.each(time.size(), [=] GUERDON_HD(index_t i) {
    const time_index at = element_at(time, i);
    const index_t last = at.t + n < time.steps ? at.t + n - 1 : time.steps - 1;
    R x = R(0);
    for (index_t t = last; t >= at.t; --t) {
      return_step<R> s = read(time.at(t, at.b));
      if (t == last) s.lambda = R(0);  // nothing follows: it bootstraps from its own `after`
      x = mixed_step(s)(x);
    }
    write(at, x);
  });
}

}  // namespace detail

}}  // namespace guerdon
