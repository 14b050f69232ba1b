#pragma once
// A finite Markov decision process as the exact solvers take it, the checks they share, and what they compute with.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace guerdon {

namespace op {
/// Temperatures, scales: greater than 0 and finite.
constexpr range positive_finite(double draw_low, double draw_high) {
  return range{.low = 0, .high = std::numeric_limits<double>::max(), .open_low = true, .nan = false}.drawn(draw_low,
                                                                                                       draw_high);
}
/// Weights and bounds: at least 0 and finite.
constexpr range finite_at_least_zero(double draw_low, double draw_high) {
  return range{.low = 0, .high = std::numeric_limits<double>::max(), .nan = false}.drawn(draw_low, draw_high);
}
/// The reading of a distribution among the inputs.
constexpr range probabilities() { return drawn(0, 1).together("distributions"); }
}  // namespace op

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
                      op::array("transition", &I::transition, "S,A,S", op::probabilities()),
                      op::optional_array("reward", &I::reward, "S,A"),
                      op::optional_array("transition_reward", &I::transition_reward, "S,A,S").in_files("reward"));
  }
};

/// P(s'|s,a) alone, where no reward is asked for.
struct finite_dynamics {
  view<const double> transition;  ///< [S,A,S] each row a distribution
  index_t states = 0;             ///< S
  index_t actions = 0;            ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::probabilities()));
  }
};

inline namespace GUERDON_ABI {
namespace mdp {

/// Numbers that one call may make: dense arrays beyond it are of no use to exact solvers.
inline constexpr index_t most_numbers = index_t(1) << 27;

/// A dense array of a number that the caller chose, times numbers that are known: is it small enough?
inline bool fits(index_t chosen, std::size_t known) {
  return known == 0 || chosen <= most_numbers / static_cast<index_t>(known);
}

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
  return std::all_of(x.begin(), x.end(), [](double y) { return std::isfinite(y); });
}

inline double largest(std::span<const double> x) {
  double most = 0;
  for (const double y : x) most = std::max(most, std::abs(y));
  return most;
}

/// What the solvers compute with: sizes, P and the mean reward.
struct model {
  std::size_t states = 0, actions = 0;
  const double* transition = nullptr;  ///< [S,A,S]
  std::vector<double> reward = {};     ///< [S,A]

  std::size_t pairs() const { return states * actions; }
  /// Where (s,a), as s*A+a, leads.
  const double* next(std::size_t pair) const { return transition + pair * states; }
};

// The checks of every solver are made in one order: shapes (by the lists), transition, initial, policy, gamma, reward.

/// Sizes and probabilities. `initial` and `policy` may be empty.
inline model checked(const call_rules& rule, const finite_dynamics& m, const view<const double>& initial = {},
                     const view<const double>& policy = {}) {
  rule(m.states > 0 && m.actions > 0, "states", "and actions: there must be one at least, in shape and in number");
  rule(are_distributions(m.transition, m.states), "transition", "has a row that is no distribution");
  rule(!initial || are_distributions(initial, m.states), "initial", "is no distribution");
  rule(!policy || are_distributions(policy, m.actions), "policy", "has a row that is no distribution");
  return {static_cast<std::size_t>(m.states), static_cast<std::size_t>(m.actions), m.transition.data(), {}};
}

inline void check_gamma(const call_rules& rule, double gamma) {
  rule(gamma >= 0 && gamma <= 1, "gamma", "must be at least 0 and at most 1");
}
inline void check_gamma_below_one(const call_rules& rule, double gamma) {
  rule(gamma >= 0 && gamma < 1, "gamma", "must be at least 0 and less than 1");
}

/// Means of a reward, given as [S,A] or as [S,A,S], which must be finite; what cannot happen has no influence.
inline std::vector<double> expected_reward(const call_rules& rule, const model& m, const char* name,
                                           const view<const double>& reward, const view<const double>& wide = {}) {
  rule(are_finite(reward) && are_finite(wide), name, "is not finite everywhere");
  if (reward) return {reward.begin(), reward.end()};
  std::vector<double> mean(m.pairs());
  for (std::size_t sa = 0; sa < mean.size(); ++sa)
    for (std::size_t t = 0; t < m.states; ++t)
      if (const double p = m.next(sa)[t]; p > 0) mean[sa] += p * wide.data()[sa * m.states + t];
  return mean;
}

/// Everything, with `check_range` one of the two checks of gamma.
template <class Check>
model checked(const call_rules& rule, const finite_mdp& m, const view<const double>& initial,
              const view<const double>& policy, double gamma, const Check& check_range) {
  rule(bool(m.reward) != bool(m.transition_reward), "reward", "or transition_reward must be given, and not both");
  model result = checked(rule, finite_dynamics{m.transition, m.states, m.actions}, initial, policy);
  check_range(rule, gamma);
  result.reward = expected_reward(rule, result, "reward", m.reward, m.transition_reward);
  return result;
}

/// States that are never left and earn nothing.
inline std::vector<char> absorbing_states(const model& m) {
  std::vector<char> absorbing(m.states, 1);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) {
    const std::size_t s = sa / m.actions;
    if (!(m.next(sa)[s] >= 1 - 1e-12) || m.reward[sa] != 0) absorbing[s] = 0;
  }
  return absorbing;
}

/// sum_s' P(s'|s,a) value(s'), of one pair.
inline double mean_next(const model& m, std::size_t pair, const double* value) {
  double next = 0;
  for (std::size_t t = 0; t < m.states; ++t) next += m.next(pair)[t] * value[t];
  return next;
}

/// R + gamma P V.
inline std::vector<double> action_values(const model& m, const double* value, double gamma) {
  std::vector<double> q(m.pairs());
  for (std::size_t sa = 0; sa < q.size(); ++sa) q[sa] = m.reward[sa] + gamma * mean_next(m, sa, value);
  return q;
}
inline std::vector<double> action_values(const model& m, const std::vector<double>& value, double gamma) {
  return action_values(m, value.data(), gamma);
}

/// One number a row of [rows, width].
template <class F>
std::vector<double> per_row(const std::vector<double>& q, std::size_t width, const F& f) {
  std::vector<double> x(q.size() / width);
  for (std::size_t s = 0; s < x.size(); ++s) x[s] = f(std::span(q).subspan(s * width, width));
  return x;
}
inline double largest_of(std::span<const double> row) { return *std::max_element(row.begin(), row.end()); }

/// The lowest action of those whose values are within 1e-9 of the row's best.
inline std::size_t greedy_action(std::span<const double> row) {
  const double best = largest_of(row);
  std::size_t a = 0;
  while (!(row[a] >= best - 1e-9)) ++a;
  return a;
}
inline std::vector<index_t> greedy_policy(const std::vector<double>& q, std::size_t actions) {
  std::vector<index_t> policy(q.size() / actions);
  for (std::size_t s = 0; s < policy.size(); ++s)
    policy[s] = static_cast<index_t>(greedy_action(std::span(q).subspan(s * actions, actions)));
  return policy;
}

/// P without its zeros, for many sweeps.
struct successors {
  struct one {
    std::size_t state;
    double probability;
  };
  std::vector<one> all;
  std::vector<std::size_t> begin;  ///< of every pair, and the end

  explicit successors(const model& m) : begin(1, 0) {
    for (std::size_t sa = 0; sa < m.pairs(); ++sa) {
      for (std::size_t t = 0; t < m.states; ++t)
        if (const double p = m.next(sa)[t]; p > 0) all.push_back({t, p});
      begin.push_back(all.size());
    }
  }
};

/// V = best(R + gamma P V) by sweeps from 0, until they change it by less than tolerance * max(1, its largest).
template <class Best>
std::vector<double> iterated_value(const call_rules& rule, const model& m, double gamma, double tolerance,
                                   index_t max_sweeps, const Best& best) {
  const successors next(m);
  std::vector<double> value(m.states), newer(m.states), q(m.actions);
  for (index_t sweep = 0; sweep < max_sweeps; ++sweep) {
    double change = 0;
    for (std::size_t s = 0; s < m.states; ++s) {
      for (std::size_t a = 0, sa = s * m.actions; a < m.actions; ++a, ++sa) {
        double mean = 0;
        for (std::size_t k = next.begin[sa]; k < next.begin[sa + 1]; ++k)
          mean += next.all[k].probability * value[next.all[k].state];
        q[a] = m.reward[sa] + gamma * mean;
      }
      newer[s] = best(std::span<const double>(q));
      change = std::max(change, std::abs(newer[s] - value[s]));
    }
    value.swap(newer);
    if (change < tolerance * std::max(1.0, largest(value))) return value;
  }
  rule(false, "max_sweeps", "were made, and the values do not converge");
  return value;
}
/// The optimum.
inline std::vector<double> optimal_value(const call_rules& rule, const model& m, double gamma,
                                         double tolerance = 1e-12, index_t max_sweeps = 1'000'000) {
  return iterated_value(rule, m, gamma, tolerance, max_sweeps, largest_of);
}

}  // namespace mdp
}  // namespace GUERDON_ABI
}  // namespace guerdon
