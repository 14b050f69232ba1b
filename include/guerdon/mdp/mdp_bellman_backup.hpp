#pragma once
// One synchronous sweep of the Bellman operator.
//
// $$Q = R + \gamma P V, \qquad V'(s) = \max_a Q(s, a) \quad \text{or} \quad V'(s) = \sum_a \pi(a \mid s)\, Q(s, a)$$
//
// Source: Puterman (1994); Sutton and Barto (2018).
//
// Details that differ:
// - Mode policy needs a policy; mode optimality does not look at one, but checks one that is given.
//
// Cost: S^2 A. Memory: O(S A). No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

enum class backup_mode { optimality, policy };
constexpr auto enumerators(backup_mode) { return std::array{"optimality", "policy"}; }

namespace op {
struct mdp_bellman_backup : host_kind {
  static constexpr info about{"mdp_bellman_backup", "mdp", "One sweep of value or policy iteration", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> value;        ///< [S] to back up from
    view<const double> policy = {};  ///< [S,A] each row a distribution; for mode policy
  };
  struct outputs {
    std::vector<double> value;         ///< [S]
    std::vector<double> action_value;  ///< [S,A]
  };
  struct options {
    double gamma = required;                    ///< in [0, 1]
    backup_mode mode = backup_mode::optimality; ///< the best action, or the policy's
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(
        nested_arguments("mdp", &I::mdp),
        std::tuple(array("value", &I::value, "S"),
                   optional_array("policy", &I::policy, "S,A", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 1)), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_bellman_backup::outputs mdp_bellman_backup(const op::mdp_bellman_backup::inputs& in,
                                                          const op::mdp_bellman_backup::options& o = {}) {
  const auto rule = check<op::mdp_bellman_backup>(in, o);
  const bool follows = o.mode == backup_mode::policy;
  rule(!follows || in.policy, "policy", "is required for mode policy and was not given");
  const mdp::model m = mdp::checked(rule, in.mdp, {}, in.policy, o.gamma, mdp::check_gamma);
  op::mdp_bellman_backup::outputs out;
  out.action_value = mdp::action_values(m, in.value.data(), o.gamma);
  out.value = follows ? mdp::policy_mean(m, in.policy.data(), out.action_value.data())
                      : mdp::per_row(out.action_value, m.actions, mdp::largest_of);
  return out;
}

}}  // namespace guerdon
