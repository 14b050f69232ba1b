#pragma once
// V-trace: value targets and policy-gradient advantages from data of an older policy, over [T,B] arrays.
//
// With the ratio $\rho = \pi/\mu$ of the action taken, $\hat\rho = \min(\bar\rho, \rho)$ and
// $c = \lambda \min(1, \rho)$:
//
// $$\delta_t = \hat\rho_t (r_t + d_t V'_t - V_t), \qquad x_t = \delta_t + d_t c_t x_{t+1}, \qquad v_t = x_t +
// V_t$$
// $$q_t = r_t + d_t \big(\lambda_t v_{t+1} + (1 - \lambda_t) V_{t+1}\big), \qquad
//   A_t = \min(\bar\rho_{pg}, \rho_t) (q_t - V_t)$$
//
// with $V'_t$ the value of the state that step t led to (value_next), and
// $q_{T-1} = r_{T-1} + d_{T-1} V'_{T-1}$.
//
// Source: IMPALA, arXiv:1802.01561, eq. 1 and section 4.2; lambda and mask as in rlax.
//
// Details that differ:
// - The paper and TRFL have no lambda and no mask. The trace is always clipped at 1; `clip_rho` is the target's
//   bound.
// - $q_t$ bootstraps from the *next row* of value, as rlax does, not from value_next. At the end of an episode the
//   discount of 0 hides the difference; where an episode is cut off, set lambda to 0 there and put the right value
//   into the next row, or cut the batch.
// - mask 0: $x_t = x_{t+1}$, undiscounted, and that is reported; the step's reward and ratio enter no target. Its
//   value is still what the row before bootstraps from, so it must be finite.
// - An infinite ratio is legal where it is clipped; NaN stays NaN; a ratio or coefficient of 0 selects 0 whatever
//   stands beside.
// - The targets are constants: the gradient of half the squared td_error by value is -td_error.
//
// Cost: 36 bytes per step in float (five arrays read, four written), one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct vtrace_inputs {
  time_layout time;                ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
  view<const T> value;             ///< [T,B] V(s_t)
  view<const T> value_next;        ///< [T,B] value of the state that the step led to
  view<const T> reward;            ///< [T,B]
  view<const T> discount;          ///< [T,B] gamma, and 0 where the episode ended
  view<const T> rho;               ///< [T,B] >= 0, probability of the action now over that when it was taken
  view<const flag_t> mask = {};    ///< [T,B] 1 = learnable; left out: all are
  view<const T> step_lambda = {};  ///< [T] one lambda per step, or
  view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
};

template <storage T, template <class> class Of = view>
struct vtrace_outputs {
  Of<T> td_error;      ///< [T,B] x
  Of<T> pg_advantage;  ///< [T,B] A
  Of<T> q_estimate;    ///< [T,B] q
  Of<T> value_target;  ///< [T,B] v
};

struct vtrace_options {
  double lambda = 1;       ///< [0, 1]
  double clip_rho = 1;     ///< >= 0; bound of the ratio in the targets; infinity: none
  double clip_pg_rho = 1;  ///< >= 0; bound of the ratio in the advantage; infinity: none
};

namespace detail {

template <bool masked, class T, class Backend, class Decay>
void vtrace_pass(const Backend& backend, const vtrace_inputs<T>& in, const vtrace_outputs<T>& out,
                 Decay decay, const vtrace_options& o) {
  using R = real_t<T>;
  const T* const value = in.value.data();
  const T* const value_next = in.value_next.data();
  const T* const reward = in.reward.data();
  const T* const discount = in.discount.data();
  const T* const rho = in.rho.data();
  const flag_t* const mask = in.mask.data();
  T* const td_error = out.td_error.data();
  T* const pg_advantage = out.pg_advantage.data();
  T* const q_estimate = out.q_estimate.data();
  T* const value_target = out.value_target.data();
  const R clip_rho = R(o.clip_rho), clip_pg_rho = R(o.clip_pg_rho);
  const index_t last = in.time.steps - 1, to_next = in.time.batch_major ? 1 : in.time.columns;
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return R(0); },
      [=] GUERDON_HD(const time_index& at) {
        const R d = R(discount[at.i]), ratio = R(rho[at.i]);
        const R error = R(reward[at.i]) + math::zero_select_product(d, R(value_next[at.i])) - R(value[at.i]);
        const R delta = math::zero_select_product(math::min(ratio, clip_rho), error);
        const R trace = coefficient_product(d, coefficient_product(decay(at), math::min(ratio, R(1))));
        const bool valid = masked ? mask[at.i] != 0 : true;
        return affine<R>{math::select(valid, delta, R(0)), math::select(valid, trace, R(1))};
      },
      [=] GUERDON_HD(const time_index& at, R x, R next) {
        const bool ends = at.t == last;
        const R v = R(value[at.i]), v_after = R(value[at.i + to_next * index_t(!ends)]);
        const R lambda = decay(at);
        const R mixed = math::zero_select_product(lambda, next + v_after) +
                        math::zero_select_product(R(1) - lambda, v_after);
        const R bootstrap = math::select(ends, R(value_next[at.i]), mixed);
        const R q = R(reward[at.i]) + math::zero_select_product(R(discount[at.i]), bootstrap);
        td_error[at.i] = T(x);
        value_target[at.i] = T(x + v);
        q_estimate[at.i] = T(q);
        pg_advantage[at.i] = T(math::zero_select_product(math::min(R(rho[at.i]), clip_pg_rho), q - v));
      });
}

}  // namespace detail

/// Writes the four results. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void vtrace(const Backend& backend, const vtrace_inputs<T>& in, const vtrace_outputs<T>& out,
            const vtrace_options& o = {}) {
  constexpr auto op = "vtrace";
  const index_t n = in.time.size();
  require_time(in.time, op);
  require_size(in.value.size(), n, op, "value", "the time layout");
  require_size(in.value_next.size(), n, op, "value_next", "the time layout");
  require_size(in.reward.size(), n, op, "reward", "the time layout");
  require_size(in.discount.size(), n, op, "discount", "the time layout");
  require_size(in.rho.size(), n, op, "rho", "the time layout");
  if (in.mask) require_size(in.mask.size(), n, op, "mask", "the time layout");
  require_size(out.td_error.size(), n, op, "td_error", "the time layout");
  require_size(out.pg_advantage.size(), n, op, "pg_advantage", "the time layout");
  require_size(out.q_estimate.size(), n, op, "q_estimate", "the time layout");
  require_size(out.value_target.size(), n, op, "value_target", "the time layout");
  require_decay(o.lambda, in.step_lambda, in.element_lambda, in.time, op);
  require(o.clip_rho >= 0, op, "clip_rho", "must be at least 0");
  require(o.clip_pg_rho >= 0, op, "clip_pg_rho", "must be at least 0");
  if constexpr (Backend::on_host) {
    int negative = 0;  // a loop that vectorises
    for (const T ratio : in.rho) negative |= real_t<T>(ratio) < 0;
    require(!negative, op, "rho", "must not be negative");
  }

  with_decay(o.lambda, in.step_lambda, in.element_lambda, [&](auto decay) {
    if (in.mask)
      detail::vtrace_pass<true, T>(backend, in, out, decay, o);
    else
      detail::vtrace_pass<false, T>(backend, in, out, decay, o);
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto vtrace(const Backend& backend, const vtrace_inputs<T>& in, const vtrace_options& o = {}) {
  const index_t n = in.reward.size();
  vtrace_outputs<T, Backend::template array> result{backend.template make<T>(n), backend.template make<T>(n),
                                                    backend.template make<T>(n), backend.template make<T>(n)};
  vtrace<T>(backend, in, {result.td_error, result.pg_advantage, result.q_estimate, result.value_target}, o);
  return result;
}

}}  // namespace guerdon
