#pragma once
// By how much a policy's action beats the others within a few steps.
//
// $$Q_n(s, a) = \sum_{k < n} \gamma^k (P_\pi^k R)(s, a), \qquad
//   \text{gap}(s, a) = Q_n(s, \pi(s)) - Q_n(s, a)$$
//
// first action a, then the policy. Positive: the policy's action is better; 0 at that action itself.
//
// Source: Devidze et al. (2021), NeurIPS; Devidze et al. (2024), arXiv:2402.07019.
//
// Details that differ:
// - The code of 2021 sums k = 0..h (inclusive, n = h + 1), that of 2024 k = 0..h-1 for the same name and horizons.
// - Horizon -1 has no end. Sums of many steps are made by doubling.
//
// Cost: S^3 log n, or S^3 without an end. No gradient.

#include <guerdon/mdp/design_problem.hpp>

namespace guerdon {

namespace op {
struct h_step_advantage : host_kind {
  static constexpr info about{"h_step_advantage", "mdp", "Advantage of a policy's action within h steps",
                              "arXiv:2402.07019", skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const index_t> policy;  ///< [S] an action of every state
  };
  struct outputs {
    std::vector<double> advantage_gap;  ///< [S,A]
  };
  struct options {
    double gamma = required;     ///< in [0, 1)
    index_t horizon = required;  ///< h >= 0, or -1 for no end; at least 1 where not inclusive
    bool inclusive = true;       ///< step h counts too
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S", integers(0, 0))));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("advantage_gap", &O::advantage_gap, "S,A")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      option("horizon", &options::horizon, counts_from(-1, 40)),
                      flag("inclusive", &options::inclusive));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::h_step_advantage::outputs h_step_advantage(const op::h_step_advantage::inputs& in,
                                               const op::h_step_advantage::options& o = {}) {
  const auto rule = check<op::h_step_advantage>(in, o);
  const index_t steps = mdp::steps_of(rule, o.horizon, o.inclusive, "horizon");
  rule(in.mdp.actions > 0 && mdp::are_indices(in.policy, static_cast<std::size_t>(in.mdp.actions)), "policy",
       "holds what is no action");
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  return {mdp::advantage_map(rule, m, in.policy.data(), o.gamma, steps, Solver()).gaps(m.reward.data())};
}

}}  // namespace guerdon
