#pragma once
// By how much the best action of every state is better than the next, and which actions are optimal.
//
// $$\text{gap}(s) = \min_{a \text{ not optimal}} Q^*(s, \pi(s)) - Q^*(s, a)$$
//
// and 0 where every action is optimal.
//
// Source: Devidze et al. (2021), NeurIPS, "Explicable Reward Design for Reinforcement Learning Agents".
//
// Details that differ:
// - Actions within 1e-9 of the best are optimal, and the policy takes the lowest.
//
// Cost: that of policy iteration. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct optimality_gap : host_kind {
  static constexpr info about{"optimality_gap", "mdp", "Optimal actions, and their margin", "", skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> gap;           ///< [S]
    std::vector<flag_t> optimal_mask;  ///< [S,A] 1 where the action is optimal
    std::vector<index_t> policy;       ///< [S] the lowest optimal action
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("gap", &O::gap, "S"), array("optimal_mask", &O::optimal_mask, "S,A"),
                      array("policy", &O::policy, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::optimality_gap::outputs optimality_gap(const op::optimality_gap::inputs& in,
                                           const op::optimality_gap::options& o = {}) {
  const auto rule = check<op::optimality_gap>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  const std::vector<double> q = mdp::policy_iteration<Solver>(rule, m, o.gamma).action_value;
  op::optimality_gap::outputs out{{}, {}, mdp::greedy_policy(q, m.actions)};
  for (std::size_t s = 0; s < m.states; ++s) {
    const auto row = std::span(q).subspan(s * m.actions, m.actions);
    const double best = mdp::largest_of(row), taken = row[static_cast<std::size_t>(out.policy[s])];
    double gap = std::numeric_limits<double>::infinity();
    for (const double x : row) {
      out.optimal_mask.push_back(x >= best - 1e-9);
      if (x < best - 1e-9) gap = std::min(gap, taken - x);
    }
    out.gap.push_back(std::isfinite(gap) ? gap : 0);
  }
  return out;
}

}}  // namespace guerdon
