// The order of the seventeen formalisms, and that every edge of it has its counterexample.
#include "counterexamples.hpp"

#include <guerdon/mdp/expressivity_matrix.hpp>

#include <doctest/doctest.h>

#include <set>

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

TEST_CASE("three policies are needed where a linear functional is refused: any two are ordered by one") {
  using counterexamples::linear;
  const auto coin = counterexamples::lone_state(2);
  const std::vector<std::vector<double>> three{{1, 0}, {0.5, 0.5}, {0, 1}};
  for (const auto& a : three)
    for (const auto& b : three)
      if (a != b) CHECK(linear({coin.occupancy(a), coin.occupancy(b)}, {1, 0}));
  CHECK_FALSE(linear({coin.occupancy(three[0]), coin.occupancy(three[0])}, {1, 0}));
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
