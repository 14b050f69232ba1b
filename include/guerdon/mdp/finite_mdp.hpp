#pragma once
// A finite Markov decision process as the exact solvers take it, and the checks they share.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace guerdon {

/// P(s'|s,a) and the reward of (s,a), or of (s,a,s'), which counts by its mean under P.
struct finite_mdp {
  view<const double> transition;              ///< [S,A,S] each row a distribution
  view<const double> reward = {};             ///< [S,A], or:
  view<const double> transition_reward = {};  ///< [S,A,S] in its place
  index_t states = 0;                         ///< S
  index_t actions = 0;                        ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::drawn(0, 1).together("distributions")),
                      op::optional_array("reward", &I::reward, "S,A"),
                      op::optional_array("transition_reward", &I::transition_reward, "S,A,S").in_files("reward"));
  }
};

inline namespace GUERDON_ABI {
namespace mdp {

/// Rows of `width` numbers that are each a distribution, within 1e-6.
inline bool are_distributions(const view<const double>& p, index_t width) {
  for (index_t begin = 0; begin < p.size(); begin += width) {
    double sum = 0;
    for (index_t k = begin; k < begin + width; ++k) {
      if (!(p[k] >= 0)) return false;
      sum += p[k];
    }
    if (!(std::abs(sum - 1) <= 1e-6)) return false;
  }
  return true;
}

inline bool are_finite(const view<const double>& x) {
  for (index_t k = 0; k < x.size(); ++k)
    if (!std::isfinite(x[k])) return false;
  return true;
}

/// The checks of every solver, in the order in which they are promised. `policy` and `initial` may be empty.
inline void check_values(const call_rules& rule, const finite_mdp& m, const view<const double>& initial,
                         const view<const double>& policy, double gamma) {
  rule(m.states > 0 && m.actions > 0, "states", "and actions: there must be one at least, in shape and in number");
  rule(bool(m.reward) != bool(m.transition_reward), "reward", "or transition_reward must be given, and not both");
  rule(are_distributions(m.transition, m.states), "transition", "has a row that is no distribution");
  rule(!initial || are_distributions(initial, m.states), "initial", "is no distribution");
  rule(!policy || are_distributions(policy, m.actions), "policy", "has a row that is no distribution");
  rule(gamma >= 0 && gamma <= 1, "gamma", "must be at least 0 and at most 1");
  rule(are_finite(m.reward) && are_finite(m.transition_reward), "reward", "is not finite everywhere");
}

/// R(s,a); what cannot happen has no influence.
inline std::vector<double> expected_reward(const finite_mdp& m) {
  std::vector<double> r(static_cast<std::size_t>(m.states * m.actions));
  for (index_t sa = 0; sa < m.states * m.actions; ++sa) {
    double& x = r[static_cast<std::size_t>(sa)];
    if (m.reward) x = m.reward[sa];
    else
      for (index_t t = 0; t < m.states; ++t)
        if (const double p = m.transition[sa * m.states + t]; p > 0) x += p * m.transition_reward[sa * m.states + t];
  }
  return r;
}

/// States that are never left and earn nothing.
inline std::vector<char> absorbing_states(const finite_mdp& m, const std::vector<double>& reward) {
  std::vector<char> absorbing(static_cast<std::size_t>(m.states), 1);
  for (index_t sa = 0; sa < m.states * m.actions; ++sa) {
    const index_t s = sa / m.actions;
    if (!(m.transition[sa * m.states + s] >= 1 - 1e-12) || reward[static_cast<std::size_t>(sa)] != 0)
      absorbing[static_cast<std::size_t>(s)] = 0;
  }
  return absorbing;
}

/// R + gamma P V.
inline std::vector<double> action_values(const finite_mdp& m, const std::vector<double>& reward,
                                         const std::vector<double>& value, double gamma) {
  std::vector<double> q(reward.size());
  const auto states = static_cast<std::size_t>(m.states);
  for (std::size_t sa = 0; sa < q.size(); ++sa) {
    const double* p = m.transition.data() + sa * states;
    double next = 0;
    for (std::size_t t = 0; t < states; ++t) next += p[t] * value[t];
    q[sa] = reward[sa] + gamma * next;
  }
  return q;
}

inline double largest(std::span<const double> x) {
  double most = 0;
  for (const double y : x) most = std::max(most, std::abs(y));
  return most;
}

/// The optimum, by sweeps until they change it by less than tolerance * max(1, its largest).
inline std::vector<double> optimal_value(const call_rules& rule, const finite_mdp& m, double gamma,
                                         double tolerance = 1e-12, index_t max_sweeps = 1'000'000) {
  const std::vector<double> reward = expected_reward(m);
  std::vector<double> value(static_cast<std::size_t>(m.states));
  const auto actions = static_cast<std::ptrdiff_t>(m.actions);
  for (index_t sweep = 0; sweep < max_sweeps; ++sweep) {
    const std::vector<double> q = action_values(m, reward, value, gamma);
    double change = 0;
    for (std::size_t s = 0; s < value.size(); ++s) {
      const auto row = q.begin() + static_cast<std::ptrdiff_t>(s) * actions;
      const double best = *std::max_element(row, row + actions);
      change = std::max(change, std::abs(best - value[s]));
      value[s] = best;
    }
    if (change < tolerance * std::max(1.0, largest(value))) return value;
  }
  rule(false, "max_sweeps", "were made, and the values do not converge");
  return value;
}

}  // namespace mdp
}  // namespace GUERDON_ABI
}  // namespace guerdon
