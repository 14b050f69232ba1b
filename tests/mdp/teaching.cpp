// What a reward teaches a learner, and what ranks its episodes: slopes against finite differences of their definitions.
#include <guerdon/mdp/adaptive_informativeness.hpp>
#include <guerdon/mdp/mdp_softmax_policy.hpp>
#include <guerdon/mdp/return_ranking_update.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr std::size_t states = 4, actions = 3, pairs = states * actions;

struct source {
  std::mt19937 random;

  explicit source(unsigned seed) : random(seed) {}
  double number() { return std::uniform_real_distribution(-1.0, 1.0)(random); }
  numbers draw(std::size_t n) {
    numbers x(n);
    for (double& y : x) y = number();
    return x;
  }
};

/// By central differences, along every axis.
template <class F>
numbers differences(const numbers& x, double step, const F& f) {
  numbers slope;
  for (std::size_t k = 0; k < x.size(); ++k) {
    numbers above = x, below = x;
    above[k] += step, below[k] -= step;
    slope.push_back((f(above) - f(below)) / (2 * step));
  }
  return slope;
}

TEST_CASE("informativeness is what the learner's step on the candidate gains the teacher, and its gradient the slope") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    source s(seed);
    const numbers logits = s.draw(pairs), advantage = s.draw(pairs), reward = s.draw(pairs);
    numbers teacher = s.draw(states), learner = s.draw(states);
    for (double& x : teacher) x = std::abs(x);
    for (double& x : learner) x = std::abs(x);
    const auto policy_of = [&](const numbers& theta) {
      return mdp_softmax_policy({static_cast<index_t>(states), theta}).policy;
    };
    const numbers policy = policy_of(logits);
    for (const auto weighting : {informativeness_weighting::full, informativeness_weighting::teacher_only}) {
      const auto step_on = [&](const numbers& r) {  // of a softmax policy
        numbers step(pairs);
        for (std::size_t sa = 0; sa < pairs; ++sa) {
          const std::size_t row = sa / actions * actions;
          double mean = 0;
          for (std::size_t b = row; b < row + actions; ++b) mean += policy[b] * r[b];
          step[sa] = r[sa] - mean;
          if (weighting == informativeness_weighting::full) step[sa] *= learner[sa / actions] * policy[sa];
        }
        return step;
      };
      const auto gained = [&](const numbers& r) {  // along the step, from here
        const numbers step = step_on(r);
        const auto objective = [&](double by) {
          numbers theta = logits;
          for (std::size_t k = 0; k < pairs; ++k) theta[k] += by * step[k];
          const numbers moved = policy_of(theta);
          double sum = 0;
          for (std::size_t k = 0; k < pairs; ++k) sum += teacher[k / actions] * moved[k] * advantage[k];
          return sum;
        };
        return (objective(1e-4) - objective(-1e-4)) / 2e-4;
      };
      const auto out = adaptive_informativeness(
          {.reward = reward,
           .learner = {advantage, teacher, policy, learner},
           .states = static_cast<index_t>(states),
           .actions = static_cast<index_t>(actions)},
          {.weighting = weighting});
      CHECK(out.informativeness == doctest::Approx(gained(reward)).epsilon(1e-6));
      const numbers slope = differences(reward, 0.5, gained);
      for (std::size_t k = 0; k < pairs; ++k) CHECK(std::abs(out.gradient[k] - slope[k]) < 1e-6);
    }
  }
}

TEST_CASE("the ranking update steps down the slope of its loss") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    source s(seed);
    const double gamma = seed % 3 == 0 ? 1 : 0.9, rate = 0.1;
    std::vector<index_t> offsets{0}, at, taken;
    for (int e = 0; e < 6; ++e) offsets.push_back(offsets.back() + static_cast<index_t>(s.random() % 5));  // or empty
    for (index_t t = 0; t < offsets.back(); ++t) {
      at.push_back(static_cast<index_t>(s.random() % states));
      taken.push_back(static_cast<index_t>(s.random() % actions));
    }
    numbers rewards = s.draw(at.size());
    for (double& r : rewards) r = std::round(2 * r);  // some returns tie
    const auto update = [&](const numbers& shaping) {
      return return_ranking_update({{at, taken, rewards, offsets, shaping, static_cast<index_t>(states),
                                     static_cast<index_t>(actions)}}, {.gamma = gamma, .learning_rate = rate});
    };
    const numbers shaping = s.draw(pairs);
    const auto out = update(shaping);
    const numbers slope = differences(shaping, 1e-4, [&](const numbers& x) { return update(x).loss; });
    for (std::size_t k = 0; k < pairs; ++k) CHECK(std::abs((shaping[k] - out.shaping[k]) / rate - slope[k]) < 1e-7);

    double loss = 0;  // by its definition
    index_t count = 0;
    const auto discounted = [&](std::size_t e, const auto& x) {
      double sum = 0, discount = 1;
      for (index_t t = offsets[e]; t < offsets[e + 1]; ++t, discount *= gamma)
        sum += discount * x(static_cast<std::size_t>(t));
      return sum;
    };
    const auto earned = [&](std::size_t e) { return discounted(e, [&](std::size_t t) { return rewards[t]; }); };
    const auto paid = [&](std::size_t e) {
      return discounted(e, [&](std::size_t t) {
        return shaping[static_cast<std::size_t>(at[t]) * actions + static_cast<std::size_t>(taken[t])];
      });
    };
    for (std::size_t i = 0; i < 6; ++i)
      for (std::size_t j = 0; j < 6; ++j)
        if (earned(i) > earned(j) + 1e-12) loss += std::log(1 + std::exp(paid(j) - paid(i))), ++count;
    REQUIRE(out.num_pairs == count);
    CHECK(out.loss == doctest::Approx(count > 0 ? loss / static_cast<double>(count) : 0));
  }
}

}  // namespace
