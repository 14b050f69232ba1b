#pragma once
// Temporal-difference errors of many steps, each weighted by the ratios of the policies along the way.
//
// With $\rho_t = \pi/\mu$ of the action of step t and $\delta_t = r_t + d_t V'_t - V_t$:
//
// $$x_t = \delta_t + d_t \rho_{t+1} \lambda_t x_{t+1}, \qquad \text{td}_t = \rho_t x_t$$
//
// which is $\rho_t (G_t - V_t)$ of the lambda-returns whose lambda at step t is $\lambda_t \rho_{t+1}$.
//
// Source: per-decision importance sampling, Sutton & Barto, Reinforcement Learning (2nd ed.), section 12.9, in the form
// of rlax's importance_corrected_td_errors.
//
// Details that differ:
// - Ratios are not clipped: clip them first, or take vtrace.
// - `value_next` and `truncated` as in gae: a step that was cut off bootstraps from value_next, and neither the value
//   nor the ratio of the next row, another episode, enters it.
// - A ratio, discount or lambda of exactly 0 selects 0. With ratios of 1 it is gae.
//
// Cost: 20 bytes per step in float, one pass; 5 more with value_next.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct importance_corrected_td_errors {
  static constexpr info about{"importance_corrected_td_errors", "returns",
                              "Temporal-difference errors weighted by the ratios along the way", "", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> rho;                  ///< [T,B] >= 0, probability of the action now over that when it was taken
    view<const T> values;               ///< [T+1,B] V(s_t); the last row is the value after the last step
    view<const T> value_next = {};      ///< [T,B] value of the state that the step led to; left out: the next row's
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step; needs value_next
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> td_error;  ///< [T,B]
  };
  struct options {
    double lambda = required;  ///< [0, 1]; required where no array of lambdas is given
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                                     array("discount", &I::discount, "T,B", drawn(0, 1)),
                                     array("rho", &I::rho, "T,B", at_least(0, 1.5)),
                                     array("values", &I::values, "T+1,B"),
                                     optional_array("value_next", &I::value_next, "T,B"),
                                     optional_array("truncated", &I::truncated, "T,B", yes_or_no())),
                          decay_arguments<I>());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("td_error", &O::td_error, "T,B")); }
  static constexpr auto parameters() { return std::tuple(option_or_nan("lambda", &options::lambda, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// `apart`: value_next is there.
template <bool apart, class T, class Backend, class Decay>
void corrected_errors_pass(const Backend& backend, const op::importance_corrected_td_errors::inputs<T>& in,
                           const op::importance_corrected_td_errors::outputs<T>& out, Decay decay) {
  const following_step following(in.time);
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return T(0); },
      [=] GUERDON_HD(const time_index& at) {
        const T d = in.discount[at.i], after = apart ? in.value_next[at.i] : in.values[at.v_next];
        const T error = in.reward[at.i] + math::zero_select_product(d, after) - in.values[at.v];
        const T ratio = math::select(following.exists(at), in.rho[following(at).i], T(0));
        return affine<T>{error, coefficient_product(d, coefficient_product(decay(at), ratio))};
      },
      [=] GUERDON_HD(const time_index& at, T x, T) {
        out.td_error[at.i] = math::zero_select_product(in.rho[at.i], x);
      });
}

}  // namespace detail

/// Writes the errors.
template <real T = float, backend Backend>
void importance_corrected_td_errors(const Backend& backend, const op::importance_corrected_td_errors::inputs<T>& in,
                                    const op::importance_corrected_td_errors::outputs<T>& out,
                                    const op::importance_corrected_td_errors::options& o) {
  const auto rule = check<op::importance_corrected_td_errors>(backend, in, out, o);
  rule(detail::has_lambda(o.lambda, in), "lambda", "is required and was not given");
  detail::check_cut(rule, in);
  detail::with_decay<T>(o.lambda, in, [&]<class Decay>(Decay decay) {
    if (!in.value_next) return detail::corrected_errors_pass<false, T>(backend, in, out, decay);
    auto scratch = backend.scratch();
    const auto truncated = detail::flags_or(backend, scratch, in.truncated, in.reward.size(), 0);
    detail::corrected_errors_pass<true, T>(backend, in, out, detail::cut_decay<Decay>{decay, truncated.data()});
  });
}

/// The errors in an array of the backend's.
template <real T = float, backend Backend>
auto importance_corrected_td_errors(const Backend& backend, const op::importance_corrected_td_errors::inputs<T>& in,
                                    const op::importance_corrected_td_errors::options& o = {}) {
  return returned<op::importance_corrected_td_errors, T>(
      backend, in, o, [&](auto& out) { importance_corrected_td_errors(backend, in, out, o); });
}

}}  // namespace guerdon
