#pragma once
// Two rewards of one process, a true one and a proxy, as the regrets take them.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

/// Both rewards as [S,A] or as [S,A,S].
struct reward_pair {
  view<const double> transition;                ///< [S,A,S] each row a distribution
  view<const double> reward_a = {};             ///< [S,A] the true reward, or:
  view<const double> transition_reward_a = {};  ///< [S,A,S] in its place
  view<const double> reward_b = {};             ///< [S,A] the proxy, or:
  view<const double> transition_reward_b = {};  ///< [S,A,S] in its place
  view<const double> initial;                   ///< [S] where it starts
  index_t states = 0;                           ///< S
  index_t actions = 0;                          ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::probabilities()),
                      op::optional_array("reward_a", &I::reward_a, "S,A"),
                      op::optional_array("transition_reward_a", &I::transition_reward_a, "S,A,S").in_files("reward_a"),
                      op::optional_array("reward_b", &I::reward_b, "S,A"),
                      op::optional_array("transition_reward_b", &I::transition_reward_b, "S,A,S").in_files("reward_b"),
                      op::array("initial", &I::initial, "S", op::probabilities()));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// The same process with either mean reward.
struct two_models {
  model a, b;
};
inline two_models checked(const call_rules& rule, const reward_pair& in, double gamma) {
  rule(bool(in.reward_a) != bool(in.transition_reward_a), "reward_a", "must be given once, as [S,A] or as [S,A,S]");
  rule(bool(in.reward_b) != bool(in.transition_reward_b), "reward_b", "must be given once, as [S,A] or as [S,A,S]");
  const model m = checked(rule, finite_dynamics{in.transition, in.states, in.actions}, in.initial);
  check_gamma_below_one(rule, gamma);
  two_models two{m, m};
  two.a.reward = expected_reward(rule, m, "reward_a", in.reward_a, in.transition_reward_a);
  two.b.reward = expected_reward(rule, m, "reward_b", in.reward_b, in.transition_reward_b);
  return two;
}

/// The greedy policy of the optimal values, for a reward or for its negative.
template <class Solver = elimination>
std::vector<index_t> best_policy(const call_rules& rule, model m, double gamma, double sign = 1) {
  for (double& r : m.reward) r *= sign;
  return greedy_policy(policy_iteration<Solver>(rule, m, gamma).action_value, m.actions);
}
/// What a policy of action indices returns.
template <class Solver = elimination>
double return_of(const call_rules& rule, const model& m, const std::vector<index_t>& policy,
                 const view<const double>& initial, double gamma) {
  return inner_product(initial, policy_value<Solver>(rule, m, one_hot(m, policy).data(), gamma));
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
