// Objectives of the caller's own functions: with what a named one does, they give what the named one gives.
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/inner_multi_objective.hpp>
#include <guerdon/mdp/inner_nonlinear_objective.hpp>
#include <guerdon/mdp/lottery_objective.hpp>
#include <guerdon/mdp/occupancy_objective.hpp>
#include <guerdon/mdp/outer_multi_objective.hpp>
#include <guerdon/mdp/outer_nonlinear_objective.hpp>
#include <guerdon/mdp/policy_function_objective.hpp>
#include <guerdon/mdp/regularized_objective.hpp>
#include <guerdon/mdp/trajectory_function_objective.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;
using values = std::span<const double>;

constexpr index_t states = 3, actions = 2, rewards = 2;
constexpr double c = 0.3, gamma_ = 0.8;

/// But for rounding: a compiler may contract the one and not the other.
doctest::Approx about(double x) { return doctest::Approx(x).epsilon(1e-12); }

double least(values x) { return *std::min_element(x.begin(), x.end()); }
double sum(values x) { return std::accumulate(x.begin(), x.end(), 0.0); }
double product(values x) { return std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<double>()); }
double all_above(values x) { return std::all_of(x.begin(), x.end(), [](double y) { return y >= c; }) ? 1 : 0; }

const std::vector<std::pair<scalar_function, std::function<double(double)>>> of_one{
    {scalar_function::identity, [](double x) { return x; }},
    {scalar_function::square, [](double x) { return x * x; }},
    {scalar_function::exp, [](double x) { return std::exp(c * x); }},
    {scalar_function::threshold, [](double x) { return x >= c ? 1.0 : 0.0; }},
    {scalar_function::negative_square_distance, [](double x) { return -(x - c) * (x - c); }}};
const std::vector<std::pair<aggregator, std::function<double(values)>>> of_several{
    {aggregator::min, least},
    {aggregator::product, product},
    {aggregator::sum, sum},
    {aggregator::all_above, all_above}};

struct world {
  numbers transition, reward, stack, policy, other, initial;

  explicit world(unsigned seed) {
    std::mt19937 random(seed);
    const auto draw = [&] { return std::uniform_real_distribution(-1.0, 1.0)(random); };
    const auto distributions = [&](std::size_t count, std::size_t width) {
      numbers p(count * width);
      for (std::size_t i = 0; i < p.size(); i += width) {
        for (std::size_t k = 0; k < width; ++k) p[i + k] = 1.1 + draw();
        const double all = sum(values(p).subspan(i, width));
        for (std::size_t k = 0; k < width; ++k) p[i + k] /= all;
      }
      return p;
    };
    transition = env_garnet({.num_states = states, .num_actions = actions, .branching = 2,
                             .seed = std::to_string(seed)}).transition;
    reward.resize(transition.size()), stack.resize(rewards * transition.size());
    for (double& x : reward) x = draw();
    for (double& x : stack) x = draw();
    policy = distributions(states, actions), other = distributions(states, actions);
    initial = distributions(1, states);
  }
  finite_mdp one() const {
    return {.transition = transition, .transition_reward = reward, .states = states, .actions = actions};
  }
  reward_stack several() const {
    return {.transition = transition, .rewards = stack, .states = states, .actions = actions};
  }
};

TEST_CASE("functions of one's own of returns, and the named ones") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const world w(seed);
    const lottery_limits limits{.horizon = 3};
    for (const auto& [name, own] : of_one) {
      CHECK(inner_nonlinear_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_, .limits = limits}, own)
                .objective ==
            about(inner_nonlinear_objective(
                      {w.one(), w.policy, w.initial},
                      {.gamma = gamma_, .limits = limits, .function = name, .parameter = c}).objective));
      CHECK(outer_nonlinear_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_}, own).objective ==
            about(outer_nonlinear_objective({w.one(), w.policy, w.initial},
                                      {.gamma = gamma_, .function = name, .parameter = c}).objective));
    }
    for (const auto& [name, own] : of_several) {
      CHECK(inner_multi_objective({w.several(), w.policy, w.initial}, {.gamma = gamma_, .limits = limits}, own)
                .objective ==
            about(inner_multi_objective({w.several(), w.policy, w.initial},
                                  {.gamma = gamma_, .limits = limits, .function = name, .parameter = c}).objective));
      const auto out = outer_multi_objective({w.several(), w.policy, w.initial}, {.gamma = gamma_}, own);
      CHECK(out.objective == about(own(out.returns)));
      CHECK(out.objective ==
            about(outer_multi_objective({w.several(), w.policy, w.initial},
                                  {.gamma = gamma_, .function = name, .parameter = c}).objective));
    }
  }
}

TEST_CASE("functions of one's own of visits, of the policy and of its rows, and the named ones") {
  const auto square_distance = [](values x, values y) {
    double all = 0;
    for (std::size_t k = 0; k < x.size(); ++k) all += (x[k] - y[k]) * (x[k] - y[k]);
    return all;
  };
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const world w(seed);
    const auto visits = [&](occupancy_function name) {
      return occupancy_objective({{w.transition, states, actions}, w.policy, w.initial, w.other},
                                 {.gamma = gamma_, .function = name}).objective;
    };
    const auto own = [&](const auto& f) {
      return occupancy_objective({{w.transition, states, actions}, w.policy, w.initial}, {.gamma = gamma_}, f)
          .objective;
    };
    CHECK(visits(occupancy_function::negative_l2) ==
          about(own([&](values d) { return 0 - std::sqrt(square_distance(d, w.other)); })));
    CHECK(visits(occupancy_function::negative_kl) == about(own([&](values d) {
            double all = 0;
            for (std::size_t k = 0; k < d.size(); ++k) all += d[k] * std::log(d[k] / w.other[k]);
            return -all;
          })));
    CHECK(visits(occupancy_function::state_entropy) == about(own([&](values d) {
            double all = 0;
            for (std::size_t s = 0; s < states; ++s) {
              const double here = d[2 * s] + d[2 * s + 1];
              all -= here * std::log(here);
            }
            return all;
          })));

    CHECK(policy_function_objective({w.policy, w.other, states, actions}).objective ==
          about(policy_function_objective({.policy = w.policy, .states = states, .actions = actions}, {},
                                          [&](values p) { return 0 - square_distance(p, w.other); }).objective));
    CHECK_THROWS_WITH_AS(policy_function_objective({.policy = w.policy, .states = states, .actions = actions}),
                         doctest::Contains("reference_policy"), std::invalid_argument);

    const auto price = [&](policy_regularizer name, const auto& f) {
      CHECK(regularized_objective({w.one(), w.policy, w.initial},
                                  {.gamma = gamma_, .alpha = 0.7, .regularizer = name}).objective ==
            about(regularized_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_, .alpha = 0.7}, f).objective));
    };
    price(policy_regularizer::negative_entropy, [](values row) {
      double all = 0;
      for (const double p : row) all += p * std::log(p);
      return all;
    });
    price(policy_regularizer::tsallis, [](values row) {
      double all = 0;
      for (const double p : row) all += p * p / 2;
      return all - 0.5;
    });
    price(policy_regularizer::max_probability, [](values row) { return *std::max_element(row.begin(), row.end()); });
  }
}

TEST_CASE("functions of one's own of trajectories and of their lottery, and the named ones") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const world w(seed);
    const lottery_limits limits{.horizon = 3};
    const auto lottery =
        trajectory_lottery({{w.transition, states, actions}, w.policy, w.initial}, {.limits = limits});
    numbers worth;
    const auto expected = trajectory_function_objective(lottery, [&](std::span<const index_t> path) {  // its return
      double g = 0;
      for (std::size_t t = path.size() / 2; t-- > 0;)
        g = w.reward[static_cast<std::size_t>((path[2 * t] * actions + path[2 * t + 1]) * states + path[2 * t + 2])] +
            gamma_ * g;
      worth.push_back(g);
      return g;
    });
    const auto by_return =
        inner_nonlinear_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_, .limits = limits});
    CHECK(expected.objective == about(by_return.objective));
    CHECK(expected.objective == about(trajectory_function_objective({lottery.probability, worth}).objective));

    const auto mean = [](values p, values v) { return std::inner_product(p.begin(), p.end(), v.begin(), 0.0); };
    const auto variance = [&](values p, values v) {
      double all = 0;
      for (std::size_t k = 0; k < p.size(); ++k) all += p[k] * (v[k] - mean(p, v)) * (v[k] - mean(p, v));
      return all;
    };
    numbers chance(lottery.probability);
    chance.push_back(0), worth.push_back(1e300);  // cannot happen
    const auto same = [&](lottery_function name, const auto& f) {
      CHECK(lottery_objective({chance, worth}, {.function = name, .parameter = c}).objective ==
            about(lottery_objective({chance, worth}, {}, f).objective));
    };
    same(lottery_function::variance, variance);
    same(lottery_function::mean_minus_variance, [&](values p, values v) { return mean(p, v) - c * variance(p, v); });
    same(lottery_function::entropy, [](values p, values) {
      double all = 0;
      for (const double x : p) all -= x * std::log(x);
      return all;
    });
    CHECK(lottery_objective({chance, worth}, {.function = lottery_function::cvar, .parameter = 1}).objective ==
          about(lottery_objective({chance, worth}, {}, mean).objective));
    CHECK(lottery_objective({chance, {}}, {}, [](values p, values v) {
            return static_cast<double>(p.size()) + static_cast<double>(v.size());
          }).objective == static_cast<double>(lottery.probability.size()));
  }
}

TEST_CASE("a function of one's own is called as often as there is something to call it on, and what it throws passes") {
  const world w(1);
  int calls = 0;
  const auto counted = [&](double x) { return ++calls, x; };
  outer_nonlinear_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_}, counted);
  CHECK(calls == 1);
  CHECK_THROWS_AS(inner_nonlinear_objective({w.one(), w.policy, w.initial}, {.gamma = gamma_, .limits = {.horizon = 1}},
                                            [](double) -> double { throw std::domain_error("mine"); }),
                  std::domain_error);
  CHECK_THROWS_WITH_AS(inner_multi_objective({w.several(), w.policy, w.initial},
                                             {.gamma = gamma_, .limits = {.horizon = 1}}),
                       doctest::Contains("function"), std::invalid_argument);
}

}  // namespace
