#pragma once
// Lambda-returns of values that a network predicts in squashed units: mapped back, mixed with raw rewards, mapped
// again.
//
// $$G_t = r_t + d_t \big((1 - \lambda) h^{-1}(V_{t+1}) + \lambda G_{t+1}\big), \qquad \text{returns}_t = h(G_t)$$
//
// Source: Pohlen et al. 2018, arXiv:1805.11593; the nonlinear Bellman targets of rlax.
//
// Details that differ:
// - Rewards are raw; values in and returns out are in the units of the map h, which value_transform describes.
// - The recurrence runs in double: the map back makes small errors large.
// - `truncated` as in lambda_returns. A discount of exactly 0 selects: value_next is not read there.
//
// Cost: 16 bytes per step in float; the two maps are what takes time.

#include <guerdon/returns/trace_decay.hpp>
#include <guerdon/returns/value_scale.hpp>

namespace guerdon {
namespace op {
struct transformed_lambda_returns {
  static constexpr info about{"transformed_lambda_returns", "returns", "Lambda-returns of values in squashed units",
                              "arXiv:1805.11593", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B] raw
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> value_next;           ///< [T,B] value of the state that the step led to, in squashed units
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [T,B] in squashed units
  };
  struct options {
    value_scale kind = required;
    double epsilon = 1e-3;     ///< >= 0, for signed_hyperbolic
    double p = required;       ///< > 0, for power, which needs it
    double lambda = required;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                      array("discount", &I::discount, "T,B", drawn(0, 1)),
                      array("value_next", &I::value_next, "T,B", drawn(-3, 3)),
                      optional_array("truncated", &I::truncated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option_or_nan("p", &options::p, greater_than(0, 0.3, 3)),
                      option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the returns.
template <real T = float, backend Backend>
void transformed_lambda_returns(const Backend& backend, const op::transformed_lambda_returns::inputs<T>& in,
                                const op::transformed_lambda_returns::outputs<T>& out,
                                const op::transformed_lambda_returns::options& o) {
  const detail::scale_function scale(check<op::transformed_lambda_returns>(backend, in, out, o), o);
  const double share = o.lambda;
  detail::mixed_returns<double>(
      backend, in.time,
      [=] GUERDON_HD(const time_index& at) {
        const double lambda = in.truncated && in.truncated[at.i] != 0 ? 0 : share;
        return detail::return_step<double>{double(in.reward[at.i]), double(in.discount[at.i]), lambda,
                                           scale.inverse(double(in.value_next[at.i]))};
      },
      [=] GUERDON_HD(const time_index& at, double x) { out.returns[at.i] = T(scale.forward(x)); });
}

/// The returns in an array of the backend's.
template <real T = float, backend Backend>
auto transformed_lambda_returns(const Backend& backend, const op::transformed_lambda_returns::inputs<T>& in,
                                const op::transformed_lambda_returns::options& o) {
  return returned<op::transformed_lambda_returns, T>(
      backend, in, o, [&](auto& out) { transformed_lambda_returns(backend, in, out, o); });
}

}}  // namespace guerdon
