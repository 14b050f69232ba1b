// Distances between rewards against their definitions, and against the regret that they are to bound.
#include <guerdon/mdp/canonicalize_dard.hpp>
#include <guerdon/mdp/canonicalize_epic.hpp>
#include <guerdon/mdp/canonicalize_minimal.hpp>
#include <guerdon/mdp/canonicalize_val.hpp>
#include <guerdon/mdp/canonicalize_val_potential.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/epic_distance.hpp>
#include <guerdon/mdp/expected_reward.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/potential_shape.hpp>
#include <guerdon/mdp/starc_distance.hpp>
#include <guerdon/mdp/worst_case_regret.hpp>

#include <doctest/doctest.h>

#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr std::size_t states = 4, actions = 2;
constexpr double gamma_ = 0.8;

struct world {
  numbers transition, initial, reward, other;
  std::mt19937 random;

  explicit world(unsigned seed, index_t branching = 3) : initial(states, 1.0 / states), random(seed) {
    transition = env_garnet({.num_states = states, .num_actions = actions, .branching = branching,
                             .seed = std::to_string(seed)}).transition;
    reward = draw(transition.size()), other = draw(transition.size());
  }
  numbers draw(std::size_t n) {
    numbers x(n);
    for (double& y : x) y = std::uniform_real_distribution(-1.0, 1.0)(random);
    return x;
  }
  numbers distribution(std::size_t n) {
    numbers x(n);
    double sum = 0;
    for (double& y : x) sum += y = std::uniform_real_distribution(0.1, 1.0)(random);
    for (double& y : x) y /= sum;
    return x;
  }
  finite_dynamics dynamics() const { return {transition, states, actions}; }
  double p(std::size_t s, std::size_t a, std::size_t t) const { return transition[(s * actions + a) * states + t]; }
  double worst_regret(const numbers& proxy, bool normalized = false) const {
    const auto out = worst_case_regret({{.transition = transition, .reward_a = {}, .transition_reward_a = reward,
                                         .reward_b = {}, .transition_reward_b = proxy, .initial = initial,
                                         .states = states, .actions = actions}}, {.gamma = gamma_});
    return normalized ? out.normalized_regret : out.regret;
  }
};

double at(const numbers& r, std::size_t s, std::size_t a, std::size_t t) { return r[(s * actions + a) * states + t]; }

double largest_difference(const numbers& a, const numbers& b) {
  double most = 0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most;
}

TEST_CASE("EPIC is its definition: means over states and actions drawn apart, and a correlation of what is left") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    world w(seed);
    const numbers d = w.distribution(states), e = w.distribution(actions);
    // C(R)(s,a,s') = R + E[gamma R(s',A,S') - R(s,A,S') - gamma R(S,A,S')].
    const auto canonical = [&](const numbers& r) {
      const auto mean_from = [&](std::size_t s) {
        double mean = 0;
        for (std::size_t a = 0; a < actions; ++a)
          for (std::size_t t = 0; t < states; ++t) mean += e[a] * d[t] * at(r, s, a, t);
        return mean;
      };
      double all = 0;
      for (std::size_t s = 0; s < states; ++s) all += d[s] * mean_from(s);
      numbers c;
      for (std::size_t s = 0; s < states; ++s)
        for (std::size_t a = 0; a < actions; ++a)
          for (std::size_t t = 0; t < states; ++t)
            c.push_back(at(r, s, a, t) + gamma_ * mean_from(t) - mean_from(s) - gamma_ * all);
      return c;
    };
    const numbers a = canonical(w.reward), b = canonical(w.other);
    CHECK(largest_difference(canonicalize_epic({w.dynamics(), w.reward, d, e}, {.gamma = gamma_}).canonical_reward, a) <
          1e-12);
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
    const auto each = [&](auto f) {
      for (std::size_t k = 0; k < a.size(); ++k)
        f(d[k / states / actions] * e[k / states % actions] * d[k % states], a[k], b[k]);
    };
    each([&](double p, double x, double y) { mean_a += p * x, mean_b += p * y; });
    each([&](double p, double x, double y) {
      aa += p * (x - mean_a) * (x - mean_a), bb += p * (y - mean_b) * (y - mean_b);
      ab += p * (x - mean_a) * (y - mean_b);
    });
    const auto out = epic_distance({w.dynamics(), w.reward, w.other, d, e}, {.gamma = gamma_});
    CHECK(out.correlation == doctest::Approx(ab / std::sqrt(aa * bb)));
    CHECK(out.distance == doctest::Approx(std::sqrt((1 - ab / std::sqrt(aa * bb)) / 2)));
  }
}

TEST_CASE("DARD is its definition: one action, and its successors of both states") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    world w(seed);
    const numbers e = w.distribution(actions);
    // C(R)(s,a,s') = R + E[gamma R(s',A,S'') - R(s,A,S') - gamma R(S',A,S'')].
    numbers c;
    for (std::size_t s = 0; s < states; ++s)
      for (std::size_t a = 0; a < actions; ++a)
        for (std::size_t t = 0; t < states; ++t) {
          double sum = at(w.reward, s, a, t);
          for (std::size_t b = 0; b < actions; ++b)
            for (std::size_t u = 0; u < states; ++u) {
              sum += e[b] * (gamma_ * w.p(t, b, u) * at(w.reward, t, b, u) - w.p(s, b, u) * at(w.reward, s, b, u));
              for (std::size_t v = 0; v < states; ++v)
                sum -= gamma_ * e[b] * w.p(s, b, u) * w.p(t, b, v) * at(w.reward, u, b, v);
            }
          c.push_back(sum);
        }
    const auto canonical = [&](const numbers& r) {
      return canonicalize_dard({w.dynamics(), r, e}, {.gamma = gamma_}).canonical_reward;
    };
    CHECK(largest_difference(canonical(w.reward), c) < 1e-12);
    const numbers shaped =
        potential_shape({states, actions, w.reward, w.draw(states)}, {.gamma = gamma_}).shaped_reward;
    CHECK(largest_difference(canonical(shaped), c) < 1e-12);
  }
}

TEST_CASE("EPIC and value-adjusted potentials take potentials out, and once is enough") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    world w(seed);
    const numbers shaped =
        potential_shape({states, actions, w.reward, w.draw(states)}, {.gamma = gamma_}).shaped_reward;
    const auto agree = [&](const auto& canonical) {
      const numbers once = canonical(w.reward);
      CHECK(largest_difference(canonical(once), once) < 1e-12);
      CHECK(largest_difference(canonical(shaped), once) < 1e-12);
    };
    agree([&](const numbers& r) { return canonicalize_epic({w.dynamics(), r}, {.gamma = gamma_}).canonical_reward; });
    agree([&](const numbers& r) {
      return canonicalize_val_potential({w.dynamics(), r}, {.gamma = gamma_}).canonical_reward;
    });
  }
}

// A canonical form m(s,a) is the reward but for a potential and for what leaves means as they are, so that returns of
// two policies differ by (x1 - x2) m, where the x are occupancies, at most sqrt(2) / (1 - gamma) apart. With the angle
// theta between the directions of two rewards' forms, d = 2 sin(theta / 2), and
//   regret <= sqrt(2) / (1 - gamma) |m| d.
// The least form lies in the space of the differences of occupancies. Every direction there is such a difference, of
// length 2 min x, if x is the uniform policy's occupancy, and the direction alone decides how policies are ordered:
//   regret >= 2 min x |m| sin(theta), or 2 min x |m| where theta is more than a right angle.
// The default form is the least one, sheared: c = m - V + gamma P V by the values V of m, at most |m| / (1 - gamma)
// each, so that |c| <= sqrt(S A) 2 / (1 - gamma) |m|. Distances from a ray grow by no more, and with the angle between
// the directions of the c,
//   regret >= min x (1 - gamma) / sqrt(S A) |c| sin(theta), or the same without the sine.
TEST_CASE("STARC bounds the worst regret of 1000 worlds from above and below, by the default form and by the least") {
  double least[2] = {1e300, 1e300}, most[2] = {0, 0};
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    world w(seed);
    if (seed % 4 == 0) {  // near ones, too
      for (std::size_t k = 0; k < w.other.size(); ++k) w.other[k] = w.reward[k] + 1e-2 * w.other[k];
    }
    const numbers uniform(states * actions, 1.0 / actions);
    const auto x = mdp_occupancy({w.dynamics(), uniform, w.initial}, {.gamma = gamma_}).state_action_occupancy;
    const double rarest = *std::min_element(x.begin(), x.end()), regret = w.worst_regret(w.other);
    for (const bool sheared : {false, true}) {
      const double d =
          starc_distance({w.dynamics(), w.reward, w.other},
                         {.form = {.gamma = gamma_,
                                   .canonicalization = sheared ? canonicalization::val : canonicalization::minimal,
                                   .weighted = true}}).distance;
      const numbers c =
          sheared
              ? canonicalize_val({w.dynamics(), w.reward}, {.gamma = gamma_}).canonical_reward
              : canonicalize_minimal({w.dynamics(), w.reward}, {.gamma = gamma_, .weighted = true}).canonical_reward;
      double square = 0;  // the same number for every successor
      for (std::size_t k = 0; k < c.size(); k += states) square += c[k] * c[k];
      const double size = std::sqrt(square), sine = d < std::sqrt(2) ? d * std::sqrt(1 - d * d / 4) : 1,
                   shear = sheared ? (1 - gamma_) / 2 / std::sqrt(states * actions) : 1,
                   low = 2 * rarest * shear * size * sine, high = std::sqrt(2) / (1 - gamma_) * size * d;
      REQUIRE(regret >= low - 1e-9);
      REQUIRE(regret <= high + 1e-9);
      least[sheared] = std::min(least[sheared], regret / low), most[sheared] = std::max(most[sheared], regret / high);
    }
  }
  for (const int form : {0, 1}) {
    CHECK(least[form] >= 1);
    CHECK(most[form] > 0.05);  // the bounds are not idle
    CHECK(most[form] <= 1);
  }
  CHECK(least[0] < 10);
  CHECK(least[1] < 100);
}

TEST_CASE("EPIC bounds nothing: what cannot happen makes opposite rewards near and equivalent ones far") {
  world w(3, 2);
  numbers impossible(w.transition.size()), opposite = w.reward, redistributed = w.reward;
  for (std::size_t k = 0; k < impossible.size(); ++k)
    if (w.transition[k] == 0) impossible[k] = 1e3 * w.draw(1)[0];
  for (std::size_t k = 0; k < opposite.size(); ++k) {
    redistributed[k] += impossible[k];
    opposite[k] = -w.reward[k] + impossible[k];
  }
  const auto epic = [&](const numbers& a, const numbers& b) {
    return epic_distance({w.dynamics(), a, b}, {.gamma = gamma_}).distance;
  };
  const auto starc = [&](const numbers& a, const numbers& b) {
    return starc_distance({w.dynamics(), a, b}, {.form = {.gamma = gamma_}}).distance;
  };
  CHECK(epic(redistributed, opposite) < 0.01);
  CHECK(starc(redistributed, opposite) == doctest::Approx(2));
  CHECK(w.worst_regret(opposite, true) == doctest::Approx(1));
  CHECK(epic(w.reward, redistributed) > 0.5);
  CHECK(starc(w.reward, redistributed) < 1e-9);
  CHECK(w.worst_regret(redistributed) < 1e-9);
}

}  // namespace
