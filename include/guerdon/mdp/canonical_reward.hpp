#pragma once
// Canonical forms of a reward R(s,a,s'): what is left of it when potentials, and for some forms the choice of s', are
// taken out. And norms of rewards. What distances between rewards are made of.

#include <guerdon/mdp/least_squares.hpp>
#include <guerdon/mdp/policies.hpp>

namespace guerdon {

enum class canonicalization { none, epic, dard, val, val_potential, minimal, minimal_potential };
constexpr auto enumerators(canonicalization) {
  return std::array{"none", "epic", "dard", "val", "val_potential", "minimal", "minimal_potential"};
}
enum class reward_norm_kind { l1, l2, linf, weighted_1, weighted_2, weighted_inf, none };
constexpr auto enumerators(reward_norm_kind) {
  return std::array{"1", "2", "inf", "weighted_1", "weighted_2", "weighted_inf", "none"};
}

/// The optional distributions that canonical forms average over; uniform where they are left out.
struct reference_distributions {
  view<const double> policy = {};       ///< [S,A] of val and val_potential
  view<const double> state_dist = {};   ///< [S] of epic
  view<const double> action_dist = {};  ///< [A] of epic and dard

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::optional_array("policy", &I::policy, "S,A", op::probabilities()),
                      op::optional_array("state_dist", &I::state_dist, "S", op::probabilities()),
                      op::optional_array("action_dist", &I::action_dist, "A", op::probabilities()));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// A checked process and, of the distributions, those given or uniform.
struct canonical_setting {
  model m;
  std::vector<double> policy, state_dist, action_dist;
  double gamma = 0;
  bool weighted = false;  ///< least squares weighted by P
};
inline canonical_setting checked_setting(const call_rules& rule, const finite_dynamics& p, double gamma,
                                         const reference_distributions& d = {}, bool weighted = false) {
  canonical_setting c{checked(rule, p, {}, d.policy), {}, {}, {}, gamma, weighted};
  rule(!d.state_dist || are_distributions(d.state_dist, p.states), "state_dist", "is no distribution");
  rule(!d.action_dist || are_distributions(d.action_dist, p.actions), "action_dist", "is no distribution");
  check_gamma_below_one(rule, gamma);
  const auto given_or_uniform = [](const view<const double>& x, std::size_t n, std::size_t width) {
    return x ? std::vector<double>(x.begin(), x.end()) : std::vector<double>(n, 1 / static_cast<double>(width));
  };
  c.policy = given_or_uniform(d.policy, c.m.pairs(), c.m.actions);
  c.state_dist = given_or_uniform(d.state_dist, c.m.states, c.m.states);
  c.action_dist = given_or_uniform(d.action_dist, c.m.actions, c.m.actions);
  return c;
}

/// R(s,a,s') + gamma potential(s') - potential(s), less what `rest(s, s')` says.
template <class Rest>
std::vector<double> shaped(const model& m, const double* reward, const std::vector<double>& potential, double gamma,
                           const Rest& rest) {
  std::vector<double> r(m.pairs() * m.states);
  for (std::size_t k = 0; k < r.size(); ++k) {
    const std::size_t s = k / m.states / m.actions, t = k % m.states;
    r[k] = reward[k] + gamma * potential[t] - potential[s] - rest(s, t);
  }
  return r;
}
inline std::vector<double> shaped(const model& m, const double* reward, const std::vector<double>& potential,
                                  double gamma) {
  return shaped(m, reward, potential, gamma, [](std::size_t, std::size_t) { return 0.0; });
}

/// One number of (s,a), times scale(s,a,s').
template <class Scale>
std::vector<double> spread_over_successors(const model& m, const std::vector<double>& x, const Scale& scale) {
  std::vector<double> r(m.pairs() * m.states);
  for (std::size_t k = 0; k < r.size(); ++k) r[k] = x[k / m.states] * scale(k);
  return r;
}

inline std::vector<double> canonical_epic(const canonical_setting& c, const double* reward) {
  const model& m = c.m;
  std::vector<double> potential(m.states);
  for (std::size_t k = 0; k < m.pairs() * m.states; ++k)
    potential[k / m.states / m.actions] +=
        c.action_dist[k / m.states % m.actions] * c.state_dist[k % m.states] * reward[k];
  const double mean = std::inner_product(potential.begin(), potential.end(), c.state_dist.begin(), 0.0);
  return shaped(m, reward, potential, c.gamma, [&](std::size_t, std::size_t) { return c.gamma * mean; });
}

inline std::vector<double> canonical_dard(const canonical_setting& c, const double* reward) {
  const model& m = c.m;
  const std::size_t n = m.states;
  std::vector<double> potential(n), both(n * n), after(n * n);
  for (std::size_t a = 0; a < m.actions; ++a) {
    // after(u, t) = sum_v P(v|t,a) R(u,a,v), then both(s, t) += D(a) sum_u P(u|s,a) after(u, t).
    for (std::size_t u = 0; u < n; ++u)
      for (std::size_t t = 0; t < n; ++t)
        after[u * n + t] = mean_next(m, t * m.actions + a, reward + (u * m.actions + a) * n);
    for (std::size_t s = 0; s < n; ++s) {
      potential[s] += c.action_dist[a] * after[s * n + s];
      for (std::size_t u = 0; u < n; ++u)
        for (std::size_t t = 0; t < n; ++t)
          both[s * n + t] += c.action_dist[a] * m.next(s * m.actions + a)[u] * after[u * n + t];
    }
  }
  return shaped(m, reward, potential, c.gamma, [&](std::size_t s, std::size_t t) { return c.gamma * both[s * n + t]; });
}

/// c.m with the mean of this reward.
inline model with_reward(const canonical_setting& c, const double* reward) {
  model m = c.m;
  m.reward.resize(m.pairs());
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) m.reward[sa] = mean_next(m, sa, reward + sa * m.states);
  return m;
}

template <class Solver = elimination>
std::vector<double> canonical_val(const call_rules& rule, const canonical_setting& c, const double* reward) {
  const model m = with_reward(c, reward);
  const std::vector<double> value = policy_value<Solver>(rule, m, c.policy.data(), c.gamma);
  std::vector<double> advantage = action_values(m, value, c.gamma);
  for (std::size_t sa = 0; sa < advantage.size(); ++sa) advantage[sa] -= value[sa / m.actions];
  return spread_over_successors(m, advantage, [](std::size_t) { return 1.0; });
}

template <class Solver = elimination>
std::vector<double> canonical_val_potential(const call_rules& rule, const canonical_setting& c,
                                            const double* reward) {
  const model m = with_reward(c, reward);
  return shaped(m, reward, policy_value<Solver>(rule, m, c.policy.data(), c.gamma), c.gamma);
}

/// The shortest of all rewards that differ from this one by a potential and by what s' it is paid for.
inline std::vector<double> canonical_minimal(const canonical_setting& c, const double* reward) {
  const model m = with_reward(c, reward);
  const std::size_t n = m.states;
  // The mean R(s,a) + gamma P Phi - Phi, divided by the length that a mean of 1 needs.
  std::vector<double> square(m.pairs(), 1.0), rows, right;
  for (std::size_t sa = 0; sa < m.pairs(); ++sa) {
    if (!c.weighted) square[sa] = std::inner_product(m.next(sa), m.next(sa) + n, m.next(sa), 0.0);
    const double scale = 1 / std::sqrt(square[sa]);
    for (std::size_t t = 0; t < n; ++t)
      rows.push_back(scale * ((t == sa / m.actions ? 1 : 0) - c.gamma * m.next(sa)[t]));
    right.push_back(scale * m.reward[sa]);
  }
  const std::vector<double> potential = least_squares_in_place(rows, right, n);
  std::vector<double> mean = action_values(m, potential, c.gamma);
  for (std::size_t sa = 0; sa < mean.size(); ++sa) mean[sa] -= potential[sa / m.actions];
  return spread_over_successors(m, mean, [&](std::size_t k) {
    return c.weighted ? 1 : m.transition[k] / square[k / n];
  });
}

/// The shortest of all rewards that differ from this one by a potential. All actions of one (s,s') ask for the same
/// number gamma Phi(s') - Phi(s): their mean stands for them.
inline std::vector<double> canonical_minimal_potential(const canonical_setting& c, const double* reward) {
  const model& m = c.m;
  const std::size_t n = m.states;
  std::vector<double> rows, right;
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t t = 0; t < n; ++t) {
      double weight = 0, sum = 0;
      for (std::size_t a = 0; a < m.actions; ++a) {
        const std::size_t k = (s * m.actions + a) * n + t;
        const double w = c.weighted ? m.transition[k] : 1;
        weight += w, sum += w * reward[k];
      }
      if (!(weight > 0)) continue;
      const double scale = std::sqrt(weight);
      for (std::size_t u = 0; u < n; ++u) rows.push_back(scale * ((u == s ? 1 : 0) - (u == t ? c.gamma : 0)));
      right.push_back(sum / scale);
    }
  return shaped(m, reward, least_squares_in_place(rows, right, n), c.gamma);
}

template <class Solver = elimination>
std::vector<double> canonical_reward(const call_rules& rule, canonicalization kind,
                                     const canonical_setting& c, const view<const double>& reward) {
  switch (kind) {
    case canonicalization::epic: return canonical_epic(c, reward.data());
    case canonicalization::dard: return canonical_dard(c, reward.data());
    case canonicalization::val: return canonical_val<Solver>(rule, c, reward.data());
    case canonicalization::val_potential: return canonical_val_potential<Solver>(rule, c, reward.data());
    case canonicalization::minimal: return canonical_minimal(c, reward.data());
    case canonicalization::minimal_potential: return canonical_minimal_potential(c, reward.data());
    case canonicalization::none: break;
  }
  return {reward.begin(), reward.end()};
}

/// A norm; `p` are the probabilities that weighted ones need. Sums of squares are taken of what is divided by the
/// largest.
inline double norm_of(std::span<const double> reward, const double* p, reward_norm_kind kind) {
  double sum = 0;
  const auto add_up = [&](const auto& term) {
    for (std::size_t k = 0; k < reward.size(); ++k) sum += term(k, std::abs(reward[k]));
    return sum;
  };
  const double most = largest(reward);
  switch (kind) {
    case reward_norm_kind::l1: return add_up([](std::size_t, double x) { return x; });
    case reward_norm_kind::weighted_1: return add_up([&](std::size_t k, double x) { return p[k] * x; });
    case reward_norm_kind::l2:
    case reward_norm_kind::weighted_2: {
      if (!(most > 0)) return 0;
      const bool weighted = kind == reward_norm_kind::weighted_2;
      return most * std::sqrt(add_up([&](std::size_t k, double x) {
               return (weighted ? p[k] : 1) * (x / most) * (x / most);
             }));
    }
    case reward_norm_kind::linf: return most;
    case reward_norm_kind::weighted_inf:
      for (std::size_t k = 0; k < reward.size(); ++k) sum = std::max(sum, p[k] * std::abs(reward[k]));
      return sum;
    case reward_norm_kind::none: break;
  }
  return 1;
}

/// The canonical form at unit length; exactly 0 where next to nothing is left of the reward.
template <class Solver = elimination>
std::vector<double> standardized(const call_rules& rule, canonicalization kind, const canonical_setting& c,
                                 const view<const double>& reward, reward_norm_kind norm, double zero_tol) {
  std::vector<double> r = canonical_reward<Solver>(rule, kind, c, reward);
  const double length = norm_of(r, c.m.transition, norm),
               before = norm_of({reward.data(), r.size()}, c.m.transition, norm);
  const bool nothing = length <= zero_tol * before;
  for (double& x : r) x = nothing ? 0 : x / length;
  return r;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
