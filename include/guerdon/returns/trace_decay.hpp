#pragma once
// The one recurrence behind returns and advantages, the lambda of it, and the ends of episodes.
//
// A step turns what follows it, x, into its reward and, discounted, the value V' of the state that it led to, of which
// the share l is corrected by how far what follows lies from `base`, the value that it is measured against:
//
// $$x_t = r_t + d_t \big(V'_t + l_t (x_{t+1} - \text{base}_t)\big)$$
//
// | face | l | V' | base |
// |---|---|---|---|
// | discounted_returns, reward_to_go | 1 | | V' |
// | lambda_returns, n_step_returns, transformed_lambda_returns | lambda | value_next | V' |
// | q_lambda of Peng and Watkins | lambda | largest next q | V' |
// | upgo_returns | 1 or 0 | value_next, or the next row's | V' |
// | gae, gae_episodic | lambda | value_next, or the next row's | the next row's value |
// | off_policy_returns, retrace, tree_backup, q_lambda of Harutyunyan | c | expected next q | q of the next action |
// | vtrace, leaky_vtrace | lambda min(1, rho) | value_next | the next row's value; all under a clipped ratio |
//
// importance_corrected_td_errors and puff_advantage run the same scan over temporal-difference errors.
//
// Rows of tokens, whose coefficients are constant (token_scan.hpp), with base and V' the value at the next token:
//
// | face | a step is | l |
// |---|---|---|
// | masked_gae, multiturn_gae | a token of the policy's | lambda |
// | decoupled_gae | the same, twice | the policy's, and the critic's |
// | turn_gae, turn_token_gae | a turn | lambda |
// | bi_level_gae | a turn, then a token of it | lambda |
// | masked_discounted_return, segment_return | a token; an unbroken run of them | 1 |
//
// The ends of episodes. Terminated: d is 0. Cut off (`truncated`): l is 0 and V' is the value of the state that really
// followed, so that nothing of the next row, another episode, gets in. The last row: l is 0. A coefficient of exactly 0
// selects: what stands behind it is not read, be it NaN or infinite.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {

/// Two arrays in place of one number: step_lambda [T] or element_lambda [T,B].
template <class I>
constexpr auto decay_arguments() {
  return std::tuple(optional_array("step_lambda", &I::step_lambda, "T", drawn(0, 1)).in_files("lambda"),
                    optional_array("element_lambda", &I::element_lambda, "T,B", drawn(0, 1)).in_files("lambda"));
}

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// a * b for two coefficients: exactly 0 where either is, whatever the other is.
template <class R>
GUERDON_HD R coefficient_product(R a, R b) {
  return math::select((a != R(0)) & (b != R(0)), a * b, R(0));
}

/// min(ratio, bound); NaN stays. (g++ merges math::min's comparison with a test for 0 behind it, and then the loop
/// around stays scalar.)
template <class R>
GUERDON_HD R clipped_ratio(R ratio, R bound) {
  return math::select(bound < ratio, bound, ratio);
}

/// What one step says.
template <class R>
struct return_step {
  R reward, discount;
  R lambda;  ///< l: the share of `after` that what follows corrects
  R after;   ///< V': value of the state that the step led to
};

/// The step where base is V': x -> r + d ((1 - l) V' + l x).
template <class R>
GUERDON_HD affine<R> mixed_step(const return_step<R>& s) {
  const R kept = math::zero_select_product(coefficient_product(s.discount, R(1) - s.lambda), s.after);
  return {s.reward + kept, coefficient_product(s.discount, s.lambda)};
}
/// The step with a base of its own. (after - base is 0 where they are one, or the NaN that an infinite value makes.)
template <class R>
GUERDON_HD affine<R> corrected_step(const return_step<R>& s, R base) {
  const affine<R> step = mixed_step(s);
  return {step.a + math::zero_select_product(step.m, s.after - base), step.m};
}

/// Returns per column, from the last step to the first: `read(at)` is a return_step, `write(at, x)` takes the return.
/// Behind the last step nothing follows.
template <class R, class Backend, class Read, class Write>
void mixed_returns(const Backend& backend, const time_layout& time, Read read, Write write) {
  const index_t last = time.steps - 1;
  backend.recur_time_backward(
      time, [=] GUERDON_HD(index_t) { return R(0); },
      [=] GUERDON_HD(const time_index& at) {
        return_step<R> s = read(at);
        s.lambda = math::select(at.t == last, R(0), s.lambda);
        return mixed_step(s);
      },
      [=] GUERDON_HD(const time_index& at, R x, R) { write(at, x); });
}
/// The same with `base(at)`, which the last step asks for as well and makes no use of: following_step.
template <class R, class Backend, class Read, class Base, class Write>
void corrected_returns(const Backend& backend, const time_layout& time, Read read, Base base, Write write) {
  const index_t last = time.steps - 1;
  backend.recur_time_backward(
      time, [=] GUERDON_HD(index_t) { return R(0); },
      [=] GUERDON_HD(const time_index& at) {
        return_step<R> s = read(at);
        s.lambda = math::select(at.t == last, R(0), s.lambda);
        return corrected_step(s, base(at));
      },
      [=] GUERDON_HD(const time_index& at, R x, R) { write(at, x); });
}

/// How far the next row of a [T,B] array is.
inline index_t to_next_row(const time_layout& time) { return time.batch_major ? 1 : time.columns; }

/// The same places, where a single column is told as the row that it is in memory rather than as rows of one element.
inline time_layout along_memory(const time_layout& time) {
  return {time.steps, time.columns, time.batch_major || time.columns == 1};
}

/// Rows of [T,B] arrays as they lie in memory: the columns of one step, or the steps of one column.
inline segments steps_along_memory(const time_layout& time) {
  return time.batch_major ? segments::uniform(time.columns, time.steps) : segments::uniform(time.steps, time.columns);
}

/// The step after another; of the last step itself, so that a time loop may read there what it will not use.
struct following_step {
  index_t last, distance;

  explicit following_step(const time_layout& time) : last(time.steps - 1), distance(to_next_row(time)) {}
  GUERDON_HD bool exists(const time_index& at) const { return at.t != last; }
  GUERDON_HD time_index operator()(const time_index& at) const {
    const index_t steps = index_t(exists(at)), further = steps * distance;
    return {at.t + steps, at.b, at.i + further, at.v + further, at.v_next + further};
  }
};

template <class R>
struct constant_decay {
  R lambda;
  GUERDON_HD R operator()(const time_index&) const { return lambda; }
};
template <class T>
struct step_decay {
  const T* lambda;  // [T]
  GUERDON_HD real_t<T> operator()(const time_index& at) const { return real_t<T>(lambda[at.t]); }
};
template <class T>
struct element_decay {
  const T* lambda;  // [T,B]
  GUERDON_HD real_t<T> operator()(const time_index& at) const { return real_t<T>(lambda[at.i]); }
};

/// Another decay, and 0 at the steps behind which the trajectory was cut off.
template <class Decay>
struct cut_decay {
  Decay decay;
  const flag_t* truncated;
  GUERDON_HD auto operator()(const time_index& at) const {
    const auto lambda = decay(at);
    return math::select(truncated[at.i] != 0, decltype(lambda)(0), lambda);
  }
};

/// Is there a number or one of the arrays? (The empty array of an empty batch cannot be told from one left out.)
template <class In>
bool has_lambda(double lambda, const In& in) {
  return !is_missing(lambda) || in.step_lambda || in.element_lambda || in.time.size() == 0;
}

/// f(decay) with the lambda that was given, as a type of its own so that the time loop has no branch.
template <class T, class In, class F>
void with_decay(double lambda, const In& in, F f) {
  if (in.element_lambda)
    f(element_decay<T>{in.element_lambda.data()});
  else if (in.step_lambda)
    f(step_decay<T>{in.step_lambda.data()});
  else
    f(constant_decay<real_t<T>>{real_t<T>(lambda)});
}

/// with_decay, and the cut where there is one.
template <class T, class In, class F>
void with_cut_decay(double lambda, const In& in, F f) {
  with_decay<T>(lambda, in, [&]<class Decay>(Decay decay) {
    if (in.truncated) f(cut_decay<Decay>{decay, in.truncated.data()});
    else f(decay);
  });
}

/// Flags that may be left out: those given, or `otherwise` everywhere, so that a time loop needs no test for it.
template <class Backend, class Scratch>
view<const flag_t> flags_or(const Backend& backend, Scratch& scratch, view<const flag_t> given, index_t n,
                            flag_t otherwise) {
  if (given) return given;
  const auto all = scratch.template take<flag_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { all[i] = otherwise; });
  return all;
}

/// A cut needs the value of the state that really followed.
template <class In>
void check_cut(const call_rules& rule, const In& in) {
  rule(in.value_next || !in.truncated, "value_next",
       "is needed with truncated: the next row belongs to another episode");
}

}  // namespace detail

}}  // namespace guerdon
