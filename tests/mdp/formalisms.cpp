// The order of the seventeen formalisms, and that every edge of it has its counterexample.
#include "counterexamples.hpp"

#include <guerdon/mdp/expressivity_matrix.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <span>

namespace {

using namespace guerdon;

std::size_t number_of(std::string_view name) {
  const auto at = std::find(mdp::formalisms.begin(), mdp::formalisms.end(), name);
  REQUIRE(at != mdp::formalisms.end());
  return static_cast<std::size_t>(at - mdp::formalisms.begin());
}

TEST_CASE("every edge of the order of formalisms has its counterexample") {
  constexpr auto can = mdp::expressivity_table();
  std::set<std::pair<std::size_t, std::size_t>> shown;  // by classes
  for (const auto& c : counterexamples::all()) {
    CAPTURE(c.asks);
    CHECK(c.refuted);
    CHECK(c.values.size() == c.policies.size());
    for (const auto& [upper, lower] : c.edges) {
      CHECK(can[number_of(upper)][number_of(c.by)]);
      CHECK_FALSE(can[number_of(lower)][number_of(c.by)]);
      CHECK(shown.insert({mdp::formalism_class[number_of(upper)], mdp::formalism_class[number_of(lower)]}).second);
    }
  }
  CHECK((shown == std::set<std::pair<std::size_t, std::size_t>>(std::begin(mdp::formalism_covers),
                                                                std::end(mdp::formalism_covers))));
}

// One action is one policy, and with one policy there is nothing to order. So (1, 2) is the smallest process, and what
// is larger is held against the next smaller one: (1, 2) for (1, 3), one state for (2, 2). What one state lacks for
// FOMR > FTR is told by whole trajectories, and of OMO > FOMR no finite number of policies is enough: prose, both.
TEST_CASE("no smaller process refutes: what two actions, or one state, have to say, the lower formalism says") {
  using namespace counterexamples;
  using values = std::span<const double>;
  for (const counterexample& c : all()) {
    CAPTURE(c.asks);
    CHECK(c.actions >= 2);
    CHECK(c.policies.size() >= 2);
    CHECK(c.states + c.actions <= 4);
  }
  const process coin = lone_state(2);
  std::vector<numbers> policies;
  for (int k = 0; k <= 20; ++k) policies.push_back({k / 20.0, 1 - k / 20.0});
  constexpr double discount = counterexamples::gamma;
  const numbers first{1 - discount, 0}, nothing{0, 0};
  // FOMR > ONMR: with two actions a return tells the policy, so that any function of visits is one of it.
  const auto f = [](values d) { return std::sin(9 * d[0]) + (d[1] > 0.32 ? 1 : 0); };
  for (const numbers& p : policies) {
    const auto of_visits = occupancy_objective({coin.dynamics(), p, coin.initial}, {.gamma = discount}, f);
    const auto of_return = outer_nonlinear_objective({coin.with(first), p, coin.initial}, {.gamma = discount},
                                                     [&](double j) { return f(numbers{j, 1 - j}); });
    CHECK(of_return.objective == doctest::Approx(of_visits.objective));
    // FOMR > RRL: in one state a regulariser is any function of the policy.
    const auto of_row = regularized_objective({coin.with(nothing), p, coin.initial}, {.gamma = discount, .alpha = -1},
                                              [&](values row) { return (1 - discount) * f(row); });
    CHECK(of_row.objective == doctest::Approx(of_visits.objective));
    // FPR > FOMR, PO > OMO: in one state visits tell the policy.
    const auto of_policy = policy_function_objective({.policy = p, .states = 1, .actions = 2}, {}, f);
    CHECK(of_policy.objective == doctest::Approx(of_visits.objective));
  }
}

TEST_CASE("no fewer policies refute: any two, or three of four, the lower formalism orders in every way") {
  using namespace counterexamples;
  const process coin = lone_state(2);
  const std::vector<numbers> three{{1, 0}, {0.5, 0.5}, {0, 1}};
  // RRL, ONMR and RM > MR; FTR > LAR; FOMR > FTR: every order of two of the three is linear.
  const auto every_two = [](const std::vector<numbers>& features) {
    for (const numbers& a : features)
      for (const numbers& b : features)
        if (&a != &b)
          for (const numbers& v : {numbers{1, 0}, numbers{0, 0}, numbers{0, 1}}) CHECK(linear({a, b}, v));
  };
  every_two(each(three, [&](const numbers& p) { return coin.occupancy(p); }));
  every_two(each(three, [&](const numbers& p) { return coin.long_run(p); }));
  CHECK_FALSE(linear({coin.occupancy(three[0]), coin.occupancy(three[0])}, {1, 0}));
  every_two(three);  // the chances of the two trajectories of FOMR > FTR
  // FTR > LTL: every order of two of the three is that of the chances of some property of the first two actions.
  for (const auto& [first, second] : {std::pair(0, 1), std::pair(0, 2), std::pair(1, 2)}) {
    bool above = false, below = false, equal = false;
    for (int property = 0; property < 16; ++property) {
      const numbers c = values_of({three[static_cast<std::size_t>(first)], three[static_cast<std::size_t>(second)]},
                                  [&](const numbers& p) { return chance_of_two(coin, p, property); });
      above = above || c[0] > c[1] + 1e-9, below = below || c[0] < c[1] - 1e-9;
      equal = equal || std::abs(c[0] - c[1]) < 1e-9;
    }
    CHECK((above && below && equal));
  }
  // FOMR > RRL: every order of three of the four is that of a reward.
  const process w = two_states();
  const std::vector<numbers> four{{1, 0, 1, 0}, {1, 0, 0, 1}, {0, 1, 1, 0}, {0, 1, 0, 1}};
  for (std::size_t left_out = 0; left_out < 4; ++left_out) {
    std::vector<numbers> features;
    for (std::size_t k = 0; k < 4; ++k)
      if (k != left_out) features.push_back(w.occupancy(four[k]));
    for (int order = 0; order < 27; ++order)
      CHECK(linear(features, {order % 3 * 1.0, order / 3 % 3 * 1.0, order / 9 * 1.0}));
  }
  CHECK_FALSE(linear(each(four, [&](const numbers& p) { return w.occupancy(p); }), {1, 0, 0, 1}));
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
