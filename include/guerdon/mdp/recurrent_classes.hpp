#pragma once
// The long run of a finite chain: which classes of states it ends up in, with what probability, and how it lives there.

#include <guerdon/mdp/policies.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

/// Closed communicating classes of a chain.
struct recurrent_classes {
  static constexpr std::size_t transient = static_cast<std::size_t>(-1);
  std::vector<std::size_t> of_state;  ///< number of the class, or transient
  std::size_t count = 0;
};

/// Strongly connected components of the graph p > 0, n by n, that nothing leaves. Tarjan's algorithm, without
/// recursion.
inline recurrent_classes closed_classes(const std::vector<double>& p, std::size_t n) {
  constexpr std::size_t unseen = static_cast<std::size_t>(-1);
  std::vector<std::size_t> order(n, unseen), low(n), component(n, unseen), next(n), open, path;
  std::size_t seen = 0, components = 0;
  for (std::size_t root = 0; root < n; ++root) {
    if (order[root] != unseen) continue;
    path.push_back(root);
    while (!path.empty()) {
      const std::size_t s = path.back();
      if (order[s] == unseen) order[s] = low[s] = seen++, open.push_back(s);
      while (next[s] < n && (!(p[s * n + next[s]] > 0) || order[next[s]] != unseen)) {
        const std::size_t t = next[s]++;
        if (p[s * n + t] > 0 && component[t] == unseen) low[s] = std::min(low[s], low[t]);
      }
      if (next[s] < n) {  // it is looked at again, seen, when the path comes back
        path.push_back(next[s]);
        continue;
      }
      path.pop_back();
      if (low[s] != order[s]) continue;
      std::size_t member;
      do {
        member = open.back();
        open.pop_back();
        component[member] = components;
      } while (member != s);
      ++components;
    }
  }
  std::vector<char> closed(components, 1);
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t)
      if (p[s * n + t] > 0 && component[s] != component[t]) closed[component[s]] = 0;
  recurrent_classes r{std::vector<std::size_t>(n, recurrent_classes::transient), 0};
  std::vector<std::size_t> number(components, unseen);
  for (std::size_t s = 0; s < n; ++s) {
    const std::size_t c = component[s];
    if (!closed[c]) continue;
    if (number[c] == unseen) number[c] = r.count++;
    r.of_state[s] = number[c];
  }
  return r;
}

/// Probability to end in a state that `inside` holds of, from every state: 1 inside, 0 in the other closed classes.
inline std::vector<double> reaching_probability(const call_rules& rule, const std::vector<double>& p,
                                                const recurrent_classes& classes, const std::vector<char>& inside) {
  const std::size_t n = classes.of_state.size();
  std::vector<char> settled(n);
  std::vector<double> entering(n);
  for (std::size_t s = 0; s < n; ++s) {
    settled[s] = classes.of_state[s] != recurrent_classes::transient;
    if (settled[s]) continue;
    for (std::size_t t = 0; t < n; ++t)
      if (classes.of_state[t] != recurrent_classes::transient && inside[t]) entering[s] += p[s * n + t];
  }
  std::vector<double> probability = solve_values(rule, p, entering, 1, settled);
  for (std::size_t s = 0; s < n; ++s)
    if (settled[s]) probability[s] = inside[s] ? 1 : 0;
  return probability;
}

/// How often the chain is in each state in the long run: lim 1/T sum_t P(s_t = s), started from `initial`.
template <class Solver = elimination>
std::vector<double> limiting_distribution(const call_rules& rule, const std::vector<double>& p,
                                          const recurrent_classes& classes, const double* initial) {
  const std::size_t n = classes.of_state.size();
  // Visits of transient states, and what enters each class from outside or at the start.
  std::vector<double> weight(classes.count), result(n);
  std::vector<std::size_t> outside;
  for (std::size_t s = 0; s < n; ++s)
    if (classes.of_state[s] == recurrent_classes::transient) outside.push_back(s);
    else weight[classes.of_state[s]] += initial[s];
  std::vector<double> matrix, visits;
  for (const std::size_t t : outside) {
    for (const std::size_t s : outside) matrix.push_back((s == t ? 1 : 0) - p[s * n + t]);
    visits.push_back(initial[t]);
  }
  rule(Solver::solve(matrix, visits), "transition", "and policy make a singular system");
  for (std::size_t k = 0; k < outside.size(); ++k)
    for (std::size_t t = 0; t < n; ++t)
      if (classes.of_state[t] != recurrent_classes::transient)
        weight[classes.of_state[t]] += visits[k] * p[outside[k] * n + t];
  for (std::size_t c = 0; c < classes.count; ++c) {
    std::vector<std::size_t> members;
    for (std::size_t s = 0; s < n; ++s)
      if (classes.of_state[s] == c) members.push_back(s);
    // pi (I - P) = 0 with its last equation, which the others imply, in favour of sum pi = 1.
    std::vector<double> equations, stationary(members.size());
    for (const std::size_t t : members)
      for (const std::size_t s : members)
        equations.push_back(t == members.back() ? 1 : (s == t ? 1 : 0) - p[s * n + t]);
    stationary.back() = 1;
    rule(Solver::solve(equations, stationary), "transition", "and policy make a singular system");
    for (std::size_t k = 0; k < members.size(); ++k) result[members[k]] = weight[c] * stationary[k];
  }
  return result;
}

}}}  // namespace guerdon::mdp
