#pragma once
// The optimal policy of a finite Markov decision process by exact evaluations.
//
// $$V = (I - \gamma P_\pi)^{-1} r_\pi, \qquad \pi'(s) = \arg\max_a\, R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\,
//   V(s')$$
//
// It starts with action 0 everywhere, switches a state's action where the best gains more than 1e-9, to the lowest one
// tied with it, and ends when nothing switches.
//
// Source: Howard (1960); Puterman (1994).
//
// Details that differ:
// - The policy is the last one evaluated: on ties it may differ from the greedy one of value iteration.
// - It also ends when a switch gains nothing in the values: what gained was rounding, of values beyond 1e6.
//
// Cost: S^2 A + S^3 / 3 an evaluation. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct mdp_policy_iteration : host_kind {
  static constexpr info about{"mdp_policy_iteration", "mdp", "Optimal policy by policy iteration", "", skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> value;         ///< [S]
    std::vector<double> action_value;  ///< [S,A]
    std::vector<index_t> policy;       ///< [S] an action
    index_t evaluations = 0;           ///< exact evaluations, the last one too
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"),
                      array("policy", &O::policy, "S"), array("evaluations", &O::evaluations, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_policy_iteration::outputs mdp_policy_iteration(const op::mdp_policy_iteration::inputs& in,
                                                       const op::mdp_policy_iteration::options& o = {}) {
  const auto rule = check<op::mdp_policy_iteration>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  auto best = mdp::policy_iteration<Solver>(rule, m, o.gamma);
  return {std::move(best.value), std::move(best.action_value), std::move(best.policy), best.evaluations};
}

}}  // namespace guerdon
