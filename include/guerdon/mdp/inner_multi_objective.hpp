#pragma once
// The expectation of a function of several returns of one trajectory.
//
// $$\mathbb{E}\, f(G_1, \dots, G_K), \qquad G_k = \sum_{t < T} \gamma^t R_{k, t}$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Exact over all trajectories of the horizon; what is cut off of a return is at most gamma^T max|R| / (1 - gamma).
// - The function may be any of the caller's own: inner_multi_objective(in, o, f).
//
// Cost: that of trajectory_lottery, K times. No gradient.

#include <guerdon/mdp/objective_functions.hpp>
#include <guerdon/mdp/trajectories.hpp>

namespace guerdon {

namespace op {
struct inner_multi_objective : host_kind {
  static constexpr info about{"inner_multi_objective", "mdp", "Expectation of a function of several returns (IMORL)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    reward_stack mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    double objective = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
    lottery_limits limits = {};
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

/// With `function`, a double(std::span<const double>) of the returns, that one counts, and options.function and
/// options.parameter do not.
template <class F = mdp::named_function>
op::inner_multi_objective::outputs inner_multi_objective(const op::inner_multi_objective::inputs& in,
    const op::inner_multi_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::inner_multi_objective>(in, mdp::options_for<F>(o));
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy);
  mdp::check_gamma(rule, o.gamma);
  rule(mdp::are_finite(in.mdp.rewards) && mdp::are_finite(in.mdp.pair_rewards), "rewards", "are not finite everywhere");
  std::vector<double> returns(mdp::count_of(in.mdp, m));
  double sum = 0;
  mdp::for_trajectories(rule, m, in.policy, in.initial, o.limits,
                        [&](const auto& pairs, const auto& states, double probability) {
    for (std::size_t k = 0; k < returns.size(); ++k)
      returns[k] = mdp::return_of(m, pairs, states, mdp::part_of(in.mdp.pair_rewards, k, m.pairs()),
                                  mdp::part_of(in.mdp.rewards, k, m.pairs() * m.states), o.gamma);
    sum += probability * mdp::applied(function, o, std::span<const double>(returns));
  });
  return {sum};
}

}}  // namespace guerdon
