// Shaping by potentials moves no optimum: what an action is worth against the others stays, whatever the policy. What
// pays the potential of terminal states moves it.
#include <guerdon/backend/scalar.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/shaping/dynamic_potential_shaping.hpp>
#include <guerdon/shaping/look_ahead_advice.hpp>
#include <guerdon/shaping/plan_potential.hpp>
#include <guerdon/shaping/potential_shaping.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr index_t states = 8, actions = 3;
std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

numbers random_policy(std::mt19937& random) {
  numbers policy(at(states * actions));
  std::uniform_real_distribution<double> share(0.05, 1);
  for (index_t s = 0; s < states; ++s) {
    double sum = 0;
    for (index_t a = 0; a < actions; ++a) sum += policy[at(s * actions + a)] = share(random);
    for (index_t a = 0; a < actions; ++a) policy[at(s * actions + a)] /= sum;
  }
  return policy;
}

/// Every transition as one step: the potentials of its two ends, and the reward of its state and action.
struct steps {
  numbers reward, before, after;
  std::vector<flag_t> ends, cut;

  template <class Before, class After>
  steps(const numbers& base, Before potential, After next) {
    for (index_t sa = 0; sa < states * actions; ++sa)
      for (index_t t = 0; t < states; ++t) {
        reward.push_back(base[at(sa)]);
        before.push_back(potential(sa));
        after.push_back(next(t));
      }
    ends.assign(reward.size(), 0);
    cut.assign(reward.size(), 0);
  }
};

auto evaluate(const numbers& transition, const numbers& transition_reward, const numbers& policy, double gamma) {
  return mdp_policy_evaluation({.mdp = {.transition = transition, .reward = {}, .transition_reward = transition_reward,
                                        .states = states, .actions = actions},
                                .policy = policy},
                               {.gamma = gamma});
}

TEST_CASE("potentials leave the advantages of every policy as they are, and lower its values by themselves") {
  const scalar_backend cpu;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const double gamma = seed % 2 == 0 ? 0.9 : 0.5, scale = 2;
    const auto garnet = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                                    .seed = std::to_string(seed)});
    const numbers policy = random_policy(random);
    numbers potential(at(states)), advice(at(states * actions));
    for (double& x : potential) x = normal(random);
    for (double& x : advice) x = normal(random);
    const auto of_state = [&](index_t s) { return potential[at(s)]; };
    const auto here = [&](index_t sa) { return of_state(sa / actions); };

    const steps plain(garnet.reward, here, of_state);
    const auto want = evaluate(garnet.transition, plain.reward, policy, gamma);
    const auto same = [&](const numbers& shaped, auto lowered) {
      const auto got = evaluate(garnet.transition, shaped, policy, gamma);
      for (index_t sa = 0; sa < states * actions; ++sa)
        CHECK(got.action_value[at(sa)] == doctest::Approx(want.action_value[at(sa)] - lowered(sa)).epsilon(1e-9));
    };
    same(potential_shaping<double>(cpu, {plain.reward, plain.before, plain.after, plain.ends},
                                   {.gamma = gamma, .scale = scale}).shaped_reward,
         [&](index_t sa) { return scale * here(sa); });
    const auto flat = time_major(1, static_cast<index_t>(plain.reward.size()));
    same(dynamic_potential_shaping<double>(cpu, {flat, plain.reward, plain.before, plain.after, plain.ends, plain.cut},
                                           {.gamma = gamma, .verify = true}).shaped_reward, here);

    // Advice: what is paid for the next action is its mean under the policy.
    const auto of_pair = [&](index_t sa) { return advice[at(sa)]; };
    const auto next = [&](index_t t) {
      double mean = 0;
      for (index_t a = 0; a < actions; ++a) mean += policy[at(t * actions + a)] * advice[at(t * actions + a)];
      return mean;
    };
    const steps advised(garnet.reward, of_pair, next);
    same(look_ahead_advice<double>(cpu, {advised.reward, advised.before, advised.after, advised.ends},
                                   {.gamma = gamma}).shaped_reward, of_pair);
  }
}

TEST_CASE("the potential of a terminal state, if it is paid, makes another action the best") {
  // State 0 chooses between the ends 1, worth 1, and 2, worth nothing but of a high potential.
  const scalar_backend cpu;
  const numbers reward{1, 0}, before{0, 0}, after{0, 5};
  const std::vector<flag_t> ends{1, 1};
  const auto zero = potential_shaping<double>(cpu, {reward, before, after, ends}, {.gamma = 0.9});
  const auto keep = potential_shaping<double>(cpu, {reward, before, after, ends},
                                              {.gamma = 0.9, .terminal = terminal_potential::keep});
  CHECK(zero.shaped_reward == reward);
  CHECK(keep.shaped_reward[1] > keep.shaped_reward[0]);
}

TEST_CASE("over an episode the shaping of a plan comes to minus the potential it began with") {
  const scalar_backend cpu;
  const std::vector<index_t> plan{0, 1, -1, 3, 2, -1};
  const std::vector<flag_t> start{1, 0, 0, 0, 0, 0}, ends{0, 0, 0, 0, 0, 1};
  const auto potential = plan_potential<double>(cpu, {time_major(6, 1), plan, start}, {.scale = 0.5});
  numbers next(potential.begin() + 1, potential.end());
  next.push_back(100);  // behind the end: not looked at
  const auto shaped = potential_shaping<double>(cpu, {numbers(6), potential, next, ends}, {.gamma = 0.9});
  double sum = 0, discount = 1;
  for (const double f : shaped.shaping) sum += discount * f, discount *= 0.9;
  CHECK(sum == doctest::Approx(-potential[0]));
}

}  // namespace
