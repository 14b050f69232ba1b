#pragma once
// For every edge of the order of formalisms, an objective that the upper one states and the lower one does not, on the
// smallest process that has one: fewest states, then actions, then policies. What is computed here, the operations
// compute. docs/derive/formalisms.cpp makes the table of docs/guides/reward-design.md of it.

#include <guerdon/mdp/expressible_as_expectation.hpp>
#include <guerdon/mdp/is_total_preorder.hpp>
#include <guerdon/mdp/lexicographic_order.hpp>
#include <guerdon/mdp/ltl_objective.hpp>
#include <guerdon/mdp/mdp_average_reward.hpp>
#include <guerdon/mdp/mdp_discounted_return.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/occupancy_objective.hpp>
#include <guerdon/mdp/outer_nonlinear_objective.hpp>
#include <guerdon/mdp/policy_function_objective.hpp>
#include <guerdon/mdp/regularized_objective.hpp>
#include <guerdon/mdp/reward_machine_objective.hpp>
#include <guerdon/mdp/trajectory_function_objective.hpp>
#include <guerdon/mdp/trajectory_lottery.hpp>

#include <cmath>
#include <functional>
#include <string>

namespace guerdon::counterexamples {

using numbers = std::vector<double>;

inline constexpr double gamma = 0.9;

struct counterexample {
  std::vector<std::pair<const char*, const char*>> edges;  ///< upper and lower, by names
  const char* by;  ///< the formalism that states it, no higher than the upper ones
  index_t states, actions;
  const char* asks;                   ///< what the objective asks for
  std::vector<std::string> policies;  ///< the chance of action 0, or the action, in each state
  numbers values;                     ///< of the policies, by the operation
  const char* why;                    ///< the lower one does not say it
  bool refuted;                       ///< what of it can be computed holds
};

struct process {
  numbers transition, initial;
  index_t states, actions;

  finite_dynamics dynamics() const { return {transition, states, actions}; }
  finite_mdp with(const numbers& reward) const {
    return {.transition = transition, .reward = reward, .transition_reward = {}, .states = states, .actions = actions};
  }
  numbers occupancy(const numbers& policy) const {
    return mdp_occupancy({dynamics(), policy, initial}, {.gamma = gamma}).state_action_occupancy;
  }
  double discounted(const numbers& reward, const numbers& policy) const {
    return mdp_discounted_return({with(reward), policy, initial}, {.gamma = gamma}).expected_return;
  }
  /// How often each action is taken in the long run.
  numbers long_run(const numbers& policy) const {
    numbers often;
    for (std::size_t sa = 0; sa < policy.size(); ++sa) {
      numbers taken(policy.size());
      taken[sa] = 1;
      often.push_back(mdp_average_reward({with(taken), policy, initial}).average_reward);
    }
    return often;
  }
};

/// Whether some linear function of the features orders the policies as the values do.
inline bool linear(const std::vector<numbers>& features, const numbers& values) {
  numbers flat;
  for (const numbers& f : features) flat.insert(flat.end(), f.begin(), f.end());
  std::vector<index_t> order;
  for (const double a : values)
    for (const double b : values) order.push_back(a > b + 1e-9 ? 1 : a < b - 1e-9 ? -1 : 0);
  return expressible_as_expectation({flat, order, static_cast<index_t>(values.size())}).expressible;
}
inline std::vector<numbers> each(const std::vector<numbers>& policies,
                                 const std::function<numbers(const numbers&)>& f) {
  std::vector<numbers> all;
  for (const numbers& p : policies) all.push_back(f(p));
  return all;
}
inline numbers values_of(const std::vector<numbers>& policies, const std::function<double(const numbers&)>& f) {
  numbers all;
  for (const numbers& p : policies) all.push_back(f(p));
  return all;
}

/// One state, whose actions change nothing.
inline process lone_state(index_t actions) {
  return {numbers(static_cast<std::size_t>(actions), 1.0), {1}, 1, actions};
}
/// The first state leads to the second, which is never left, whatever is done.
inline process two_states() { return {{0, 1, 0, 1, 0, 1, 0, 1}, {1, 0}, 2, 2}; }

/// What a machine pays for the same action twice at the beginning; letters are actions.
inline double same_action_twice(const process& w, const numbers& policy) {
  std::vector<index_t> label(w.transition.size());
  for (std::size_t k = 0; k < label.size(); ++k)
    label[k] = static_cast<index_t>(k) / w.states % w.actions;
  const std::vector<index_t> next{1, 2, -1, -1, -1, -1};
  const numbers paid{0, 0, 1, 0, 0, 1};
  return reward_machine_objective({.process = {w.transition, label, policy, w.initial, w.states, w.actions},
                                   .machine_next = next, .machine_reward = paid, .memory = 3, .letters = 2},
                                  {.gamma = gamma}).objective;
}

/// The chance that a property holds of the actions of a lone state, by an automaton whose state `accepting` says so for
/// ever.
inline double chance(const process& w, const numbers& policy, const std::vector<index_t>& automaton,
                     const std::vector<flag_t>& accepting) {
  const std::vector<index_t> label{0, 1};
  const std::vector<flag_t> finite(accepting.size());
  return ltl_objective({.process = {w.transition, label, policy, w.initial, w.states, w.actions},
                        .automaton = automaton,
                        .rabin_finite = finite,
                        .rabin_infinite = accepting,
                        .memory = static_cast<index_t>(accepting.size()),
                        .letters = 2})
      .probability;
}

/// The chance of one of the 16 properties of the first two actions, which the automaton remembers.
inline double chance_of_two(const process& w, const numbers& policy, int property) {
  std::vector<index_t> automaton{1, 2, 3, 4, 5, 6};
  std::vector<flag_t> accepting(7);
  for (index_t q = 3; q < 7; ++q) {
    automaton.insert(automaton.end(), 2, q);
    accepting[static_cast<std::size_t>(q)] = (property >> (q - 3) & 1) != 0;
  }
  return chance(w, policy, automaton, accepting);
}

inline std::vector<counterexample> all() {
  std::vector<counterexample> found;
  const process coin = lone_state(2);
  const std::vector<numbers> three{{1, 0}, {0.5, 0.5}, {0, 1}};
  const std::vector<std::string> their_names{"1", "1/2", "0"};
  const auto visits = [&](const numbers& p) { return coin.occupancy(p); };

  {
    const numbers nothing(2);
    const numbers v = values_of(three, [&](const numbers& p) {
      return regularized_objective({coin.with(nothing), p, coin.initial}, {.gamma = gamma, .alpha = 1}).objective;
    });
    found.push_back({{{"RRL", "MR"}}, "RRL", 1, 2, "entropy alone", their_names, v,
                     "a return is linear in how often each action is taken: no half is better than both ends",
                     v[1] > v[0] && v[1] > v[2] && !linear(each(three, visits), v)});
  }
  {
    const numbers pays{1 - gamma, 0};  // J is the chance of action 0
    const numbers v = values_of(three, [&](const numbers& p) {
      return outer_nonlinear_objective({coin.with(pays), p, coin.initial},
                                       {.gamma = gamma, .function = scalar_function::negative_square_distance,
                                        .parameter = 0.5}).objective;
    });
    found.push_back({{{"ONMR", "MR"}}, "ONMR", 1, 2, "a return near 1/2", their_names, v,
                     "as above", v[1] > v[0] && v[1] > v[2] && !linear(each(three, visits), v)});
  }
  {
    const numbers v = values_of(three, [&](const numbers& p) { return same_action_twice(coin, p); });
    found.push_back(
        {{{"RM", "MR"}, {"FTR", "LAR"}},
         "RM",
         1,
         2,
         "the same action in the first two steps",
         their_names,
         v,
         "returns and long-run averages are linear in how often each action is taken: no half is worse than "
         "both ends",
         v[1] < v[0] && v[1] < v[2] && !linear(each(three, visits), v) &&
             !linear(each(three, [&](const numbers& p) { return coin.long_run(p); }), v)});
  }
  {
    const std::vector<numbers> few{{0, 1}, {1e-6, 1 - 1e-6}, {1, 0}};
    const std::vector<index_t> automaton{1, 0, 1, 1};  // action 0 has been taken, or not
    const numbers v = values_of(few, [&](const numbers& p) { return chance(coin, p, automaton, {0, 1}); });
    // The value of a machine moves as little as the policy does; one that pays 1 at the first action 0 is an example.
    const std::vector<index_t> label{0, 1}, next{-1, 0};
    const numbers paid{1, 0}, machine = values_of(few, [&](const numbers& p) {
      return reward_machine_objective({.process = {coin.transition, label, p, coin.initial, 1, 2}, .machine_next = next,
                                       .machine_reward = paid, .memory = 1, .letters = 2}, {.gamma = gamma}).objective;
    });
    found.push_back(
        {{{"FTR", "RM"}},
         "LTL",
         1,
         2,
         "action 0 at some time",
         {"0", "0.000001", "1"},
         v,
         "discounted values of finite machines are continuous in the policy: what is equal for all but 0 is "
         "equal for 0",
         v[0] == 0 && std::abs(v[1] - 1) < 1e-9 && std::abs(v[2] - 1) < 1e-9 && machine[1] - machine[0] < 1e-4});
  }
  {
    const numbers paid{2, 0, 0, 1};  // for 00, 01, 10, 11
    const numbers v = values_of(three, [&](const numbers& p) {
      const auto lottery = trajectory_lottery({coin.dynamics(), p, coin.initial}, {.limits = {.horizon = 2}});
      numbers value;
      for (std::size_t k = 0; k < lottery.trajectories.size(); k += 5)  // s a s a s
        value.push_back(paid[static_cast<std::size_t>(2 * lottery.trajectories[k + 1] + lottery.trajectories[k + 3])]);
      return trajectory_function_objective({lottery.probability, value}).objective;
    });
    bool said = false;
    for (int property = 0; property < 16; ++property) {
      const numbers c = values_of(three, [&](const numbers& p) { return chance_of_two(coin, p, property); });
      said = said || (c[0] > c[2] + 1e-9 && c[2] > c[1] + 1e-9);
    }
    found.push_back({{{"FTR", "LTL"}}, "FTR", 1, 2, "2 for 0 twice, 1 for 1 twice, at the beginning", their_names, v,
                     "who never draws has one trajectory, of which a property holds or not: of the ends one would have "
                     "chance 1, the other 0, and nothing is below",
                     v[0] > v[2] && v[2] > v[1] && !said});
  }
  {
    const process w = lone_state(3);
    const numbers third(3, 1.0 / 3);
    const auto near = [&](const numbers& p) {
      return occupancy_objective({w.dynamics(), p, w.initial, third},
                                 {.gamma = gamma, .function = occupancy_function::negative_l2}).objective;
    };
    bool tied = true;
    for (int k = 0; k < 180; ++k) {  // every reward, up to its mean and scale, by what it weighs
      const double pi = 3.14159265358979, x = std::cos(k * pi / 180), y = std::sin(k * pi / 180), root = std::sqrt(3);
      const numbers reward{x, -x / 2 + root / 2 * y, -x / 2 - root / 2 * y},
          step{-y, y / 2 + root / 2 * x, y / 2 - root / 2 * x};
      numbers there(3), back(3);
      for (std::size_t a = 0; a < 3; ++a) there[a] = third[a] + 0.2 * step[a], back[a] = third[a] - 0.2 * step[a];
      const double here = w.discounted(reward, third);
      tied = tied && std::abs(w.discounted(reward, there) - here) < 1e-9 &&
             std::abs(w.discounted(reward, back) - here) < 1e-9 && near(there) < -0.1 && near(back) < -0.1;
    }
    found.push_back({{{"FOMR", "ONMR"}}, "FOMR", 1, 3, "all actions alike", {"1/3 1/3 1/3", "1/2 1/2 0", "1 0 0"},
                     {near(third), near({0.5, 0.5, 0}), near({1, 0, 0})},
                     "through every policy leads a line on which a return does not change, and with it no function of "
                     "it; with two actions there is no such line",
                     tied && near(third) > near({0.5, 0.5, 0})});
  }
  {
    const process w = two_states();
    const std::vector<numbers> four{{1, 0, 1, 0}, {1, 0, 0, 1}, {0, 1, 1, 0}, {0, 1, 0, 1}};
    const numbers v = values_of(four, [&](const numbers& p) { return same_action_twice(w, p); });
    found.push_back(
        {{{"FOMR", "RRL"}},
         "RM",
         2,
         2,
         "the same action in the first two steps",
         {"00", "01", "10", "11"},
         v,
         "of who never draws, a regulariser takes so much for each action, as a reward would: 00 and 11 sum "
         "to what 01 and 10 do; in one state a regulariser may be any function of the policy",
         v[0] > v[1] && v[3] > v[2] && !linear(each(four, [&](const numbers& p) { return w.occupancy(p); }), v)});
  }
  {
    const process w = two_states();
    const std::vector<numbers> policies{{1, 0, 1, 0}, {0.5, 0.5, 1, 0}, {0, 1, 1, 0}};
    numbers target = w.occupancy(policies[1]);
    for (double& x : target) x *= 1 - gamma;
    const numbers v = values_of(policies, [&](const numbers& p) {
      return occupancy_objective({w.dynamics(), p, w.initial, target},
                                 {.gamma = gamma, .function = occupancy_function::negative_l2}).objective;
    });
    const auto chances = [&](const numbers& p) {  // of all trajectories: they differ in the first action
      const auto lottery = trajectory_lottery({w.dynamics(), p, w.initial}, {.limits = {.horizon = 3}});
      numbers chance(2);
      for (std::size_t k = 0; k < lottery.probability.size(); ++k)
        chance[static_cast<std::size_t>(lottery.trajectories[7 * k + 1])] += lottery.probability[k];
      return chance;
    };
    found.push_back({{{"FOMR", "FTR"}}, "FOMR", 2, 2, "as often the one as the other", {"1 1", "1/2 1", "0 1"}, v,
                     "an expectation is linear in the chance of each of the two trajectories; where a policy draws for "
                     "ever, as in one state, a trajectory shows what the policy is",
                     v[1] > v[0] && v[1] > v[2] && !linear(each(policies, chances), v)});
  }
  {
    const process never{{1, 0, 1, 0, 1, 0, 0, 1}, {1, 0}, 2, 2};  // the second state is not entered
    const numbers first{1, 0, 1, 0}, second{1, 0, 0, 1};
    const auto like_first = [&](const numbers& p) { return policy_function_objective({p, first, 2, 2}).objective; };
    found.push_back({{{"FPR", "FOMR"}, {"PO", "OMO"}}, "FPR", 2, 2, "to be this policy, also where it never comes",
                     {"1 1", "1 0"}, {like_first(first), like_first(second)},
                     "the visits are the same, and all that follows from them",
                     never.occupancy(first) == never.occupancy(second) && like_first(first) > like_first(second)});
  }
  {
    // (|p - 1/2|, p) in lexicographic order. What can be run: it is an order, and every pair p, 1 - p a jump.
    numbers keys, rank;
    constexpr index_t n = 11;
    for (index_t k = 0; k < n; ++k) {
      const double p = static_cast<double>(k) / (n - 1);
      keys.push_back(std::abs(p - 0.5)), keys.push_back(p);
    }
    const auto order = lexicographic_order({keys, n}).order;
    for (index_t i = 0; i < n; ++i) {
      double below = 0;
      for (index_t j = 0; j < n; ++j) below += order[static_cast<std::size_t>(i * n + j)] == 1;
      rank.push_back(below);
    }
    bool jumps = true;
    for (std::size_t k = 6; k < 11; ++k) jumps = jumps && rank[k] == rank[10 - k] + 1;
    found.push_back({{{"OMO", "FOMR"}, {"PO", "FPR"}},
                     "GOMORL",
                     1,
                     2,
                     "to be decided; of two that are as much so, the one for 0",
                     {"1", "0", "3/5", "2/5", "1/2"},
                     {rank[10], rank[0], rank[6], rank[4], rank[5]},
                     "every pair p, 1 - p would need an interval of numbers for itself: there are more pairs than "
                     "rationals to put there. In place of values, ranks among the policies 0, 1/10, ... 1",
                     is_total_preorder({order, n}).is_total_preorder && jumps});
  }
  return found;
}

}  // namespace guerdon::counterexamples
