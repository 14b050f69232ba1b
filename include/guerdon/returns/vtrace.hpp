#pragma once
// V-trace: value targets and policy-gradient advantages from data of an older policy, over [T,B] arrays.
//
// With the ratio $\rho = \pi/\mu$ of the action taken, $\hat\rho = \min(\bar\rho, \rho)$ and
// $c = \lambda \min(1, \rho)$:
//
// $$\delta_t = \hat\rho_t (r_t + d_t V'_t - V_t), \qquad x_t = \delta_t + d_t c_t x_{t+1}, \qquad v_t = x_t + V_t$$
// $$q_t = r_t + d_t \big(\lambda_t v_{t+1} + (1 - \lambda_t) V_{t+1}\big), \qquad
//   A_t = \min(\bar\rho_{pg}, \rho_t) (q_t - V_t)$$
//
// with $V'_t$ the value of the state that step t led to (value_next). At the last step and where the episode was cut
// off, $c_t = 0$ and $q_t = r_t + d_t V'_t$. Computed from the targets, in which no large value is added to be taken
// away again: $v_t = (1 - \hat\rho_t) V_t + \hat\rho_t r_t + d_t\big((\hat\rho_t - c_t) V'_t + c_t (V'_t - V_{t+1}) +
// c_t v_{t+1}\big)$.
//
// Source: IMPALA, arXiv:1802.01561, eq. 1 and section 4.2; lambda and mask as in rlax.
//
// Details that differ:
// - The paper and TRFL have no lambda and no mask. The trace is always clipped at 1; `clip_rho` is the target's
//   bound.
// - $q_t$ bootstraps from the *next row* of value, as rlax does, not from value_next. At the end of an episode the
//   discount of 0 hides the difference. Where an episode was cut off inside a column, say so with `truncated`: the
//   step then bootstraps from value_next and nothing of the next episode reaches it, as if the episodes stood apart.
//   lambda 0 does not do that, and TorchRL's policy-gradient advantage bootstraps from the next trajectory there.
// - mask 0: $x_t = x_{t+1}$ (0 where truncated), undiscounted, and that is reported; the step's reward and ratio enter
//   no target. Its value is still what the row before bootstraps from, so it must be finite. A masked row hands x on
//   whatever its discount is: where it is an episode's last row, it must be truncated too.
// - An infinite ratio is legal where it is clipped; NaN stays NaN; a ratio or coefficient of 0 selects 0 whatever
//   stands beside.
// - The targets are constants: the gradient of half the squared td_error by value is -td_error.
//
// Cost: 36 bytes per step in float (five arrays read, four written), one pass; 2 more with mask or truncated.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct vtrace {
  static constexpr info about{"vtrace", "returns",
                              "Off-policy value targets and advantages with clipped ratios (V-trace)",
                              "arXiv:1802.01561", skeleton::scan};
  template <storage T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> value;                ///< [T,B] V(s_t)
    view<const T> value_next;           ///< [T,B] value of the state that the step led to
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> rho;                  ///< [T,B] >= 0, probability of the action now over that when it was taken
    view<const flag_t> mask = {};       ///< [T,B] 1 = learnable; left out: all are
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> td_error;      ///< [T,B] x
    Of<T> pg_advantage;  ///< [T,B] A
    Of<T> q_estimate;    ///< [T,B] q
    Of<T> value_target;  ///< [T,B] v
  };
  struct options {
    double lambda = 1;       ///< [0, 1]
    double clip_rho = 1;     ///< >= 0; bound of the ratio in the targets; infinity: none
    double clip_pg_rho = 1;  ///< >= 0; bound of the ratio in the advantage; infinity: none
  };

  // The mask stops the recursion and hides nothing: a masked step's numbers still enter its q_estimate.
  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(op::time(&I::time), array("value", &I::value, "T,B"),
                                     array("value_next", &I::value_next, "T,B"), array("reward", &I::reward, "T,B"),
                                     array("discount", &I::discount, "T,B", drawn(0, 1)),
                                     array("rho", &I::rho, "T,B", at_least(0, 3)),
                                     optional_array("mask", &I::mask, "T,B", yes_or_no()).hiding_nothing(),
                                     optional_array("truncated", &I::truncated, "T,B", yes_or_no())),
                          decay_arguments<I>());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("td_error", &O::td_error, "T,B"), array("pg_advantage", &O::pg_advantage, "T,B"),
                      array("q_estimate", &O::q_estimate, "T,B"), array("value_target", &O::value_target, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("lambda", &options::lambda, within(0, 1)),
                      option("clip_rho", &options::clip_rho, at_least(0, 2)),
                      option("clip_pg_rho", &options::clip_pg_rho, at_least(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// How a ratio is bounded: by the minimum.
struct hard_clip {
  template <class R>
  GUERDON_HD R operator()(R ratio, R bound) const { return clipped_ratio(ratio, bound); }
};

/// What the recurrence and the results both need of one step.
template <class R>
struct vtrace_step {
  R reward, discount, lambda, ratio, value, value_next, next_row;
  R target_ratio, trace;  ///< the clipped ratio, lambda * min(1, ratio)
  R valid, cut;           ///< not 0 where it is so: learnable; cut off, or the last step
};

/// Reads one step; `flagged` with mask and truncated.
template <bool flagged, class T, class Decay, class Clip>
struct vtrace_reader {
  op::vtrace::inputs<T> in;
  Decay decay;
  Clip clip;
  real_t<T> clip_rho;
  following_step following = following_step(in.time);

  GUERDON_HD vtrace_step<real_t<T>> operator()(const time_index& at) const {
    using R = real_t<T>;
    const bool last = !following.exists(at);
    vtrace_step<R> s;
    s.valid = flagged ? R(in.mask[at.i]) : R(1);
    s.cut = math::select(last, R(1), R(0)) + (flagged ? R(in.truncated[at.i]) : R(0));
    s.reward = R(in.reward[at.i]);
    s.discount = R(in.discount[at.i]);
    s.lambda = math::select(s.cut == R(0), decay(at), R(0));
    s.ratio = R(in.rho[at.i]);
    s.value = R(in.value[at.i]);
    s.value_next = R(in.value_next[at.i]);
    s.next_row = R(in.value[following(at).i]);
    s.target_ratio = clip(s.ratio, clip_rho);
    s.trace = coefficient_product(s.lambda, clip(s.ratio, R(1)));
    return s;
  }
};

template <class T, class Backend, class Reader>
void vtrace_pass(const Backend& backend, const Reader& read, const op::vtrace::outputs<T>& out, real_t<T> clip_pg_rho) {
  using R = real_t<T>;
  const auto clip = read.clip;
  T* const td_error = out.td_error.data();
  T* const pg_advantage = out.pg_advantage.data();
  T* const q_estimate = out.q_estimate.data();
  T* const value_target = out.value_target.data();
  recur_time_steps(
      backend, read.in.time, [=] GUERDON_HD(index_t) { return R(0); }, read,
      [=] GUERDON_HD(const vtrace_step<R>& s) {
        const R trace = coefficient_product(s.discount, s.trace);
        const R target =
            math::zero_select_product(R(1) - s.target_ratio, s.value) +
            math::zero_select_product(s.target_ratio, s.reward) +
            math::zero_select_product(coefficient_product(s.discount, s.target_ratio - s.trace), s.value_next) +
            math::zero_select_product(trace, s.value_next - s.next_row);
        const R open = math::select(s.cut == R(0), R(1), R(0));
        const R passed = s.value - math::zero_select_product(open, s.next_row);
        const bool valid = s.valid != R(0);
        return affine<R>{math::select(valid, target, passed), math::select(valid, trace, open)};
      },
      [=] GUERDON_HD(const time_index& at, const vtrace_step<R>& s, R target, R next) {
        const R error = s.reward + math::zero_select_product(s.discount, s.value_next) - s.value;
        const R next_error = math::select(s.cut == R(0), next - s.next_row, R(0));
        const R x = math::zero_select_product(s.target_ratio, error) +
                    math::zero_select_product(coefficient_product(s.discount, s.trace), next_error);
        const R mixed = math::zero_select_product(s.lambda, next) +
                        math::zero_select_product(R(1) - s.lambda, s.next_row);
        const R q = s.reward + math::zero_select_product(s.discount, math::select(s.cut == R(0), mixed, s.value_next));
        td_error[at.i] = T(math::select(s.valid == R(0), next_error, x));
        value_target[at.i] = T(target + (s.value - s.value));
        q_estimate[at.i] = T(q);
        pg_advantage[at.i] = T(math::zero_select_product(clip(s.ratio, clip_pg_rho), q - s.value));
      });
}

/// A call that has been checked.
template <class T, class Backend, class Options, class Clip>
void bounded_vtrace(const Backend& backend, const op::vtrace::inputs<T>& in, const op::vtrace::outputs<T>& out,
                    const Options& o, Clip clip) {
  with_decay<T>(o.lambda, in, [&]<class Decay>(Decay decay) {
    const auto pass = [&]<bool flagged>(const op::vtrace::inputs<T>& steps, std::bool_constant<flagged>) {
      vtrace_pass<T>(backend, vtrace_reader<flagged, T, Decay, Clip>{steps, decay, clip, real_t<T>(o.clip_rho)}, out,
                     real_t<T>(o.clip_pg_rho));
    };
    if (!in.mask && !in.truncated) return pass(in, std::false_type());
    auto scratch = backend.scratch();
    auto steps = in;
    steps.mask = flags_or(backend, scratch, in.mask, in.reward.size(), 1);
    steps.truncated = flags_or(backend, scratch, in.truncated, in.reward.size(), 0);
    pass(steps, std::true_type());
  });
}

}  // namespace detail

/// Writes the four results.
template <storage T = float, backend Backend>
void vtrace(const Backend& backend, const op::vtrace::inputs<T>& in, const op::vtrace::outputs<T>& out,
            const op::vtrace::options& o) {
  check<op::vtrace>(backend, in, out, o);
  detail::bounded_vtrace(backend, in, out, o, detail::hard_clip{});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto vtrace(const Backend& backend, const op::vtrace::inputs<T>& in, const op::vtrace::options& o = {}) {
  return returned<op::vtrace, T>(backend, in, o, [&](auto& out) { vtrace(backend, in, out, o); });
}

}}  // namespace guerdon
