#pragma once
// The reward shaped by its own optimal value: the optimal advantage.
//
// $$R'(s, a) = R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, V^*(s') - V^*(s)$$
//
// Optimal actions earn 0, others less. It shows at once what is optimal, and touches every state: the dense baseline of
// explicable_reward_design.
//
// Source: Ng, Harada and Russell (1999); Devidze et al. (2021), NeurIPS.
//
// Details that differ:
// - V* is that of policy iteration, exact up to rounding.
//
// Cost: that of policy iteration. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct potential_reward_design : host_kind {
  static constexpr info about{"potential_reward_design", "mdp", "Reward shaped by its own optimal value", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> designed_reward;  ///< [S,A] at most 0
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("designed_reward", &O::designed_reward, "S,A")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::potential_reward_design::outputs potential_reward_design(
    const op::potential_reward_design::inputs& in, const op::potential_reward_design::options& o = {}) {
  const auto rule = check<op::potential_reward_design>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  auto best = mdp::policy_iteration<Solver>(rule, m, o.gamma);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) best.action_value[sa] -= best.value[sa / m.actions];
  return {std::move(best.action_value)};
}
}}  // namespace guerdon
