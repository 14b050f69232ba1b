// Clp in the place of the simplex method here: the same verdicts, the same optima, and quadratic programmes.
#include "../mdp/known_programs.hpp"

#include <guerdon/adapt/clp.hpp>
#include <guerdon/mdp/canonicalize_minimal.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/explicable_reward_design.hpp>
#include <guerdon/mdp/explicable_state_selection.hpp>
#include <guerdon/mdp/expressible_as_expectation.hpp>
#include <guerdon/mdp/optimality_gap.hpp>
#include <guerdon/mdp/worst_case_regret.hpp>

#include <array>
#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

TEST_CASE("Clp solves what has an answer, and says what has none") { known::check_known_programs<clp_program>(); }

TEST_CASE("random programmes: one verdict, one optimum") {
  std::mt19937 random(4);
  int optimal = 0, infeasible = 0, unbounded = 0;
  for (int round = 0; round < 500; ++round) {
    const std::size_t n = 1 + random() % 8, m = random() % 10;
    const auto number = [&] { return static_cast<double>(random() % 9) - 4; };
    const double high = random() % 3 ? linear_program::infinity : 3;
    numbers gains(n);
    std::vector<known::row> rows;
    for (double& x : gains) x = number();
    for (std::size_t i = 0; i < m; ++i) {
      known::row r{numbers(n), number(), 0};
      for (double& x : r.a) x = number();
      const auto kind = random() % 3;
      r.high = kind == 0 ? linear_program::infinity : kind == 1 ? r.low : r.low + 2;
      rows.push_back(r);
    }
    auto own = known::made<linear_program>(gains, rows, 0.0, high);
    auto clp = known::made<clp_program>(gains, rows, 0.0, high);
    const auto verdict = own.maximise();
    REQUIRE(clp.maximise() == verdict);
    if (verdict == linear_program::verdict::optimal) CHECK(own.objective() == doctest::Approx(clp.objective()));
    ++(verdict == linear_program::verdict::optimal ? optimal
       : verdict == linear_program::verdict::infeasible ? infeasible : unbounded);
  }
  CHECK(optimal > 50);
  CHECK(infeasible > 50);
  CHECK(unbounded > 10);
}

TEST_CASE("the operations have the same optimum by either") {
  constexpr index_t states = 6, actions = 2;
  std::mt19937 random(6);
  for (int seed = 1; seed <= 20; ++seed) {
    const auto w = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                               .seed = std::to_string(seed)});
    numbers proxy(w.reward);
    for (double& x : proxy) x = std::uniform_real_distribution(-1.0, 1.0)(random);
    const op::worst_case_regret::inputs pair{{.transition = w.transition, .reward_a = w.reward,
                                              .transition_reward_a = {}, .reward_b = proxy, .transition_reward_b = {},
                                              .initial = w.initial, .states = states, .actions = actions}};
    CHECK(worst_case_regret(pair, {.gamma = 0.9}).regret ==
          doctest::Approx(worst_case_regret<clp_program>(pair, {.gamma = 0.9}).regret).epsilon(1e-7));

    const auto best = optimality_gap({{.transition = w.transition, .reward = w.reward, .transition_reward = {},
                                       .states = states, .actions = actions}}, {.gamma = 0.9});
    const std::vector<index_t> all{0, 1, 2, 3, 4, 5};
    const design_task task{.transition = w.transition, .policies = best.policy, .optimal_mask = best.optimal_mask,
                           .gap = best.gap, .states = states, .actions = actions};
    const design_goals goals{.gamma = 0.9, .reward_max = 20, .sparsity_weight = 0.01};
    CHECK(explicable_reward_design({task, all}, {goals}).objective ==
          doctest::Approx(explicable_reward_design<clp_program>({task, all}, {goals}).objective).epsilon(1e-6));
    const auto chosen = explicable_state_selection({task, all, {}}, {goals, 0}),
               by_clp = explicable_state_selection<clp_program>({task, all, {}}, {goals, 0});
    CHECK(chosen.objective[0] == doctest::Approx(by_clp.objective[0]).epsilon(1e-6));
  }
  const numbers features{1, 0, 0, 1, 0.5, 0.5, 0.2, 0.2};
  std::vector<index_t> order(16, -1);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = i + 1; j < 4; ++j) order[i * 4 + j] = 1;
  const op::expressible_as_expectation::inputs four{features, order, 4};
  CHECK(expressible_as_expectation(four).margin ==
        doctest::Approx(expressible_as_expectation<clp_program>(four).margin).epsilon(1e-9));
}

TEST_CASE("quadratic programmes: the least reward of a class, and boxes") {
  // |r - (I - gamma P) Phi|^2 over Phi, as the programme max b Phi - Phi Q Phi / 2.
  constexpr std::size_t states = 5, actions = 2;
  std::mt19937 random(9);
  for (int seed = 1; seed <= 20; ++seed) {
    const auto w = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                               .seed = std::to_string(seed)});
    std::vector<numbers> a(states * actions, numbers(states));
    for (std::size_t sa = 0; sa < a.size(); ++sa)
      for (std::size_t t = 0; t < states; ++t)
        a[sa][t] = (t == sa / actions ? 1 : 0) - 0.9 * w.transition[sa * states + t];
    clp_program p(states, -linear_program::infinity);
    for (std::size_t i = 0; i < states; ++i) {
      double b = 0;
      for (std::size_t sa = 0; sa < a.size(); ++sa) b += a[sa][i] * w.reward[sa];
      p.gain(i, b);
      for (std::size_t j = i; j < states; ++j) {
        double q = 0;
        for (const numbers& row : a) q += row[i] * row[j];
        p.curvature(i, j, q);
      }
    }
    REQUIRE(p.maximise() == linear_program::verdict::optimal);
    numbers wide(w.transition.size());
    for (std::size_t k = 0; k < wide.size(); ++k) wide[k] = w.reward[k / states];
    const auto c = canonicalize_minimal({{w.transition, states, actions}, wide}, {.gamma = 0.9, .weighted = true});
    for (std::size_t sa = 0; sa < a.size(); ++sa) {
      double left = w.reward[sa];
      for (std::size_t t = 0; t < states; ++t) left -= a[sa][t] * p.solution()[t];
      CHECK(left == doctest::Approx(c.canonical_reward[sa * states]).epsilon(1e-5));
    }
  }
  // The point of a box, or of a simplex, that is nearest to another.
  clp_program box(2, 0, 1);
  box.gain(0, 3), box.gain(1, 0.25), box.curvature(0, 0, 1), box.curvature(1, 1, 1);
  REQUIRE(box.maximise() == linear_program::verdict::optimal);
  CHECK(box.solution()[0] == doctest::Approx(1));
  CHECK(box.solution()[1] == doctest::Approx(0.25).epsilon(1e-6));
  clp_program simplex(3);
  simplex.row(numbers{1, 1, 1}, 1, 1);
  for (std::size_t j = 0; j < 3; ++j) simplex.gain(j, std::array{0.9, 0.5, -2.0}[j]), simplex.curvature(j, j, 1);
  REQUIRE(simplex.maximise() == linear_program::verdict::optimal);
  CHECK(simplex.solution()[0] == doctest::Approx(0.7).epsilon(1e-6));
  CHECK(simplex.solution()[1] == doctest::Approx(0.3).epsilon(1e-6));
  CHECK(simplex.objective() == doctest::Approx(0.9 * 0.7 + 0.5 * 0.3 - (0.49 + 0.09) / 2));
  clp_program none(1, 0, 1);
  none.curvature(0, 0, 1), none.row(numbers{1}, 2, 3);
  CHECK(none.maximise() == linear_program::verdict::infeasible);
}

using verdict = linear_program::verdict;

/// max c x - x Q x / 2 over the variables' bounds; Q row by row.
clp_program quadratic(const numbers& c, const numbers& q, double low = 0, double high = linear_program::infinity) {
  clp_program p(c.size(), low, high);
  for (std::size_t i = 0; i < c.size(); ++i) {
    p.gain(i, c[i]);
    for (std::size_t j = i; j < c.size(); ++j)
      if (q[i * c.size() + j] != 0) p.curvature(i, j, q[i * c.size() + j]);
  }
  return p;
}

TEST_CASE("quadratic programmes: where nothing curves, what gains is unbounded, and what does not is optimal") {
  constexpr double infinity = linear_program::infinity;
  const numbers difference{1, -1, -1, 1};  // (x - y)^2
  CHECK(quadratic({1, 1}, difference).maximise() == verdict::unbounded);
  CHECK(quadratic({1, 1}, difference, -infinity).maximise() == verdict::unbounded);
  CHECK(quadratic({0, 1}, {1, 0, 0, 0}).maximise() == verdict::unbounded);  // y has no curvature
  const auto optimal = [](double z, clp_program p) {
    REQUIRE(p.maximise() == verdict::optimal);
    CHECK(p.objective() == doctest::Approx(z).epsilon(1e-6));
  };
  optimal(0.5, quadratic({1, -1}, difference));                      // a ray that gains nothing
  optimal(0.5, quadratic({1, 1}, {1, 1, 1, 1}, -10, 10));            // (x + y)^2
  optimal(20, quadratic({1, 1}, difference, -10, 10));
  optimal(0, quadratic({0, 0}, difference, -infinity));
  optimal(-3, quadratic({-1, -1, -1}, numbers(9), 1));               // Q of nothing
  clp_program tied = quadratic({1, 1}, difference);                  // a row takes the ray
  tied.row(numbers{1, 1}, -infinity, 4);
  optimal(4, tied);
  // Variables of different sizes: x + 1e-6 y, squared.
  optimal(0.5, quadratic({1, 1e-6}, {1, 1e-6, 1e-6, 1e-12}, -1e7, 1e7));
}

TEST_CASE("quadratic programmes: degenerate constraints") {
  constexpr double infinity = linear_program::infinity;
  const auto nearest = [](std::initializer_list<known::row> rows, double x, double y) {  // to (2, 1)
    clp_program p = quadratic({2, 1}, {1, 0, 0, 1});
    for (const known::row& r : rows) p.row(r.a, r.low, r.high);
    REQUIRE(p.maximise() == verdict::optimal);
    CHECK(p.solution()[0] == doctest::Approx(x).epsilon(1e-6));
    CHECK(p.solution()[1] == doctest::Approx(y).epsilon(1e-6));
  };
  nearest({{{1, 1}, 1, 1}, {{1, 1}, 1, 1}, {{-2, -2}, -2, -2}}, 1, 0);                         // one row three times
  nearest({{{1, 1}, -infinity, 2}, {{1, 0}, -infinity, 1}, {{0, 1}, 1, 1}, {{1, -1}, 0, 0}}, 1, 1);  // all meet there
  nearest({{{1, 1}, -infinity, 0}}, 0, 0);                                                     // one point is left
  nearest({{{0, 0}, 0, 0}}, 2, 1);                                                             // a row of nothing
  nearest({{{1, 1}, -infinity, 3}, {{1, 2}, -infinity, 4}}, 2, 1);  // the best point on two edges that cost nothing
}

TEST_CASE("random semidefinite programmes that are made around their optimum") {
  std::mt19937 random(12);
  const auto number = [&] { return std::uniform_real_distribution(-1.0, 1.0)(random); };
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = 2 + random() % 5, rank = random() % n, m = random() % 4;
    numbers best(n), slope(n), q(n * n), root(rank * n);
    for (double& x : root) x = number();
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t k = 0; k < rank; ++k) q[i * n + j] += root[k * n + i] * root[k * n + j];
    for (std::size_t j = 0; j < n; ++j) {  // in the box of [0, 1]: at an end, whose price is the slope, or between
      const auto where = random() % 3;
      best[j] = where == 0 ? 0 : where == 1 ? 1 : 0.5 + 0.4 * number();
      slope[j] = where == 0 ? -std::abs(number()) : where == 1 ? std::abs(number()) : 0;
    }
    std::vector<known::row> rows;
    for (std::size_t i = 0; i < m; ++i) {  // at its bound, with a price
      known::row r{numbers(n), -linear_program::infinity, 0};
      const double price = std::abs(number());
      for (std::size_t j = 0; j < n; ++j) r.a[j] = number(), r.high += r.a[j] * best[j], slope[j] += price * r.a[j];
      rows.push_back(r);
    }
    numbers c(slope);
    double z = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) c[i] += q[i * n + j] * best[j], z -= best[i] * q[i * n + j] * best[j] / 2;
    for (std::size_t j = 0; j < n; ++j) z += c[j] * best[j];
    clp_program p = quadratic(c, q, 0, 1);
    for (const known::row& r : rows) p.row(r.a, r.low, r.high);
    REQUIRE(p.maximise() == verdict::optimal);
    CHECK(p.objective() == doctest::Approx(z).epsilon(1e-5));

    const std::size_t i = random() % n, j = (i + 1) % n;  // one direction bent the other way
    q[i * n + j] = q[j * n + i] = 2 * (std::sqrt(q[i * n + i] * q[j * n + j]) + 1e-3);
    clp_program bent = quadratic(c, q, 0, 1);
    CHECK_THROWS_WITH_AS(bent.maximise(), doctest::Contains("curvature"), std::invalid_argument);
  }
}

TEST_CASE("a curvature that is not positive semidefinite is refused, whatever the bounds") {
  const auto refused = [](clp_program p) {
    CHECK_THROWS_WITH_AS(p.maximise(), doctest::Contains("clp_program: curvature is not positive semidefinite"),
                         std::invalid_argument);
  };
  refused(quadratic({0, 0}, {0, -1, -1, 0}, -1, 1));  // max x y
  refused(quadratic({0, 0}, {0, 1, 1, 0}, -1, 1));
  refused(quadratic({0}, {-1}));                      // max x^2 / 2
  refused(quadratic({-1}, {-1e-9}, 0, 1));
  refused(quadratic({0, 0}, {1, 0, 0, -1}, 0, 1));
  refused(quadratic({0, 0}, {1, 2, 2, 1}, 0, 1));
  refused(quadratic({0, 0, 0}, {2, -1, -1, -1, 2, -1.01, -1, -1.01, 2}, 0, 1));  // three that are fine by two
  refused(quadratic({0, 0}, {1e6, 1e3, 1e3, 0.9}, 0, 1));                        // small beside the other
  clp_program crossed = quadratic({0}, {-1}, 1, 0);
  refused(crossed);
}

}  // namespace
