// The order of the seventeen formalisms: for every edge of it, an objective that the upper one states and the lower one
// does not, as small as there is one. docs/guides/reward-design.md tells them.
#include <guerdon/mdp/expressible_as_expectation.hpp>
#include <guerdon/mdp/expressivity_matrix.hpp>
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
#include <guerdon/mdp/trajectory_lottery.hpp>

#include <doctest/doctest.h>

#include <set>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr double gamma_ = 0.9;

struct process {
  numbers transition, initial;
  index_t states, actions;

  finite_dynamics dynamics() const { return {transition, states, actions}; }
  finite_mdp with(const numbers& reward) const {
    return {.transition = transition, .reward = reward, .transition_reward = {}, .states = states, .actions = actions};
  }
  numbers occupancy(const numbers& policy) const {
    return mdp_occupancy({dynamics(), policy, initial}, {.gamma = gamma_}).state_action_occupancy;
  }
  /// Whether some reward orders these policies as their values do.
  bool reward_says(const std::vector<numbers>& policies, const numbers& value) const {
    numbers features;
    for (const numbers& p : policies)
      for (const double x : occupancy(p)) features.push_back(x);
    return says(features, value);
  }
  static bool says(const numbers& features, const numbers& value) {
    std::vector<index_t> order;
    for (const double a : value)
      for (const double b : value) order.push_back(a > b + 1e-9 ? 1 : a < b - 1e-9 ? -1 : 0);
    return expressible_as_expectation({features, order, static_cast<index_t>(value.size())}).expressible;
  }
};

/// One choice between two ends: left and right.
const process choice{{0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1}, {1, 0, 0}, 3, 2};
numbers chooses(double p) { return {p, 1 - p, 1, 0, 1, 0}; }
const std::vector<numbers> three{chooses(0), chooses(0.5), chooses(1)};

/// s0, then s1, then the end, whatever is done.
const process two_steps{{0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1}, {1, 0, 0}, 3, 2};
numbers acts(double p, double q) { return {p, 1 - p, q, 1 - q, 1, 0}; }
/// The machine that pays for the same action twice: letters are actions.
double same_action_twice(const numbers& policy) {
  std::vector<index_t> label(18);
  for (std::size_t k = 0; k < label.size(); ++k) label[k] = static_cast<index_t>(k / 3 % 2);
  const std::vector<index_t> next{1, 2, -1, -1, -1, -1};
  const numbers paid{0, 0, 1, 0, 0, 1};
  return reward_machine_objective({.process = {two_steps.transition, label, policy, two_steps.initial, 3, 2},
                                   .machine_next = next, .machine_reward = paid, .memory = 3, .letters = 2},
                                  {.gamma = gamma_}).objective;
}

/// The start, which one may leave for the goal.
const process reach{{1, 0, 0, 1, 0, 1, 0, 1}, {1, 0}, 2, 2};
numbers leaves(double p) { return {1 - p, p, 1, 0}; }
double reaches(const numbers& policy) {
  const std::vector<index_t> label{0, 0, 0, 1, 0, 1, 0, 1}, automaton{0, 1, 1, 1};
  const std::vector<flag_t> finite{0, 0}, infinite{0, 1};
  return ltl_objective({.process = {reach.transition, label, policy, reach.initial, 2, 2}, .automaton = automaton,
                        .rabin_finite = finite, .rabin_infinite = infinite, .memory = 2, .letters = 2}).probability;
}

std::set<std::pair<std::size_t, std::size_t>> shown;  // by classes
void on(std::string_view upper, std::string_view lower) {
  const auto class_of = [](std::string_view name) {
    const auto at = std::find(mdp::formalisms.begin(), mdp::formalisms.end(), name);
    return mdp::formalism_class[static_cast<std::size_t>(at - mdp::formalisms.begin())];
  };
  shown.insert({class_of(upper), class_of(lower)});
}

TEST_CASE("every edge of the order of formalisms has its counterexample") {
  shown.clear();
  {  // A reward is linear in how often each action is taken: the half is never better than both ends.
    numbers entropy, near_half;
    for (const numbers& p : three) {
      const numbers nothing(6), left{1, 0, 0, 0, 0, 0};
      entropy.push_back(regularized_objective({choice.with(nothing), p, choice.initial}, {.gamma = gamma_, .alpha = 1}).objective);
      near_half.push_back(outer_nonlinear_objective({choice.with(left), p, choice.initial},
                                                    {.gamma = gamma_, .function = scalar_function::negative_square_distance,
                                                     .parameter = 0.5}).objective);
    }
    CHECK(entropy[1] > entropy[0]);
    CHECK_FALSE(choice.reward_says(three, entropy));
    CHECK(near_half == numbers{-0.25, 0, -0.25});
    CHECK_FALSE(choice.reward_says(three, near_half));
    on("RRL", "MR"), on("ONMR", "MR");
  }
  {  // The four deterministic policies: a reward adds what each step is worth, so that 00 + 11 = 01 + 10.
    const std::vector<numbers> four{acts(1, 1), acts(1, 0), acts(0, 1), acts(0, 0)};
    numbers same;
    for (const numbers& p : four) same.push_back(same_action_twice(p));
    CHECK(same == numbers{gamma_, 0, 0, gamma_});
    CHECK_FALSE(two_steps.reward_says(four, same));
    on("RM", "MR");
    // What a regulariser takes of a deterministic policy is a reward of its action: the same sums.
    on("FOMR", "RRL");
  }
  {  // A function of one return is constant wherever that return is: on lines in (p, q). The machine's value, p q +
     // (1 - p) (1 - q), is constant on no line through (1/4, 1/4).
    const auto return_of = [&](const numbers& reward, const numbers& policy) {
      return mdp_discounted_return({two_steps.with(reward), policy, two_steps.initial}, {.gamma = gamma_}).expected_return;
    };
    for (int k = 0; k < 180; ++k) {
      const double x = std::cos(k * 3.14159265358979 / 180), y = std::sin(k * 3.14159265358979 / 180);
      const numbers reward{-y, 0, x / gamma_, 0, 0, 0};  // whose return is constant along (x, y)
      numbers returns, values;
      for (const double t : {-0.2, 0.0, 0.2}) {
        const numbers policy = acts(0.25 + t * x, 0.25 + t * y);
        returns.push_back(return_of(reward, policy)), values.push_back(same_action_twice(policy));
      }
      REQUIRE(returns[0] == doctest::Approx(returns[1]));
      REQUIRE(returns[2] == doctest::Approx(returns[1]));
      REQUIRE(std::max(std::abs(values[0] - values[1]), std::abs(values[2] - values[1])) > 0.01);
    }
    on("FOMR", "ONMR");
  }
  {  // To get there at some time: all that may leave are alike, and better than who stays. Discounted values of finite
     // machines are continuous in the policy, and cannot tell 0 from next to nothing.
    CHECK(reaches(leaves(1)) == doctest::Approx(1));
    CHECK(reaches(leaves(1e-6)) == doctest::Approx(1));
    CHECK(reaches(leaves(0)) == doctest::Approx(0));
    const std::vector<index_t> label{0, 0, 0, 1, 0, 1, 0, 1};
    for (const double r : {-1.0, 0.5, 3.0}) {
      const std::vector<index_t> next{0, 1, 1, 1};
      const numbers paid{-r, r, 0, 0.1};
      const auto machine = [&](double p) {
        return reward_machine_objective({.process = {reach.transition, label, leaves(p), reach.initial, 2, 2},
                                         .machine_next = next, .machine_reward = paid, .memory = 2, .letters = 2},
                                        {.gamma = gamma_}).objective;
      };
      CHECK(std::abs(machine(1e-6) - machine(0)) < 1e-3);
    }
    on("FTR", "RM");
  }
  {  // Three sure outcomes: a property holds of each or not, so that it has two values for three ranks.
    const process outcomes{{0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1,  // s0 by three actions
                            0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                            0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, {1, 0, 0, 0}, 4, 3};
    std::vector<index_t> label(48);
    for (std::size_t k = 0; k < label.size(); ++k) label[k] = static_cast<index_t>(k % 4);
    std::vector<numbers> policies;
    for (std::size_t a = 0; a < 3; ++a) {
      numbers p(12);
      for (std::size_t s = 0; s < 4; ++s) p[s * 3 + (s == 0 ? a : 0)] = 1;
      policies.push_back(p);
    }
    // The automaton remembers the outcome; which ones are accepted is any subset.
    const std::vector<index_t> automaton{0, 1, 2, 3, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    for (int accepted = 0; accepted < 8; ++accepted) {
      std::vector<flag_t> finite(4), infinite(4);
      for (int q = 1; q < 4; ++q) infinite[static_cast<std::size_t>(q)] = (accepted >> (q - 1) & 1) != 0;
      std::set<double> ranks;
      for (const numbers& p : policies)
        ranks.insert(ltl_objective({.process = {outcomes.transition, label, p, outcomes.initial, 4, 3},
                                    .automaton = automaton, .rabin_finite = finite, .rabin_infinite = infinite, .memory = 4,
                                    .letters = 4}).probability);
      CHECK(ranks.size() <= 2);
    }
    CHECK(outcomes.reward_says(policies, {0, 1, 2}));
    on("FTR", "LTL");
  }
  {  // What is paid on the way to the same end is nothing in the long run.
    for (const double r : {-2.0, 1.0, 5.0}) {
      const process same_end{{0, 1, 0, 1, 0, 1, 0, 1}, {1, 0}, 2, 2};
      const numbers reward{r, 0, 0.3, 0.3};
      const numbers first{1, 0, 1, 0}, second{0, 1, 1, 0};
      const auto long_run = [&](const numbers& p) {
        return mdp_average_reward({same_end.with(reward), p, same_end.initial}).average_reward;
      };
      const auto discounted = [&](const numbers& p) {
        return mdp_discounted_return({same_end.with(reward), p, same_end.initial}, {.gamma = gamma_}).expected_return;
      };
      CHECK(long_run(first) == doctest::Approx(long_run(second)));
      CHECK(std::abs(discounted(first) - discounted(second)) > 0.5);
    }
    on("FTR", "LAR");
  }
  {  // An expectation over trajectories is linear in the chance of each; the entropy of visits is not.
    numbers features, entropy;
    for (const numbers& p : three) {
      const auto lottery = trajectory_lottery({choice.dynamics(), p, choice.initial}, {.limits = {.horizon = 2}});
      // Left is the first of the trajectories, where it is there at all; the two chances are p and 1 - p.
      features.push_back(p[0]), features.push_back(p[1]);
      CHECK(lottery.probability.size() == (p[0] > 0 && p[1] > 0 ? 2u : 1u));
      entropy.push_back(occupancy_objective({choice.dynamics(), p, choice.initial, {}},
                                            {.gamma = gamma_, .function = occupancy_function::state_entropy}).objective);
    }
    CHECK(entropy[1] > entropy[0] + 0.1);
    CHECK_FALSE(process::says(features, entropy));
    on("FOMR", "FTR");
  }
  {  // Where neither goes, two policies may differ: their visits are the same, and all that follows from them.
    const process never{{1, 0, 1, 0, 1, 0, 0, 1}, {1, 0}, 2, 2};
    const numbers first{1, 0, 1, 0}, second{1, 0, 0, 1};
    CHECK(never.occupancy(first) == never.occupancy(second));
    const auto of = [&](const numbers& p) { return policy_function_objective({p, first, 2, 2}).objective; };
    CHECK(of(first) == 0);
    CHECK(of(second) < 0);
    on("FPR", "FOMR"), on("PO", "OMO");
  }
  {  // A lexicographic order over a continuum has no numbers: each first coordinate would need an interval of its own, and
     // there are more of them than rationals. What can be run is that it is an order, and jumps.
    numbers returns;
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) returns.push_back(i / 5.0), returns.push_back(j / 5.0);
    const auto order = lexicographic_order({returns, 36}).order;
    CHECK(is_total_preorder({order, 36}).is_total_preorder);
    const numbers limit{1e-3, 0, 0, 0, 0, 1};  // (1/n, 0) is above (0, 1), and its limit (0, 0) below
    const auto jump = lexicographic_order({limit, 3}).order;
    CHECK(jump[0 * 3 + 2] == 1);
    CHECK(jump[1 * 3 + 2] == -1);
    on("OMO", "FOMR"), on("PO", "FPR");
  }
  CHECK((shown == std::set<std::pair<std::size_t, std::size_t>>(std::begin(mdp::formalism_covers),
                                                                std::end(mdp::formalism_covers))));
}

TEST_CASE("the table is an order, and the five simple ones stand side by side") {
  const auto table = expressivity_matrix();
  const auto can = [&](std::size_t i, std::size_t j) { return table.can_express[i * 17 + j] != 0; };
  for (std::size_t i = 0; i < 17; ++i) {
    CHECK(can(i, i));
    CHECK(can(16, i));
    for (std::size_t j = 0; j < 17; ++j) {
      CHECK((can(i, j) && can(j, i)) == (table.class_index[i] == table.class_index[j]));
      for (std::size_t k = 0; k < 17; ++k) CHECK(!(can(i, j) && can(j, k) && !can(i, k)));
    }
  }
  for (const std::size_t i : {1u, 2u, 3u, 7u, 8u})  // LAR, LTL, RM, RRL, ONMR
    for (const std::size_t j : {1u, 2u, 3u, 7u, 8u}) CHECK(can(i, j) == (i == j));
}

}  // namespace
