// Eigen's LU in the place of elimination: the same answers, the same refusals, by itself and in the operations.
#include <guerdon/adapt/eigen_solve.hpp>
#include <guerdon/core/linear_solve.hpp>
#include <guerdon/mdp/env_four_rooms.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/h_step_advantage.hpp>
#include <guerdon/mdp/mdp_average_reward.hpp>
#include <guerdon/mdp/mdp_discounted_return.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/mdp/mdp_policy_gradient.hpp>
#include <guerdon/mdp/mdp_policy_iteration.hpp>
#include <guerdon/mdp/optimal_policy_regret.hpp>
#include <guerdon/mdp/optimality_gap.hpp>
#include <guerdon/mdp/potential_reward_design.hpp>
#include <guerdon/mdp/same_policy_order.hpp>
#include <guerdon/mdp/starc_distance.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

void check_same(const numbers& got, const numbers& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t k = 0; k < got.size(); ++k) CHECK(got[k] == doctest::Approx(want[k]).epsilon(1e-9));
}

TEST_CASE("random systems, one right side and many") {
  std::mt19937 random(1);
  std::normal_distribution<double> number;
  for (const std::size_t n : {0u, 1u, 2u, 7u, 40u, 130u})
    for (const std::size_t columns : {std::size_t(1), std::size_t(3), n}) {
      if (columns == 0) continue;
      numbers a(n * n), b(n * columns);
      for (double& x : a) x = number(random);
      for (double& x : b) x = number(random);
      numbers other_a = a, other_b = b;
      CHECK(eigen_solver::solve(a, b, columns));
      CHECK(elimination::solve(other_a, other_b, columns));
      check_same(b, other_b);
    }
}

TEST_CASE("what has no pivot is said, and a NaN goes through") {
  const auto solves = [](numbers a, double no_pivot = 0) {
    numbers b{1, 1}, other_a = a, other_b = b;
    const bool solved = eigen_solver::solve(a, b, 1, no_pivot);
    CHECK(elimination::solve(other_a, other_b, 1, no_pivot) == solved);
    return solved;
  };
  CHECK_FALSE(solves({0, 0, 0, 0}));
  CHECK_FALSE(solves({1, 2, 2, 4}));
  CHECK_FALSE(solves({0, 1, 0, 2}));
  CHECK(solves({0, 1, 1, 0}));
  CHECK(solves({1, 1, 1, 1 + 1e-9}));
  CHECK_FALSE(solves({1, 1, 1, 1 + 1e-9}, 1e-8));
  CHECK(solves({std::numeric_limits<double>::quiet_NaN(), 1, 1, 1}));
}

TEST_CASE("the operations have the same answers by either") {
  constexpr index_t states = 60, actions = 3;
  for (int seed = 1; seed <= 10; ++seed) {
    const auto w = env_garnet({.num_states = states, .num_actions = actions, .branching = 4,
                               .seed = std::to_string(seed)});
    const finite_mdp m{.transition = w.transition, .reward = w.reward, .states = states, .actions = actions};
    const finite_dynamics p{w.transition, states, actions};
    std::mt19937 random(static_cast<unsigned>(seed));
    std::uniform_real_distribution<double> number(-1, 1);
    numbers logits(180), policy(180, 1.0 / 3), wide_a(10800), wide_b(10800), proxy(180);
    for (auto* x : {&logits, &wide_a, &wide_b, &proxy})
      for (double& y : *x) y = number(random);
    std::vector<index_t> chosen(60);
    for (index_t& a : chosen) a = static_cast<index_t>(random() % 3);

    check_same(mdp_policy_evaluation<eigen_solver>({m, policy}, {.gamma = 0.99}).value,
               mdp_policy_evaluation({m, policy}, {.gamma = 0.99}).value);
    check_same({mdp_discounted_return<eigen_solver>({m, policy, w.initial}, {.gamma = 0.99}).expected_return},
               {mdp_discounted_return({m, policy, w.initial}, {.gamma = 0.99}).expected_return});
    check_same(mdp_occupancy<eigen_solver>({p, policy, w.initial}, {.gamma = 0.99}).state_occupancy,
               mdp_occupancy({p, policy, w.initial}, {.gamma = 0.99}).state_occupancy);
    check_same(mdp_average_reward<eigen_solver>({m, policy, w.initial}).limiting_distribution,
               mdp_average_reward({m, policy, w.initial}).limiting_distribution);
    check_same(mdp_policy_gradient<eigen_solver>({m, logits, w.initial}, {.gamma = 0.9}).gradient,
               mdp_policy_gradient({m, logits, w.initial}, {.gamma = 0.9}).gradient);
    check_same(h_step_advantage<eigen_solver>({m, chosen}, {.gamma = 0.9, .horizon = -1}).advantage_gap,
               h_step_advantage({m, chosen}, {.gamma = 0.9, .horizon = -1}).advantage_gap);
    check_same(potential_reward_design<eigen_solver>({m}, {.gamma = 0.9}).designed_reward,
               potential_reward_design({m}, {.gamma = 0.9}).designed_reward);
    CHECK(optimality_gap<eigen_solver>({m}, {.gamma = 0.9}).policy == optimality_gap({m}, {.gamma = 0.9}).policy);
    const auto best = mdp_policy_iteration<eigen_solver>({m}, {.gamma = 0.9}),
               want = mdp_policy_iteration({m}, {.gamma = 0.9});
    CHECK(best.policy == want.policy);
    CHECK(best.evaluations == want.evaluations);
    check_same(best.action_value, want.action_value);
    const op::optimal_policy_regret::inputs pair{{.transition = w.transition, .reward_a = w.reward, .reward_b = proxy,
                                                  .initial = w.initial, .states = states, .actions = actions}};
    check_same({optimal_policy_regret<eigen_solver>(pair, {.gamma = 0.9}).normalized_regret},
               {optimal_policy_regret(pair, {.gamma = 0.9}).normalized_regret});
    check_same({starc_distance<eigen_solver>({p, wide_a, wide_b}, {.form = {.gamma = 0.9}}).distance},
               {starc_distance({p, wide_a, wide_b}, {.form = {.gamma = 0.9}}).distance});
    CHECK(same_policy_order<eigen_solver>({p, wide_a, wide_a}, {.gamma = 0.9}).same);
  }
}

TEST_CASE("gamma 1 too, and what has no end is refused alike") {
  const auto rooms = env_four_rooms({.step_reward = -1, .goal_reward = 0});
  const index_t states = rooms.num_states;
  const finite_mdp m{.transition = rooms.transition, .transition_reward = rooms.reward, .states = states, .actions = 4};
  const numbers policy(static_cast<std::size_t>(4 * states), 0.25);
  check_same(mdp_policy_evaluation<eigen_solver>({m, policy}, {.gamma = 1}).value,
             mdp_policy_evaluation({m, policy}, {.gamma = 1}).value);
  const numbers stay{1, 0, 0, 1}, reward{1, 0}, only{1, 1};
  CHECK_THROWS_WITH_AS(mdp_policy_evaluation<eigen_solver>(
                           {{.transition = stay, .reward = reward, .states = 2, .actions = 1}, only}, {.gamma = 1}),
                       doctest::Contains("singular"), std::invalid_argument);
}

}  // namespace
