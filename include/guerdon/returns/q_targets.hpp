#pragma once
// What the corrections that start from tables of Q share: one row of actions per step, values of the next row, and the
// recurrence over them.

#include <guerdon/returns/action_rows.hpp>
#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {

/// The arguments of Q of every action, of the actions taken and of what followed.
template <class I>
constexpr auto q_arguments() {
  return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                    array("discount", &I::discount, "T,B", drawn(0, 1)), array("q_tm1", &I::q_tm1, "T,B,A"),
                    array("q_t", &I::q_t, "T,B,A"), array("a_tm1", &I::a_tm1, "T,B", one_action()),
                    optional_array("truncated", &I::truncated, "T,B", yes_or_no()));
}
template <class O>
constexpr auto q_results() {
  return std::tuple(array("target", &O::target, "T,B"), array("td_error", &O::td_error, "T,B"));
}

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// Actions of one step.
template <class In>
index_t actions_of(const In& in) { return in.time.size() > 0 ? in.q_tm1.size() / in.time.size() : 0; }

/// The maps of all steps, a in the place of the targets and m in that of the errors: rows of actions are read along
/// memory, and only two numbers per step the other way.
template <class T, class Values, class Step>
struct q_step_program {
  static constexpr bool long_segments = true;
  time_layout time;
  Values values;
  Step step;  ///< of a time_index, whose value stands at the target
  T *target, *td_error;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t n = time.batch_major ? time.steps : time.columns, first = row * n, below = time.columns;
    values(team, first, n);
    const auto keep = [step = step, target = target, td_error = td_error](const time_index& at) {
      const affine<T> map = step(at);
      target[at.i] = map.a;
      td_error[at.i] = map.m;
    };
    if (time.batch_major) team.each(n, [=, layout = time](index_t t) { keep(layout.along_row(t, row)); });
    else team.each(n, [=](index_t b) { keep({row, b, first + b, first + b, first + b + below}); });
  }
};

/// Targets by the recurrence, whose steps take their value from where the target will stand, and their distance from
/// q_tm1 of the action taken.
template <class T, class Backend, class In, class Out, class Values, class Step>
void q_returns(const Backend& backend, const In& in, const Out& out, Values values, Step step) {
  const index_t actions = actions_of(in);
  const time_layout time = along_memory(in.time);
  T* const target = out.target.data();
  T* const td_error = out.td_error.data();
  backend.for_segments(steps_along_memory(time), q_step_program<T, Values, Step>{time, values, step, target, td_error});
  backend.recur_time_backward(
      time, [=] GUERDON_HD(index_t) { return T(0); },
      [=] GUERDON_HD(const time_index& at) { return affine<T>{target[at.i], td_error[at.i]}; },
      [=] GUERDON_HD(const time_index& at, T x, T) { target[at.i] = x; });
  const T* const q_tm1 = in.q_tm1.data();
  const index_t* const a_tm1 = in.a_tm1.data();
  backend.each(in.time.size(),
               [=] GUERDON_HD(index_t i) { td_error[i] = target[i] - value_taken(q_tm1, i, actions, a_tm1[i]); });
}

/// A step that hands on `trace(at, pi)` of the error of the action taken next, pi its probability.
template <class T, class Trace>
struct corrected_q_step {
  const T *reward, *discount, *q_t, *pi_t, *value;
  const index_t* a_t;
  index_t actions, last;
  Trace trace;

  GUERDON_HD affine<T> operator()(const time_index& at) const {
    const index_t taken = at.i * actions + a_t[at.i];
    const T share = math::select(at.t == last, T(0), trace(at, pi_t[taken]));
    return corrected_step(return_step<T>{reward[at.i], discount[at.i], share, value[at.i]}, q_t[taken]);
  }
};
template <class T, class Backend, class In, class Out, class Trace>
void q_corrections(const Backend& backend, const In& in, const Out& out, Trace trace) {
  const index_t actions = actions_of(in);
  T* const value = out.target.data();
  q_returns<T>(backend, in, out, expected_values<T>{in.pi_t.data(), in.q_t.data(), value, actions},
               corrected_q_step<T, Trace>{in.reward.data(), in.discount.data(), in.q_t.data(), in.pi_t.data(), value,
                                          in.a_t.data(), actions, in.time.steps - 1, trace});
}

/// f(trace), with the cut where there is one.
template <class Trace>
struct cut_trace {
  Trace trace;
  const flag_t* truncated;
  template <class T>
  GUERDON_HD T operator()(const time_index& at, T pi) const {
    return math::select(truncated[at.i] != 0, T(0), trace(at, pi));
  }
};
template <class In, class Trace, class F>
void with_cut(const In& in, Trace trace, F f) {
  if (in.truncated) f(cut_trace<Trace>{trace, in.truncated.data()});
  else f(trace);
}

}  // namespace detail

}}  // namespace guerdon
