#pragma once
// Generalised advantage estimation over [T,B] arrays of environment steps, and the targets of the value
// function.
//
// $$\delta_t = r_t + d_t V'_t - V_t, \qquad A_t = \delta_t + d_t \lambda_t A_{t+1}, \qquad \hat V_t = A_t + V_t$$
//
// with the discount $d_t$ of each step, 0 where the episode ended and gamma elsewhere, and $V'_t$ the value of the
// state that the step led to: value_next where it is given, else $V_{t+1}$. Computed from the targets, in which no
// large value is added to be taken away again:
// $\hat V_t = r_t + d_t\big((1 - \lambda_t) V'_t + \lambda_t (V'_t - V_{t+1}) + \lambda_t \hat V_{t+1}\big)$.
//
// Source: GAE, arXiv:1506.02438, eq. 16.
//
// Details that differ:
// - The discount is an array, so the end of an episode needs no second argument. Where an episode was cut off and not
//   ended (a time limit, an early reset), `truncated` stops the trace and `value_next` holds the value of the state
//   that really followed: lambda 0 alone would bootstrap from the next episode's first state. CleanRL folds the cut
//   into `done` and loses the bootstrap; Stable-Baselines3 adds d V to the reward there and sets the discount to 0,
//   which gives the same advantages. A column of several episodes gets what the episodes get apart.
// - Both flags, discount 0 and truncated: the episode ended, and value_next is not read there.
// - values has T+1 rows; the last one bootstraps, unless value_next is given (it must be there all the same).
//   CleanRL and Stable-Baselines3 store flags one step later ("this observation starts an episode"): shift them first.
// - A coefficient of exactly 0 selects: NaN or infinity behind the end of an episode does not leak. rlax and
//   TorchRL multiply. NaN otherwise reaches the earlier steps of its column, and no other column.
// - No normalisation; that is masked_whiten.
//
// Cost: 20 bytes per step in float (reward, discount, values; two results), one pass; 5 more with value_next.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct gae {
  static constexpr info about{"gae", "returns", "Advantages and value targets over time-major steps (GAE)",
                              "arXiv:1506.02438", skeleton::scan};
  template <storage T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B] earned by the action of the step
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> values;               ///< [T+1,B] V(s_t); the last row is the value after the last step
    view<const T> value_next = {};      ///< [T,B] value of the state that the step led to; left out: the next row's
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step; needs value_next
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;     ///< [T,B]
    Of<T> value_target;  ///< [T,B] advantage + value
  };
  struct options {
    double lambda = required;  ///< [0, 1]; required where no array of lambdas is given
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                                     array("discount", &I::discount, "T,B", drawn(0, 1)),
                                     array("values", &I::values, "T+1,B"),
                                     optional_array("value_next", &I::value_next, "T,B"),
                                     optional_array("truncated", &I::truncated, "T,B", yes_or_no())),
                          decay_arguments<I>());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "T,B"), array("value_target", &O::value_target, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(option_or_nan("lambda", &options::lambda, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// `apart`: value_next is there.
template <bool apart, class T, class Backend, class Decay>
void gae_pass(const Backend& backend, const op::gae::inputs<T>& in, const op::gae::outputs<T>& out, Decay decay) {
  using R = real_t<T>;
  const T* const reward = in.reward.data();
  const T* const discount = in.discount.data();
  const T* const values = in.values.data();
  const T* const value_next = in.value_next.data();
  T* const advantage = out.advantage.data();
  T* const value_target = out.value_target.data();
  const index_t last = in.time.steps - 1;
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return R(0); },
      [=] GUERDON_HD(const time_index& at) {
        const R row = R(values[at.v_next]), after = apart ? R(value_next[at.i]) : row;
        const R lambda = math::select(at.t == last, R(0), decay(at));
        return corrected_step(return_step<R>{R(reward[at.i]), R(discount[at.i]), lambda, after}, row);
      },
      [=] GUERDON_HD(const time_index& at, R target, R) {
        const R v = R(values[at.v]);
        advantage[at.i] = T(target - v);
        value_target[at.i] = T(target + (v - v));
      });
}

}  // namespace detail

/// Writes advantages and targets.
template <storage T = float, backend Backend>
void gae(const Backend& backend, const op::gae::inputs<T>& in, const op::gae::outputs<T>& out,
         const op::gae::options& o) {
  const auto rule = check<op::gae>(backend, in, out, o);
  rule(detail::has_lambda(o.lambda, in), "lambda", "is required and was not given");
  detail::check_cut(rule, in);
  detail::with_decay<T>(o.lambda, in, [&]<class Decay>(Decay decay) {
    if (!in.value_next) return detail::gae_pass<false, T>(backend, in, out, decay);
    auto scratch = backend.scratch();
    const auto truncated = detail::flags_or(backend, scratch, in.truncated, in.reward.size(), 0);
    detail::gae_pass<true, T>(backend, in, out, detail::cut_decay<Decay>{decay, truncated.data()});
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto gae(const Backend& backend, const op::gae::inputs<T>& in, const op::gae::options& o = {}) {
  return returned<op::gae, T>(backend, in, o, [&](auto& out) { gae(backend, in, out, o); });
}

}}  // namespace guerdon
