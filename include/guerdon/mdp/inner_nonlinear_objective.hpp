#pragma once
// The expectation of a nonlinear function of the return.
//
// $$\mathbb{E}\, f(G), \qquad G = \sum_{t < T} \gamma^t R_t$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Exact over all trajectories of the horizon; what is cut off of a return is at most gamma^T max|R| / (1 - gamma).
// - The function may be any of the caller's own: inner_nonlinear_objective(in, o, f).
//
// Cost: that of trajectory_lottery. No gradient.

#include <guerdon/mdp/objective_functions.hpp>
#include <guerdon/mdp/trajectories.hpp>

namespace guerdon {

namespace op {
struct inner_nonlinear_objective : host_kind {
  static constexpr info about{"inner_nonlinear_objective", "mdp", "Expectation of a function of the return (INMR)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    double objective = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
    lottery_limits limits = {};
    scalar_function function = scalar_function::identity;  ///< of the return
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
    return std::tuple(array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 1))), nested("limits", &options::limits),
        std::tuple(choice("function", &options::function), option("parameter", &options::parameter, finite())));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(double) of the return, that one counts, and options.function and
/// options.parameter do not.
template <class F = mdp::named_function>
op::inner_nonlinear_objective::outputs inner_nonlinear_objective(const op::inner_nonlinear_objective::inputs& in,
    const op::inner_nonlinear_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::inner_nonlinear_objective>(in, mdp::options_for<F>(o));
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, o.gamma, mdp::check_gamma);
  double sum = 0;
  mdp::for_trajectories(rule, m, in.policy, in.initial, o.limits,
                        [&](const auto& pairs, const auto& states, double probability) {
    const double g = mdp::return_of(m, pairs, states, in.mdp.reward, in.mdp.transition_reward, o.gamma);
    sum += probability * mdp::applied(function, o, g);
  });
  return {sum};
}

}}  // namespace guerdon
