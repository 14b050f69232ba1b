#pragma once
// Policies in a finite decision process: the chain that one makes of it, what it is worth, where it goes.

#include <guerdon/core/linear_solve.hpp>
#include <guerdon/mdp/finite_mdp.hpp>

#include <numeric>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

inline std::vector<double> uniform_policy(const model& m) {
  return std::vector<double>(m.pairs(), 1 / static_cast<double>(m.actions));
}

/// The policy that takes action policy[s], as probabilities [S,A].
template <class Policy>
std::vector<double> one_hot(const model& m, const Policy& policy) {
  std::vector<double> chosen(m.pairs());
  for (std::size_t s = 0; s < m.states; ++s) chosen[s * m.actions + static_cast<std::size_t>(policy[s])] = 1;
  return chosen;
}

/// sum_a pi(a|s) x(s,a), for every s.
inline std::vector<double> policy_mean(const model& m, const double* policy, const double* x) {
  std::vector<double> mean(m.states);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) mean[sa / m.actions] += policy[sa] * x[sa];
  return mean;
}

/// P_pi [S,S].
inline std::vector<double> chain_of(const model& m, const double* policy) {
  std::vector<double> p(m.states * m.states);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa)
    for (std::size_t t = 0; t < m.states; ++t) p[sa / m.actions * m.states + t] += policy[sa] * m.next(sa)[t];
  return p;
}

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

/// (I - gamma P)^-1 r, with P n by n; `worthless` states are worth 0.
template <class Solver = elimination>
std::vector<double> solve_values(const call_rules& rule, const std::vector<double>& p,
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
  rule(Solver::solve(matrix, right), "transition", "and policy make a singular system");
  for (std::size_t k = 0; k < kept.size(); ++k) value[kept[k]] = right[k];
  return value;
}

/// What the policy [S,A] is worth, also with gamma 1.
template <class Solver = elimination>
std::vector<double> policy_value(const call_rules& rule, const model& m, const double* policy, double gamma) {
  const std::vector<double> p = chain_of(m, policy);
  std::vector<char> worthless(m.states);
  if (gamma == 1) {
    worthless = absorbing_states(m);
    const std::vector<char> ending = reaching(p, worthless);
    rule(std::find(ending.begin(), ending.end(), 0) == ending.end(), "transition",
         "and policy make a singular system: with gamma 1 an absorbing state must be reached from everywhere");
  }
  return solve_values<Solver>(rule, p, policy_mean(m, policy, m.reward.data()), gamma, worthless);
}

inline double inner_product(const view<const double>& x, std::span<const double> y) {
  return std::inner_product(y.begin(), y.end(), x.begin(), 0.0);
}

/// Expected discounted visits of every state, (I - gamma P_pi)^-T mu0, with gamma < 1.
template <class Solver = elimination>
std::vector<double> occupancy(const call_rules& rule, const model& m, const double* policy,
                              const view<const double>& initial, double gamma) {
  const std::vector<double> p = chain_of(m, policy);
  std::vector<double> matrix(p.size()), visits(initial.begin(), initial.end());
  for (std::size_t s = 0; s < m.states; ++s)
    for (std::size_t t = 0; t < m.states; ++t)
      matrix[t * m.states + s] = (s == t ? 1 : 0) - gamma * p[s * m.states + t];
  rule(Solver::solve(matrix, visits), "transition", "and policy make a singular system");
  return visits;
}

/// d(s) pi(a|s).
inline std::vector<double> pair_occupancy(const model& m, const double* policy, const std::vector<double>& visits) {
  std::vector<double> x(m.pairs());
  for (std::size_t sa = 0; sa < x.size(); ++sa) x[sa] = visits[sa / m.actions] * policy[sa];
  return x;
}

/// An optimal policy by exact evaluations, gamma < 1: action 0 everywhere at first, then the lowest greedy action
/// wherever it gains more than 1e-9. What gains by an action's value and not by the policy's is rounding: it ends
/// there.
struct improved_policy {
  std::vector<index_t> policy;
  std::vector<double> value, action_value;
  index_t evaluations = 0;
};
template <class Solver = elimination>
improved_policy policy_iteration(const call_rules& rule, const model& m, double gamma) {
  improved_policy r{std::vector<index_t>(m.states), {}, {}, 0};
  double worth = -std::numeric_limits<double>::infinity();
  for (bool switched = true; switched;) {
    r.value = policy_value<Solver>(rule, m, one_hot(m, r.policy).data(), gamma);
    r.action_value = action_values(m, r.value, gamma);
    ++r.evaluations;
    switched = false;
    const double now = std::accumulate(r.value.begin(), r.value.end(), 0.0);
    if (!(now > worth)) break;
    worth = now;
    for (std::size_t s = 0; s < m.states; ++s) {
      const auto row = std::span(r.action_value).subspan(s * m.actions, m.actions);
      const std::size_t best = greedy_action(row);
      if (!(row[best] > row[static_cast<std::size_t>(r.policy[s])] + 1e-9)) continue;
      r.policy[s] = static_cast<index_t>(best);
      switched = true;
    }
  }
  return r;
}

}}}  // namespace guerdon::mdp
