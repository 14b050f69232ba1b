#pragma once
// What the best policy of a proxy reward loses of the true return.
//
// $$\frac{J_a(\pi_a) - J_a(\pi_b)}{J_a(\pi_a) - J_a(\pi_{-a})}$$
//
// with the optimal policies of the true reward, of the proxy, and of the true reward's negative.
//
// Source: Skalse et al. (2023), arXiv:2309.15257, the regret of the experiments.
//
// Details that differ:
// - The authors' code estimates returns by roll-outs; here they are exact. Action values within 1e-9 are tied, and the
//   lowest action wins. Where the worst return is within 1e-12 of the best, the regret is 0.
//
// Cost: three runs of policy iteration. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/reward_pair.hpp>

namespace guerdon {

namespace op {
struct optimal_policy_regret : host_kind {
  static constexpr info about{"optimal_policy_regret", "mdp", "Regret of the proxy's best policy", "arXiv:2309.15257",
                              skeleton::host};
  struct inputs {
    reward_pair mdp;
  };
  struct outputs {
    double best_return = 0;        ///< J_a of the best policy
    double achieved_return = 0;    ///< J_a of the proxy's best policy
    double worst_return = 0;       ///< J_a of the worst policy
    double normalized_regret = 0;  ///< in [0, 1]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("best_return", &O::best_return, "1"), array("achieved_return", &O::achieved_return, "1"),
                      array("worst_return", &O::worst_return, "1"),
                      array("normalized_regret", &O::normalized_regret, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::optimal_policy_regret::outputs optimal_policy_regret(const op::optimal_policy_regret::inputs& in,
                                                         const op::optimal_policy_regret::options& o = {}) {
  const auto rule = check<op::optimal_policy_regret>(in, o);
  const auto [a, b] = mdp::checked(rule, in.mdp, o.gamma);
  const auto earns = [&, &a = a](const std::vector<index_t>& policy) {
    return mdp::return_of<Solver>(rule, a, policy, in.mdp.initial, o.gamma);
  };
  op::optimal_policy_regret::outputs out{earns(mdp::best_policy<Solver>(rule, a, o.gamma)),
                                         earns(mdp::best_policy<Solver>(rule, b, o.gamma)),
                                         earns(mdp::best_policy<Solver>(rule, a, o.gamma, -1)), 0};
  const double range = out.best_return - out.worst_return;
  out.normalized_regret = range <= 1e-12 ? 0 : (out.best_return - out.achieved_return) / range;
  return out;
}

}}  // namespace guerdon
