#pragma once
// All trajectories of a policy over a horizon, one by one in lexicographic order.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

/// Over how many steps, and how many trajectories are too many.
struct lottery_limits {
  index_t horizon = required;            ///< T >= 0 steps
  index_t max_trajectories = 1'000'000;  ///< more are refused

  static constexpr auto parameters() {
    return std::tuple(op::option("horizon", &lottery_limits::horizon, op::counts(2)),
                      op::option("max_trajectories", &lottery_limits::max_trajectories,
                                 op::counts(1'000'000).drawn(100'000, 1'000'000)));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// found(pairs, states, probability) of every trajectory that is possible: the s*A+a of its T steps, its T+1 states.
template <class Found>
void for_trajectories(const call_rules& rule, const model& m, const view<const double>& policy,
                      const view<const double>& initial, const lottery_limits& limits, const Found& found) {
  rule(fits(limits.horizon, 1), "horizon", "is more than 2^27");
  const auto horizon = static_cast<std::size_t>(limits.horizon);
  const std::size_t choices = m.actions * m.states;  // of one state: an action and a successor
  std::vector<std::size_t> choice(horizon), pairs(horizon), states(horizon + 1);
  std::vector<double> probability(horizon + 1);
  index_t count = 0;
  for (std::size_t first = 0; first < m.states; ++first) {
    if (!(initial.data()[first] > 0)) continue;
    states[0] = first, probability[0] = initial.data()[first];
    std::size_t t = 0;
    if (horizon > 0) choice[0] = 0;
    for (bool open = true; open;) {
      if (t == horizon) {
        rule(++count <= limits.max_trajectories, "max_trajectories", "are not enough: there are more of them");
        found(pairs, states, probability[t]);
        if (t == 0) break;
        --t;
        continue;
      }
      if (choice[t] == choices) {
        open = t > 0;
        if (open) --t;
        continue;
      }
      const std::size_t a = choice[t] / m.states, next = choice[t] % m.states, pair = states[t] * m.actions + a;
      ++choice[t];
      const double p = policy.data()[pair] * m.next(pair)[next];
      if (!(p > 0)) continue;
      pairs[t] = pair, states[t + 1] = next, probability[t + 1] = probability[t] * p;
      if (++t < horizon) choice[t] = 0;
    }
  }
}

/// The discounted return of a trajectory, by a reward [S,A] or [S,A,S].
inline double return_of(const model& m, const std::vector<std::size_t>& pairs, const std::vector<std::size_t>& states,
                        const view<const double>& reward, const view<const double>& wide, double gamma) {
  double sum = 0;
  for (std::size_t t = pairs.size(); t-- > 0;)
    sum = (reward ? reward.data()[pairs[t]] : wide.data()[pairs[t] * m.states + states[t + 1]]) + gamma * sum;
  return sum;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
