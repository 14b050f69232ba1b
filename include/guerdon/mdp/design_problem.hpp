#pragma once
// What the designs of rewards share: optimal policies by action index, the gaps they must keep, and the linear maps
// from a reward to the advantage that a policy's action has over the others.

#include <guerdon/mdp/linear_program.hpp>
#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
/// Margins of optimal actions; random ones are met by no reward at all.
constexpr range margins() {
  constexpr double most = std::numeric_limits<double>::max();
  return range{.low = -most, .high = most, .nan = false}.drawn(-0.1, 0);
}
}  // namespace op

inline namespace GUERDON_ABI { namespace mdp {

/// Are these actions, or states?
inline bool are_indices(const view<const index_t>& x, std::size_t end) {
  return std::all_of(x.begin(), x.end(), [&](index_t i) { return i >= 0 && static_cast<std::size_t>(i) < end; });
}

inline constexpr index_t endless = -1;

/// How many rewards a horizon counts: h + 1, or h where it does not include step h itself.
inline index_t steps_of(const call_rules& rule, index_t horizon, bool inclusive, const char* name) {
  rule(horizon >= endless && (horizon != 0 || inclusive), name,
       "horizon must be -1 (endless) or at least 0; at least 1 where it is not inclusive");
  return horizon == endless ? endless : horizon + (inclusive ? 1 : 0);
}

/// Sum over k < steps of (gamma P)^k, n by n; with gamma < 1 also without end. By doubling: log(steps) products.
template <class Solver = elimination>
std::vector<double> discounted_visits(const call_rules& rule, const std::vector<double>& p, std::size_t n,
                                      double gamma, index_t steps) {
  std::vector<double> visits(n * n), power(n * n), sum(n * n);
  const auto identity = [&](std::size_t k) { return k / n == k % n ? 1.0 : 0.0; };
  if (steps == endless) {
    for (std::size_t k = 0; k < n * n; ++k) power[k] = identity(k) - gamma * p[k], visits[k] = identity(k);
    rule(Solver::solve(power, visits, n), "transition", "and policy make a singular system");
    return visits;
  }
  const auto add_product = [&](const std::vector<double>& a, const std::vector<double>& b, std::vector<double> to) {
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < n; ++k)
        if (const double x = a[i * n + k]; x != 0)
          for (std::size_t j = 0; j < n; ++j) to[i * n + j] += x * b[k * n + j];
    return to;
  };
  const std::vector<double> zero(n * n);
  for (std::size_t k = 0; k < n * n; ++k) power[k] = gamma * p[k], sum[k] = identity(k);  // of 1 step
  for (index_t rest = steps; rest > 0; rest /= 2) {
    if (rest % 2 != 0) visits = add_product(power, visits, sum);
    if (rest > 1) sum = add_product(power, sum, sum), power = add_product(power, power, zero);
  }
  return visits;
}

/// By how much the policy's action earns more than another, over a number of steps: a row of it, linear in the rewards
/// of all pairs.
class advantage_map {
 public:
  /// `policy` holds an action of every state.
  template <class Solver = elimination>
  advantage_map(const call_rules& rule, const model& m, const index_t* policy, double gamma, index_t steps, Solver = {})
      : m_(&m), policy_(policy, policy + m.states), gamma_(gamma) {
    const std::vector<double> p = chain_of(m, one_hot(m, policy_).data());
    later_ = discounted_visits<Solver>(rule, p, m.states, gamma, steps == endless ? endless : steps - 1);
  }

  std::size_t own_pair(std::size_t state) const {
    return state * m_->actions + static_cast<std::size_t>(policy_[state]);
  }
  /// Q(s, policy(s)) - Q(s, a), as weights of all rewards.
  std::vector<double> row(std::size_t pair) const {
    std::vector<double> weights(m_->pairs());
    const std::size_t own = own_pair(pair / m_->actions);
    if (own == pair) return weights;
    weights[own] = 1, weights[pair] = -1;
    for (std::size_t t = 0; t < m_->states; ++t) {
      const double difference = gamma_ * (m_->next(own)[t] - m_->next(pair)[t]);
      if (difference == 0) continue;
      for (std::size_t u = 0; u < m_->states; ++u) weights[own_pair(u)] += difference * later_[t * m_->states + u];
    }
    // A programme scales its rows: what is rounding must not become a condition.
    for (double& w : weights)
      if (std::abs(w) < 1e-11) w = 0;
    return weights;
  }
  /// The same of all pairs, for one reward.
  std::vector<double> gaps(const double* reward) const {
    std::vector<double> value(m_->states), q(m_->pairs());
    for (std::size_t t = 0; t < m_->states; ++t)
      for (std::size_t u = 0; u < m_->states; ++u) value[t] += later_[t * m_->states + u] * reward[own_pair(u)];
    for (std::size_t sa = 0; sa < q.size(); ++sa) q[sa] = reward[sa] + gamma_ * mean_next(*m_, sa, value.data());
    std::vector<double> gap(q.size());
    for (std::size_t sa = 0; sa < q.size(); ++sa) gap[sa] = q[own_pair(sa / m_->actions)] - q[sa];
    return gap;
  }

 private:
  const model* m_;
  std::vector<index_t> policy_;
  double gamma_;
  std::vector<double> later_;  ///< visits from the next state on
};

/// A reward that is to be found, as a linear map of the variables of a programme: a variable for every pair, for every
/// state, or for every feature.
struct reward_variables {
  std::size_t pairs = 0, count = 0;
  std::vector<double> of_pair;  ///< [S*A,count]

  /// weights . reward as a row over the variables, `all` of them, of which these are the first.
  std::vector<double> row(const std::vector<double>& weights, std::size_t all) const {
    std::vector<double> r(all);
    for (std::size_t sa = 0; sa < pairs; ++sa)
      if (weights[sa] != 0)
        for (std::size_t v = 0; v < count; ++v) r[v] += weights[sa] * of_pair[sa * count + v];
    return r;
  }
  std::vector<double> reward(const std::vector<double>& x) const {
    std::vector<double> r(pairs);
    for (std::size_t sa = 0; sa < pairs; ++sa)
      for (std::size_t v = 0; v < count; ++v) r[sa] += of_pair[sa * count + v] * x[v];
    return r;
  }
};

/// Pairs of active states may be rewarded, all alike where `state_only`; or all is a mixture of features [S*A,F].
inline reward_variables variables_of(const model& m, const std::vector<char>& active, bool state_only,
                                     const view<const double>& features) {
  reward_variables r{m.pairs(), 0, {}};
  if (features) {
    r.count = static_cast<std::size_t>(features.size()) / m.pairs();
    r.of_pair.assign(features.begin(), features.end());
    return r;
  }
  std::vector<std::size_t> variable_of(m.pairs(), m.pairs());
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) {
    if (!active[sa / m.actions]) continue;
    variable_of[sa] = state_only && sa % m.actions > 0 ? variable_of[sa - 1] : r.count++;
  }
  r.of_pair.resize(m.pairs() * r.count);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa)
    if (variable_of[sa] < r.count) r.of_pair[sa * r.count + variable_of[sa]] = 1;
  return r;
}

/// Bounds of the reward, as bounds of its variables or, with features, as rows.
template <class Program>
void bound_reward(Program& program, const reward_variables& r, const model& m,
                         const std::vector<char>& active, bool state_only, bool features, double most) {
  for (std::size_t v = 0; v < r.count; ++v)
    program.bound(v, features ? -linear_program::infinity : -most, features ? linear_program::infinity : most);
  if (!features) return;
  std::vector<double> weights(r.pairs);
  for (std::size_t sa = 0; sa < r.pairs; ++sa) {
    const double bound = active[sa / m.actions] ? most : 0;
    weights[sa] = 1;
    program.row(r.row(weights, program.variables()), -bound, bound);
    if (state_only && sa % m.actions > 0) {
      weights[sa - 1] = -1;
      program.row(r.row(weights, program.variables()), 0, 0);
      weights[sa - 1] = 0;
    }
    weights[sa] = 0;
  }
}

/// What an optimal policy must keep: its action is better than every other by the gap, or not worse where that is
/// optimal.
template <class Program>
void keep_gaps(Program& program, const reward_variables& r, const advantage_map& endless_map,
                      const view<const flag_t>& optimal, const std::vector<double>& gap) {
  const std::size_t actions = r.pairs / gap.size();
  for (std::size_t sa = 0; sa < r.pairs; ++sa)
    program.row(r.row(endless_map.row(sa), program.variables()),
                optimal.data()[sa] != 0 ? 0 : gap[sa / actions], linear_program::infinity);
}

/// As the authors hand a solution out: eight decimals.
inline std::vector<double> rounded_reward(std::vector<double> reward) {
  for (double& x : reward) {
    x = std::round(x * 1e8) / 1e8;
    if (std::abs(x) < 1e-8) x = 0;
  }
  return reward;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
