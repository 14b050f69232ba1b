#pragma once
// Lambda-returns over [T,B] arrays: each step mixes the value of the next state with the return from there
// on.
//
// $$G_t = r_t + d_t \big((1 - \lambda_t) V_{t+1} + \lambda_t G_{t+1}\big), \qquad G_T = V_T$$
//
// so lambda 0 is the one-step target and lambda 1 the discounted return bootstrapped from the last value.
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 12.2 and 12.18, in the recursive form of TRFL
// and rlax.
//
// Details that differ:
// - `truncated` marks steps at which the episode was cut off, not ended: they bootstrap from value_next and
//   see no further (lambda 0 there). rlax has no such argument; TorchRL replaces the next return by
//   value_next, which is the same.
// - A coefficient of exactly 0 (discount, lambda, 1 - lambda) selects: whatever stands behind the end of an
//   episode does not leak.
// - The last step never depends on lambda: it is r + d V.
//
// Cost: 16 bytes per step in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct lambda_returns {
  static constexpr info about{"lambda_returns", "returns",
                              "Returns that mix one-step targets and what follows by lambda", "", skeleton::scan};
  template <storage T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> value_next;           ///< [T,B] value of the state that the step led to
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [T,B]
  };
  struct options {
    double lambda = required;  ///< [0, 1]; required where no array of lambdas is given
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                                     array("discount", &I::discount, "T,B", drawn(0, 1)),
                                     array("value_next", &I::value_next, "T,B")),
                          decay_arguments<I>(),
                          std::tuple(optional_array("truncated", &I::truncated, "T,B", yes_or_no())));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() { return std::tuple(option_or_nan("lambda", &options::lambda, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T, class Backend, class Decay>
void lambda_returns_pass(const Backend& backend, const op::lambda_returns::inputs<T>& in,
                         const op::lambda_returns::outputs<T>& out, Decay decay) {
  using R = real_t<T>;
  const T* const reward = in.reward.data();
  const T* const discount = in.discount.data();
  const T* const value_next = in.value_next.data();
  T* const returns = out.returns.data();
  mixed_returns<R>(
      backend, in.time,
      [=] GUERDON_HD(const time_index& at) {
        return return_step<R>{R(reward[at.i]), R(discount[at.i]), decay(at), R(value_next[at.i])};
      },
      [=] GUERDON_HD(const time_index& at, R x) { returns[at.i] = T(x); });
}

}  // namespace detail

/// Writes the returns.
template <storage T = float, backend Backend>
void lambda_returns(const Backend& backend, const op::lambda_returns::inputs<T>& in,
                    const op::lambda_returns::outputs<T>& out, const op::lambda_returns::options& o) {
  const auto rule = check<op::lambda_returns>(backend, in, out, o);
  rule(detail::has_lambda(o.lambda, in), "lambda", "is required and was not given");
  detail::with_cut_decay<T>(o.lambda, in,
                            [&](const auto& decay) { detail::lambda_returns_pass<T>(backend, in, out, decay); });
}

/// The returns in an array of the backend's.
template <storage T = float, backend Backend>
auto lambda_returns(const Backend& backend, const op::lambda_returns::inputs<T>& in,
                    const op::lambda_returns::options& o = {}) {
  return returned<op::lambda_returns, T>(backend, in, o, [&](auto& out) { lambda_returns(backend, in, out, o); });
}

}}  // namespace guerdon
