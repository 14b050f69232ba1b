#pragma once
// EPIC's canonical form of a reward: potentials are taken out, with no look at the dynamics.
//
// $$C(s, a, s') = R(s, a, s') + \gamma \phi(s') - \phi(s) - \gamma \sum_x D_S(x)\, \phi(x), \qquad
//   \phi(x) = \sum_{a, x'} D_A(a)\, D_S(x')\, R(x, a, x')$$
//
// A constant reward becomes 0, and so does the weighted mean of every result.
//
// Source: Gleave et al. (2020), arXiv:2006.13900, Definition 4.1.
//
// Details that differ:
// - It does not take out what s' a reward is paid for: of the two that val removes, it removes potentials only.
// - The transitions give the shape and are checked, and are not looked at.
//
// Cost: S^2 A. Memory: O(S A) beside the result. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct canonicalize_epic : host_kind {
  static constexpr info about{"canonicalize_epic", "mdp", "Canonical reward of EPIC",
                              "arXiv:2006.13900", skeleton::host, 1e-5, false};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward;         ///< [S,A,S] R(s,a,s')
    view<const double> state_dist = {};   ///< [S] weights of states; uniform if left out
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
                                     optional_array("state_dist", &I::state_dist, "S", probabilities()),
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

inline op::canonicalize_epic::outputs canonicalize_epic(
    const op::canonicalize_epic::inputs& in, const op::canonicalize_epic::options& o = {}) {
  const auto rule = check<op::canonicalize_epic>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {{}, in.state_dist, in.action_dist});
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::canonical_epic(setting, in.reward.data())};
}

}}  // namespace guerdon
