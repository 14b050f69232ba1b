// The exact solver against the equations that it solves, and random environments.
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

struct world {
  numbers transition, reward, policy;
  index_t states, actions;

  op::mdp_policy_evaluation::inputs inputs() const {
    return {.mdp = {.transition = transition, .reward = reward, .transition_reward = {}, .states = states,
                    .actions = actions},
            .policy = policy};
  }
};

world draw(index_t states, index_t actions, unsigned seed) {
  const auto garnet = env_garnet({.num_states = states, .num_actions = actions, .branching = std::min<index_t>(states, 3),
                                  .seed = std::to_string(seed)});
  world w{garnet.transition, garnet.reward, numbers(garnet.reward.size(), 1 / static_cast<double>(actions)), states,
          actions};
  std::mt19937 random(seed);
  for (double& r : w.reward) r = r * 2 - 1;
  return w;
}

TEST_CASE("values satisfy the Bellman equation") {
  for (const auto& [states, actions] : {std::pair(1, 1), std::pair(7, 2), std::pair(60, 4)})
    for (const double gamma : {0.0, 0.5, 0.99}) {
      const world w = draw(states, actions, 3);
      const auto out = mdp_policy_evaluation(w.inputs(), {.gamma = gamma});
      for (index_t s = 0; s < w.states; ++s) {
        double mean = 0, advantage = 0;
        for (index_t a = 0; a < w.actions; ++a) {
          const auto sa = static_cast<std::size_t>(s * w.actions + a);
          double next = 0;
          for (index_t t = 0; t < w.states; ++t)
            next += w.transition[sa * static_cast<std::size_t>(w.states) + static_cast<std::size_t>(t)] *
                    out.value[static_cast<std::size_t>(t)];
          CHECK(out.action_value[sa] == doctest::Approx(w.reward[sa] + gamma * next).epsilon(1e-12));
          mean += w.policy[sa] * out.action_value[sa];
          advantage += w.policy[sa] * out.advantage[sa];
        }
        CHECK(out.value[static_cast<std::size_t>(s)] == doctest::Approx(mean).epsilon(1e-10));
        CHECK(std::abs(advantage) < 1e-10);
      }
    }
}

TEST_CASE("a reward of (s,a,s') counts by its mean") {
  world w = draw(6, 2, 5);
  numbers wide(w.transition.size()), mean(w.reward.size());
  for (std::size_t k = 0; k < wide.size(); ++k) wide[k] = static_cast<double>(k % 5) - 2;
  for (std::size_t k = 0; k < wide.size(); ++k) mean[k / 6] += wide[k] * w.transition[k];
  w.reward = mean;
  const auto want = mdp_policy_evaluation(w.inputs(), {.gamma = .9});
  auto in = w.inputs();
  in.mdp.reward = {};
  in.mdp.transition_reward = wide;
  const auto got = mdp_policy_evaluation(in, {.gamma = .9});
  for (std::size_t s = 0; s < want.value.size(); ++s) CHECK(got.value[s] == doctest::Approx(want.value[s]));
}

TEST_CASE("with gamma 1 reachability decides") {
  // 0 goes to 1 with a probability that no pivot would notice; 1 absorbs.
  world w{{1 - 1e-9, 1e-9, 0, 1}, {1, 0}, {1, 1}, 2, 1};
  CHECK(mdp_policy_evaluation(w.inputs(), {.gamma = 1}).value[0] == doctest::Approx(1e9));
  w.transition = {1, 0, 0, 1};
  CHECK_THROWS_WITH_AS(mdp_policy_evaluation(w.inputs(), {.gamma = 1}), doctest::Contains("singular"),
                       std::invalid_argument);
  w.reward = {0, 0};  // now both absorb
  CHECK(mdp_policy_evaluation(w.inputs(), {.gamma = 1}).value == numbers{0, 0});
}

TEST_CASE("what is wrong is named, the first of several by the stated order") {
  const auto refused = [](const world& w, double gamma, const char* word) {
    CHECK_THROWS_WITH_AS(mdp_policy_evaluation(w.inputs(), {.gamma = gamma}), doctest::Contains(word),
                         std::invalid_argument);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  world w = draw(4, 2, 1);
  refused(w, nan, "gamma");
  refused(w, 1.5, "gamma");
  w.reward[0] = nan;
  refused(w, .5, "finite");
  w.policy[0] = nan;
  refused(w, 1.5, "policy");
  w.transition[0] = -1;
  refused(w, 1.5, "transition");
  w.policy.pop_back();
  refused(w, 1.5, "shape");
}

TEST_CASE("a Garnet world has its branching, and the same bits for the same seed") {
  const op::env_garnet::options o{.num_states = 9, .num_actions = 3, .branching = 4, .seed = "18446744073709551615",
                                  .gamma = .9};
  const auto w = env_garnet(o);
  for (std::size_t sa = 0; sa < 27; ++sa) {
    int successors = 0;
    double sum = 0;
    for (std::size_t t = 0; t < 9; ++t) sum += w.transition[sa * 9 + t], successors += w.transition[sa * 9 + t] > 0;
    CHECK(successors == 4);
    CHECK(sum == doctest::Approx(1).epsilon(1e-14));
  }
  CHECK(env_garnet(o).transition == w.transition);
  // The optimum is worth no less than the uniform policy, and satisfies its equation.
  for (std::size_t s = 0; s < 9; ++s) {
    double best = -1;
    for (std::size_t a = 0; a < 3; ++a) {
      double next = 0;
      for (std::size_t t = 0; t < 9; ++t) next += w.transition[(s * 3 + a) * 9 + t] * w.optimal_value[t];
      best = std::max(best, w.reward[s * 3 + a] + .9 * next);
    }
    CHECK(w.optimal_value[s] == doctest::Approx(best).epsilon(1e-11));
  }
  for (const char* seed : {"", "-1", "1.5", "18446744073709551616", " 1", "x"})
    CHECK_THROWS_WITH_AS(env_garnet({.num_states = 2, .num_actions = 1, .branching = 1, .seed = seed}),
                         doctest::Contains("env_garnet: seed"), std::invalid_argument);
  CHECK_THROWS_WITH_AS(env_garnet({.num_states = 2, .num_actions = 1, .branching = 3, .seed = "1"}),
                       doctest::Contains("branching"), std::invalid_argument);
}

}  // namespace
