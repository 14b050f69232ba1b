#pragma once
// A function of several expected returns.
//
// $$f(J_1, \dots, J_K), \qquad J_k = \mu_0^\top (I - \gamma P_\pi)^{-1} r_{\pi, k}$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Of no reward at all, min is +inf, product and all_above are 1 and sum is 0.
// - The function may be any of the caller's own: outer_multi_objective(in, o, f).
//
// Cost: S^2 A + S^3 / 3, K times. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/objective_functions.hpp>
#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct outer_multi_objective : host_kind {
  static constexpr info about{"outer_multi_objective", "mdp", "Function of several expected returns (OMORL)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    reward_stack mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<double> returns;  ///< [K]
    double objective = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    aggregator function = required;  ///< of the returns
    double parameter = 0;            ///< its constant c
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("returns", &O::returns, "K"), array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      choice("function", &options::function), option("parameter", &options::parameter, finite()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(std::span<const double>) of the expected returns, that one counts, and options.function
/// and options.parameter do not.
template <class F = mdp::named_function>
op::outer_multi_objective::outputs outer_multi_objective(const op::outer_multi_objective::inputs& in,
    const op::outer_multi_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::outer_multi_objective>(in, mdp::options_for<F>(o));
  mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy);
  mdp::check_gamma_below_one(rule, o.gamma);
  op::outer_multi_objective::outputs out;
  const std::size_t count = mdp::count_of(in.mdp, m);
  for (std::size_t k = 0; k < count; ++k) {
    m.reward = mdp::expected_reward(rule, m, "rewards", mdp::part_of(in.mdp.pair_rewards, k, m.pairs()),
                                    mdp::part_of(in.mdp.rewards, k, m.pairs() * m.states));
    out.returns.push_back(mdp::inner_product(in.initial, mdp::policy_value(rule, m, in.policy.data(), o.gamma)));
  }
  out.objective = mdp::applied(function, o, std::span<const double>(out.returns));
  return out;
}

}}  // namespace guerdon
