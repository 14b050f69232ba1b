#pragma once
// Returns over a window of n steps, bootstrapped from the value behind it, over [T,B] arrays.
//
// With $e = \min(t + n - 1, T - 1)$ the last step of the window of step t:
//
// $$G = V'_e; \quad \text{for } k = e, \dots, t: \; G \leftarrow r_k + d_k \big((1 - \lambda_k) V'_k + \lambda_k
//   G\big)$$
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 7.1; with lambda as in rlax's
// n_step_bootstrapped_returns.
//
// Details that differ:
// - Windows that run past the end are cut there and bootstrap from the last value_next; n may exceed T.
// - A discount of 0 ends the episode inside the window. A cut inside a column: lambda 0 at its step, which then
//   bootstraps from its own value_next and sees no further.
// - A coefficient of exactly 0 selects; rlax multiplies.
//
// Cost: 16 bytes per step in float, and n steps of arithmetic for each, or one scan where n is T or more.

#include <guerdon/returns/n_step.hpp>

namespace guerdon {
namespace op {
struct n_step_returns {
  static constexpr info about{"n_step_returns", "returns", "Returns over n steps with a bootstrap behind them", "",
                              skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> value_next;           ///< [T,B] value of the state that the step led to
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [T,B]
  };
  struct options {
    index_t n = required;  ///< >= 1, steps of a window
    double lambda = 1;     ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                                     array("discount", &I::discount, "T,B", drawn(0, 1)),
                                     array("value_next", &I::value_next, "T,B")),
                          decay_arguments<I>());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() {
    return std::tuple(option("n", &options::n, counts_from(1, 9)), option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T, class Backend, class Decay>
void n_step_returns_pass(const Backend& backend, const op::n_step_returns::inputs<T>& in,
                         const op::n_step_returns::outputs<T>& out, index_t n, Decay decay) {
  n_step_pass<T>(
      backend, in.time, n, out.returns,
      [=] GUERDON_HD(const time_index& at) {
        return return_step<T>{in.reward[at.i], in.discount[at.i], decay(at), in.value_next[at.i]};
      },
      [] GUERDON_HD(const time_index&, T) {});
}

}  // namespace detail

/// Writes the returns.
template <real T = float, backend Backend>
void n_step_returns(const Backend& backend, const op::n_step_returns::inputs<T>& in,
                    const op::n_step_returns::outputs<T>& out, const op::n_step_returns::options& o) {
  check<op::n_step_returns>(backend, in, out, o);
  detail::with_decay<T>(o.lambda, in,
                        [&](const auto& decay) { detail::n_step_returns_pass<T>(backend, in, out, o.n, decay); });
}

/// The returns in an array of the backend's.
template <real T = float, backend Backend>
auto n_step_returns(const Backend& backend, const op::n_step_returns::inputs<T>& in,
                    const op::n_step_returns::options& o) {
  return returned<op::n_step_returns, T>(backend, in, o, [&](auto& out) { n_step_returns(backend, in, out, o); });
}

}}  // namespace guerdon
