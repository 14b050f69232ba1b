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

/// The corrections by the expected value of the next state: `trace(at)` is what of the error of the action taken there
/// is handed on. Writes targets, in whose place the values stand before, and their distance from q_tm1 of the action
/// taken.
template <class T, class Backend, class In, class Out, class Trace>
void q_corrections(const Backend& backend, const In& in, const Out& out, Trace trace) {
  const index_t actions = actions_of(in);
  expected_values<T>(backend, in.pi_t, in.q_t, actions, out.target);
  corrected_returns<T>(
      backend, in.time,
      [=] GUERDON_HD(const time_index& at) {
        return return_step<T>{in.reward[at.i], in.discount[at.i], trace(at), out.target[at.i]};
      },
      [=] GUERDON_HD(const time_index& at) { return in.q_t[at.i * actions + in.a_t[at.i]]; },
      [=] GUERDON_HD(const time_index& at, T target) {
        out.target[at.i] = target;
        out.td_error[at.i] = target - in.q_tm1[at.i * actions + in.a_tm1[at.i]];
      });
}

/// f(trace), with the cut where there is one.
template <class In, class Trace, class F>
void with_cut(const In& in, Trace trace, F f) {
  if (in.truncated) f(cut_decay<Trace>{trace, in.truncated.data()});
  else f(trace);
}

}  // namespace detail

}}  // namespace guerdon
