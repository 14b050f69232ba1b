// Rewards and values against the theorems about them.
#include <guerdon/mdp/canonicalize_minimal.hpp>
#include <guerdon/mdp/canonicalize_minimal_potential.hpp>
#include <guerdon/mdp/canonicalize_val.hpp>
#include <guerdon/mdp/env_cliff_walking.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_discounted_return.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/mdp/mdp_policy_gradient.hpp>
#include <guerdon/mdp/mdp_policy_iteration.hpp>
#include <guerdon/mdp/mdp_soft_value_iteration.hpp>
#include <guerdon/mdp/mdp_softmax_policy.hpp>
#include <guerdon/mdp/mdp_value_iteration.hpp>
#include <guerdon/mdp/optimal_policy_regret.hpp>
#include <guerdon/mdp/potential_shape.hpp>
#include <guerdon/mdp/same_policy_order.hpp>
#include <guerdon/mdp/starc_distance.hpp>
#include <guerdon/mdp/worst_case_regret.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr index_t states = 5, actions = 2;
constexpr double gamma_ = 0.9;

struct world {
  numbers transition, reward, other, initial, policy;  // rewards of (s,a,s')
  std::mt19937 random;

  explicit world(unsigned seed) : random(seed) {
    transition =
        env_garnet({.num_states = states, .num_actions = actions, .branching = 3, .seed = std::to_string(seed)})
            .transition;
    initial.assign(states, 1.0 / states);
    policy.assign(states * actions, 1.0 / actions);
    reward = draw(transition.size()), other = draw(transition.size());
  }
  numbers draw(std::size_t n) {
    numbers x(n);
    for (double& y : x) y = std::uniform_real_distribution(-1.0, 1.0)(random);
    return x;
  }
  finite_dynamics dynamics() const { return {transition, states, actions}; }
  finite_mdp with(const numbers& r) const {
    return {.transition = transition, .reward = {}, .transition_reward = r, .states = states, .actions = actions};
  }
  /// An equivalent reward: shaped, scaled, and paid for other successors with the same mean.
  numbers equivalent(const numbers& r) {
    numbers e = potential_shape({states, actions, r, draw(states)}, {.gamma = gamma_}).shaped_reward;
    for (std::size_t sa = 0; sa < states * actions; ++sa) {
      const auto row = [&](numbers& x) { return x.data() + sa * states; };
      double mean = 0;
      numbers noise = draw(states);
      for (std::size_t t = 0; t < states; ++t) mean += transition[sa * states + t] * noise[t];
      for (std::size_t t = 0; t < states; ++t) row(e)[t] = 2.5 * (row(e)[t] + noise[t] - mean);
    }
    return e;
  }
};

double largest_difference(const numbers& a, const numbers& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

TEST_CASE("potentials keep the optimal policy and shift the values by themselves") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    world w(seed);
    const numbers potential = w.draw(states);
    const numbers shaped = potential_shape({states, actions, w.reward, potential}, {.gamma = gamma_}).shaped_reward;
    const auto before = mdp_policy_iteration({w.with(w.reward)}, {.gamma = gamma_}),
               after = mdp_policy_iteration({w.with(shaped)}, {.gamma = gamma_});
    CHECK(before.policy == after.policy);
    for (std::size_t s = 0; s < states; ++s) CHECK(after.value[s] == doctest::Approx(before.value[s] - potential[s]));
  }
}

TEST_CASE("canonical forms are their own canonical forms, and equal for equivalent rewards") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    world w(seed);
    const numbers same = w.equivalent(w.reward);
    numbers smaller = same;
    for (double& x : smaller) x /= 2.5;
    const auto agree = [&](const auto& canonical, bool any_successor) {
      const numbers once = canonical(w.reward);
      CHECK(largest_difference(canonical(once), once) < 1e-9);
      if (any_successor) CHECK(largest_difference(canonical(smaller), once) < 1e-9);
    };
    agree(
        [&](const numbers& r) {
          return canonicalize_val({w.dynamics(), r}, {.gamma = gamma_}).canonical_reward;
        },
        true);
    for (const bool weighted : {false, true}) {
      agree([&](const numbers& r) {
        return canonicalize_minimal({w.dynamics(), r}, {.gamma = gamma_, .weighted = weighted}).canonical_reward;
      }, true);
      agree(
          [&](const numbers& r) {
            return canonicalize_minimal_potential({w.dynamics(), r}, {.gamma = gamma_, .weighted = weighted})
                .canonical_reward;
          },
          false);
    }
  }
}

TEST_CASE("STARC is 0 for equivalent rewards, and regrets keep the order that theory gives them") {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    world w(seed);
    const numbers same = w.equivalent(w.reward);
    const auto distance = [&](const numbers& b) {
      return starc_distance({w.dynamics(), w.reward, b}, {.form = {.gamma = gamma_}}).distance;
    };
    CHECK(distance(same) < 1e-8);
    CHECK(same_policy_order({w.dynamics(), w.reward, same}, {.gamma = gamma_}).same);
    CHECK(distance(w.other) > 1e-3);
    const auto pair = [&](const numbers& b) {
      return reward_pair{.transition = w.transition, .reward_a = {}, .transition_reward_a = w.reward, .reward_b = {},
                         .transition_reward_b = b, .initial = w.initial, .states = states, .actions = actions};
    };
    CHECK(worst_case_regret({pair(same)}, {.gamma = gamma_}).normalized_regret < 1e-6);
    const auto worst = worst_case_regret({pair(w.other)}, {.gamma = gamma_});
    const auto best = optimal_policy_regret({pair(w.other)}, {.gamma = gamma_});
    CHECK(worst.normalized_regret >= best.normalized_regret - 1e-7);
    CHECK(worst.normalized_regret <= 1);
    // Duality of the linear programme: any multiplier of the proxy bounds the regret, the best one meets it.
    double bound = std::numeric_limits<double>::infinity();
    const auto range = [&](double lambda) {
      numbers mixed(w.reward.size()), negative(w.reward.size());
      for (std::size_t k = 0; k < mixed.size(); ++k) negative[k] = -(mixed[k] = w.reward[k] - lambda * w.other[k]);
      double sum = 0;
      for (const numbers& r : {mixed, negative})
        for (const double v : mdp_policy_iteration({w.with(r)}, {.gamma = gamma_}).value) sum += v / states;
      return sum;
    };
    if (seed > 30) continue;
    double low = 0, high = 1e3;
    for (int k = 0; k < 200; ++k) {  // it is convex in the multiplier
      const double a = low + (high - low) / 3, b = high - (high - low) / 3;
      (range(a) < range(b) ? high : low) = range(a) < range(b) ? b : a;
    }
    bound = std::min(range(low), range(0));
    CHECK(worst.regret == doctest::Approx(bound).epsilon(1e-5));
  }
}

TEST_CASE("soft optima fall to the hard ones with the temperature, and their policies rise, in 200 worlds") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    world w(seed);
    const double gamma = std::array{0.0, 0.5, 0.9}[seed % 3];
    const auto hard = mdp_value_iteration({w.with(w.reward)}, {.gamma = gamma});
    numbers before(states, std::numeric_limits<double>::infinity());
    for (const double temperature : {1.0, 0.1, 0.01, 1e-4, 1e-6}) {
      const auto soft = mdp_soft_value_iteration({w.with(w.reward)}, {.gamma = gamma, .temperature = temperature});
      const numbers earns = mdp_policy_evaluation({w.with(w.reward), soft.policy}, {.gamma = gamma}).value;
      // Of entropy there is log A a step at most; what it is paid it may cost in reward.
      const double most = temperature * std::log(2.0) / (1 - gamma);
      for (std::size_t s = 0; s < states; ++s) {
        CHECK(soft.value[s] >= hard.value[s] - 1e-9);
        CHECK(soft.value[s] <= hard.value[s] + most + 1e-9);
        CHECK(soft.value[s] <= before[s] + 1e-9);
        CHECK(earns[s] <= hard.value[s] + 1e-9);
        CHECK(earns[s] >= hard.value[s] - most - 1e-9);
      }
      before = soft.value;
    }
  }
}

TEST_CASE("occupancies sum to 1/(1-gamma), are returns by rewards, and gradients are finite differences") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    world w(seed);
    numbers logits = w.draw(states * actions);
    const numbers policy = mdp_softmax_policy({states, logits}).policy;
    const auto visits = mdp_occupancy({w.dynamics(), policy, w.initial}, {.gamma = gamma_});
    double sum = 0, earned = 0;
    for (std::size_t sa = 0; sa < states * actions; ++sa) {
      sum += visits.state_action_occupancy[sa];
      for (std::size_t t = 0; t < states; ++t)
        earned += visits.state_action_occupancy[sa] * w.transition[sa * states + t] * w.reward[sa * states + t];
    }
    CHECK(sum == doctest::Approx(1 / (1 - gamma_)));
    const double exact =
        mdp_discounted_return({w.with(w.reward), policy, w.initial}, {.gamma = gamma_}).expected_return;
    CHECK(earned == doctest::Approx(exact));
    const auto out = mdp_policy_gradient({w.with(w.reward), logits, w.initial}, {.gamma = gamma_});
    CHECK(out.expected_return == doctest::Approx(exact));
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const auto moved = [&](double by) {
        numbers x = logits;
        x[k] += by;
        return mdp_policy_gradient({w.with(w.reward), x, w.initial}, {.gamma = gamma_}).expected_return;
      };
      CHECK(out.gradient[k] == doctest::Approx((moved(1e-5) - moved(-1e-5)) / 2e-5).epsilon(1e-6));
    }
  }
}

TEST_CASE("the cliff's optimal undiscounted return is -13") {
  CHECK(env_cliff_walking({.gamma = 1.0}).optimal_return[0] == doctest::Approx(-13));
}

}  // namespace
