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
// Cost: S^2 A + S^3 / 3. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/linear_solve.hpp>

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
                          std::tuple(array("policy", &I::policy, "S,A", drawn(0, 1).together("distributions"))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"),
                      array("advantage", &O::advantage, "S,A"));
  }
  static constexpr auto parameters() { return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95))); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace mdp {

/// States from which a state of `goal` can be reached by steps whose probability in `p`, n by n, is not 0.
inline std::vector<char> reaching(const std::vector<double>& p, std::vector<char> goal) {
  std::vector<std::size_t> todo;
  const std::size_t n = goal.size();
  for (std::size_t s = 0; s < n; ++s)
    if (goal[s]) todo.push_back(s);
  while (!todo.empty()) {
    const std::size_t t = todo.back();
    todo.pop_back();
    for (std::size_t s = 0; s < n; ++s)
      if (!goal[s] && p[s * n + t] > 0) goal[s] = 1, todo.push_back(s);
  }
  return goal;
}

/// V for P_pi and r_pi; `worthless` states are worth 0.
inline std::vector<double> solve_values(const call_rules& rule, const std::vector<double>& p,
                                        const std::vector<double>& reward, double gamma,
                                        const std::vector<char>& worthless) {
  const std::size_t n = reward.size();
  std::vector<std::size_t> kept;
  for (std::size_t s = 0; s < n; ++s)
    if (!worthless[s]) kept.push_back(s);
  std::vector<double> matrix, right, value(n);
  matrix.reserve(kept.size() * kept.size());
  for (const std::size_t s : kept) {
    for (const std::size_t t : kept) matrix.push_back((s == t ? 1 : 0) - gamma * p[s * n + t]);
    right.push_back(reward[s]);
  }
  rule(solve_in_place(matrix, right), "transition", "and policy make a singular system");
  for (std::size_t k = 0; k < kept.size(); ++k) value[kept[k]] = right[k];
  return value;
}

}  // namespace mdp

/// One policy.
inline op::mdp_policy_evaluation::outputs mdp_policy_evaluation(const op::mdp_policy_evaluation::inputs& in,
                                                                const op::mdp_policy_evaluation::options& o = {}) {
  const auto rule = check<op::mdp_policy_evaluation>(in, o);
  mdp::check_values(rule, in.mdp, {}, in.policy, o.gamma);
  const auto states = static_cast<std::size_t>(in.mdp.states), actions = static_cast<std::size_t>(in.mdp.actions);
  const std::vector<double> reward = mdp::expected_reward(in.mdp);
  std::vector<double> p(states * states), r(states);
  for (std::size_t s = 0; s < states; ++s)
    for (std::size_t a = 0; a < actions; ++a) {
      const double chosen = in.policy.data()[s * actions + a];
      const double* next = in.mdp.transition.data() + (s * actions + a) * states;
      for (std::size_t t = 0; t < states; ++t) p[s * states + t] += chosen * next[t];
      r[s] += chosen * reward[s * actions + a];
    }
  std::vector<char> worthless(states);
  if (o.gamma == 1) {
    worthless = mdp::absorbing_states(in.mdp, reward);
    const std::vector<char> ending = mdp::reaching(p, worthless);
    rule(std::find(ending.begin(), ending.end(), 0) == ending.end(), "transition",
         "and policy make a singular system: with gamma 1 an absorbing state must be reached from everywhere");
  }
  op::mdp_policy_evaluation::outputs out;
  out.value = mdp::solve_values(rule, p, r, o.gamma, worthless);
  out.action_value = mdp::action_values(in.mdp, reward, out.value, o.gamma);
  out.advantage = out.action_value;
  for (std::size_t sa = 0; sa < out.advantage.size(); ++sa) out.advantage[sa] -= out.value[sa / actions];
  return out;
}

/// A batch, in order.
inline auto mdp_policy_evaluation(const host_rows& rows, std::span<const op::mdp_policy_evaluation::inputs> in,
                                  const op::mdp_policy_evaluation::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return mdp_policy_evaluation(row, o); });
}

}}  // namespace guerdon
