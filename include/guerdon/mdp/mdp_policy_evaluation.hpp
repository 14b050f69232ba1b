#pragma once
// What a policy is worth in a finite Markov decision process, exactly.
//
// $$V = (I - \gamma P_\pi)^{-1} r_\pi, \qquad Q = R + \gamma P V, \qquad A = Q - V$$
//
// with $P_\pi(s, s') = \sum_a \pi(a \mid s)\, P(s' \mid s, a)$ and $r_\pi$ likewise.
//
// Source: Puterman (1994); Sutton and Barto (2018).
//
// Details that differ:
// - With gamma = 1 absorbing states (never left, without reward) are worth 0 and the others are solved for. That fails
//   ("singular") exactly if from some state the policy never reaches one, which is decided by reachability and not by
//   the size of a pivot.
// - A reward of [S,A,S] counts by its mean under P.
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct mdp_policy_evaluation : host_kind {
  static constexpr info about{"mdp_policy_evaluation", "mdp", "Exact values of a policy in a finite MDP", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;  ///< [S,A] each row a distribution
  };
  struct outputs {
    std::vector<double> value;         ///< [S]
    std::vector<double> action_value;  ///< [S,A]
    std::vector<double> advantage;     ///< [S,A] action_value - value
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"),
                      array("advantage", &O::advantage, "S,A"));
  }
  static constexpr auto parameters() {  // gamma's range is checked behind the probabilities
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One policy.
/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_policy_evaluation::outputs mdp_policy_evaluation(const op::mdp_policy_evaluation::inputs& in,
                                                         const op::mdp_policy_evaluation::options& o = {}) {
  const auto rule = check<op::mdp_policy_evaluation>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, in.policy, o.gamma, mdp::check_gamma);
  op::mdp_policy_evaluation::outputs out;
  out.value = mdp::policy_value<Solver>(rule, m, in.policy.data(), o.gamma);
  out.action_value = mdp::action_values(m, out.value, o.gamma);
  out.advantage = out.action_value;
  for (std::size_t sa = 0; sa < out.advantage.size(); ++sa) out.advantage[sa] -= out.value[sa / m.actions];
  return out;
}

/// A batch, in order.
template <class Solver = elimination>
auto mdp_policy_evaluation(const host_rows& rows, std::span<const op::mdp_policy_evaluation::inputs> in,
                           const op::mdp_policy_evaluation::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return mdp_policy_evaluation<Solver>(row, o); });
}

}}  // namespace guerdon
