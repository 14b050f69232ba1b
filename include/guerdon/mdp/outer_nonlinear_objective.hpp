#pragma once
// A nonlinear function of the expected return.
//
// $$f(J), \qquad J = \mu_0^\top (I - \gamma P_\pi)^{-1} r_\pi$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - exp grows without a bound: it may overflow to infinity.
// - The function may be any of the caller's own: outer_nonlinear_objective(in, o, f).
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/objective_functions.hpp>
#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct outer_nonlinear_objective : host_kind {
  static constexpr info about{"outer_nonlinear_objective", "mdp", "Function of the expected return (ONMR)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    double expected_return = 0;
    double objective = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    scalar_function function = scalar_function::identity;  ///< of the expected return
    double parameter = 0;                                  ///< its constant c
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("expected_return", &O::expected_return, "1"), array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      choice("function", &options::function), option("parameter", &options::parameter, finite()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(double) of the expected return, that one counts, and options.function and
/// options.parameter do not.
template <class F = mdp::named_function>
op::outer_nonlinear_objective::outputs outer_nonlinear_objective(const op::outer_nonlinear_objective::inputs& in,
    const op::outer_nonlinear_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::outer_nonlinear_objective>(in, mdp::options_for<F>(o));
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, o.gamma, mdp::check_gamma_below_one);
  const double j = mdp::inner_product(in.initial, mdp::policy_value(rule, m, in.policy.data(), o.gamma));
  return {j, mdp::applied(function, o, j)};
}

}}  // namespace guerdon
