#pragma once
// Returns over a window of n steps.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

/// One row of an array of steps, as it lies in memory. Each element by the steps of its own window, which the last row
/// ends at the latest: the whole row, and one step further back at a time.
template <class T, class Read, class Write>
struct n_step_program {
  static constexpr bool long_segments = true;
  time_layout time;
  index_t n;
  view<T> x;  // [T,B] what the window is worth from the step that was added last
  Read read;
  Write write;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t last = time.steps - 1;
    if (time.batch_major) {
      const index_t longest = n < time.steps ? n : time.steps;
      for (index_t back = longest - 1; back >= 0; --back)
        team.each(time.steps - back, [*this, row, back, last](index_t t) {
          add(time.along_row(t, row), back, 1, back == n - 1 || t + back == last);
        });
    } else {
      const index_t length = n <= time.steps - row ? n : time.steps - row, columns = time.columns;
      for (index_t back = length - 1; back >= 0; --back)
        team.each(columns, [*this, row, back, columns, length](index_t b) {
          const index_t i = row * columns + b;
          add({row, b, i, i, i + columns}, back, columns, back == length - 1);
        });
    }
  }

 private:
  /// The step that lies `back` steps after the element's own. At the end of the window it bootstraps from its own `after`.
  GUERDON_HD void add(const time_index& at, index_t back, index_t distance, bool ends) const {
    const index_t further = back * distance;
    return_step<T> s = read(time_index{at.t + back, at.b, at.i + further, at.v + further, at.v_next + further});
    s.lambda = math::select(ends, T(0), s.lambda);
    x[at.i] = mixed_step(s)(x[at.i]);
    if (back == 0) write(at, x[at.i]);
  }
};

/// `read(at)` is a return_step; the returns stand in x, and write(at, x) takes them besides. A window as long as the rows
/// is one scan.
template <class T, class Backend, class Read, class Write>
void n_step_pass(const Backend& backend, const time_layout& layout, index_t n, view<T> x, Read read, Write write) {
  const time_layout time = along_memory(layout);
  if (n >= time.steps)
    return mixed_returns<T>(backend, time, read, [=] GUERDON_HD(const time_index& at, T value) {
      x[at.i] = value;
      write(at, value);
    });
  backend.for_segments(steps_along_memory(time), n_step_program<T, Read, Write>{time, n, x, read, write});
}

}  // namespace detail

}}  // namespace guerdon
