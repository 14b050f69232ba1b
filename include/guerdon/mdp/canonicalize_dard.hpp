#pragma once
// DARD's canonical form of a reward: potentials are taken out along the transitions that happen.
//
// $$C(s, a, s') = R(s, a, s') + \gamma \phi(s') - \phi(s) - \gamma\, \tau(s, s'), \qquad
//   \tau(s, s') = \sum_{b} D_A(b) \sum_{u, v} P(u \mid s, b)\, P(v \mid s', b)\, R(u, b, v)$$
//
// with $\phi(x) = \sum_b D_A(b) \sum_{u} P(u \mid x, b)\, R(x, b, u)$.
//
// Source: Wulfe et al. (2022), "Dynamics-Aware Comparison of Learned Reward Functions".
//
// Details that differ:
// - One action b for both successors, as in the code of the authors of STARC.
// - It does not take out what s' a reward is paid for.
//
// Cost: S^3 A. Memory: 2 S^2 + O(S A) beside the result. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct canonicalize_dard : host_kind {
  static constexpr info about{"canonicalize_dard", "mdp", "Canonical reward of DARD",
                              "arXiv:2201.10081", skeleton::host, 1e-5, false};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward;         ///< [S,A,S] R(s,a,s')
    view<const double> action_dist = {};  ///< [A] weights of actions; uniform if left out
  };
  struct outputs {
    std::vector<double> canonical_reward;  ///< [S,A,S]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("reward", &I::reward, "S,A,S"),
                                     optional_array("action_dist", &I::action_dist, "A", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("canonical_reward", &O::canonical_reward, "S,A,S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::canonicalize_dard::outputs canonicalize_dard(
    const op::canonicalize_dard::inputs& in, const op::canonicalize_dard::options& o = {}) {
  const auto rule = check<op::canonicalize_dard>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {{}, {}, in.action_dist});
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::canonical_dard(setting, in.reward.data())};
}

}}  // namespace guerdon
