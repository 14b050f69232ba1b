#pragma once
// The optimal values of a finite Markov decision process by synchronous sweeps, and the greedy policy.
//
// $$V_{k+1}(s) = \max_a\, R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, V_k(s'), \qquad V_0 = 0$$
//
// It ends when a sweep changes no value by tolerance times the largest value, or times 1 where that is more.
//
// Source: Puterman (1994); Sutton and Barto (2018).
//
// Details that differ:
// - The tolerance is relative: an absolute 1e-12 lies below one rounding step once values pass 1e4.
// - Values within 1e-9 of the best are tied, and the lowest action wins.
// - With gamma = 1 it converges where every policy worth having ends; else it is refused after max_sweeps.
//
// Cost: S^2 A a sweep. Memory: 16 to 48 bytes for each transition that is possible, as they are collected, and O(S A).
// No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct mdp_value_iteration : host_kind {
  static constexpr info about{"mdp_value_iteration", "mdp", "Optimal values and greedy policy by value iteration", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> value;         ///< [S] the last sweep's
    std::vector<double> action_value;  ///< [S,A] one more backup from it
    std::vector<index_t> policy;       ///< [S] the greedy action
  };
  struct options {
    double gamma = required;          ///< in [0, 1]
    double tolerance = 1e-12;         ///< relative
    index_t max_sweeps = 1'000'000;   ///< then it is refused
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"),
                      array("policy", &O::policy, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.9)),
                      option("tolerance", &options::tolerance, at_least(0, 1).drawn(1e-12, 1e-9)),
                      option("max_sweeps", &options::max_sweeps, counts(2000).drawn(1000, 2000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_value_iteration::outputs mdp_value_iteration(const op::mdp_value_iteration::inputs& in,
                                                            const op::mdp_value_iteration::options& o = {}) {
  const auto rule = check<op::mdp_value_iteration>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma);
  op::mdp_value_iteration::outputs out;
  out.value = mdp::optimal_value(rule, m, o.gamma, o.tolerance, o.max_sweeps);
  out.action_value = mdp::action_values(m, out.value, o.gamma);
  out.policy = mdp::greedy_policy(out.action_value, m.actions);
  return out;
}

}}  // namespace guerdon
