// Linear programmes whose answers are known, for every class that solves them.
#pragma once

#include <guerdon/mdp/linear_program.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

namespace guerdon::known {

using verdict = linear_program::verdict;
inline constexpr double infinity = linear_program::infinity;

struct row {
  std::vector<double> a;
  double low, high;
};

template <class Program>
Program made(const std::vector<double>& gains, const std::vector<row>& rows, double low = 0, double high = infinity) {
  Program p(gains.size(), low, high);
  for (std::size_t j = 0; j < gains.size(); ++j) p.gain(j, gains[j]);
  for (const row& r : rows) p.row(r.a, r.low, r.high);
  return p;
}

template <class Program>
void check_known_programs() {
  const auto solve = [](auto... x) {
    Program p = made<Program>(x...);
    const verdict v = p.maximise();
    return std::pair(v, v == verdict::optimal ? p.objective() : 0);
  };
  const auto optimal = [&](double z, auto... x) {
    const auto [v, got] = solve(x...);
    REQUIRE(v == verdict::optimal);
    CHECK(got == doctest::Approx(z).epsilon(1e-9));
  };
  using rows = std::vector<row>;
  using gains = std::vector<double>;

  SUBCASE("optimal") {
    optimal(36, gains{3, 5}, rows{{{1, 0}, -infinity, 4}, {{0, 2}, -infinity, 12}, {{3, 2}, -infinity, 18}});
    optimal(7, gains{1, 1}, rows{{{1, -1}, -1, 1}}, -infinity, 4.0 - 0.5 + 0.0);
    optimal(0, gains{}, rows{});
    optimal(3, gains{1, 2}, rows{}, -1.0, 1.0);                                  // bounds alone
    optimal(-2, gains{-1, -1}, rows{{{1, 1}, 2, 2}});                            // an equality
    optimal(5, gains{1, 0}, rows{{{1, -1}, 0, 0}, {{0, 1}, -infinity, 5}}, -infinity, infinity);  // free variables
  }
  SUBCASE("degenerate") {
    // Beale's cycle, under the rule of the steepest variable.
    optimal(
        0.05, gains{0.75, -150, 0.02, -6},
        rows{
            {{0.25, -60, -0.04, 9}, -infinity, 0}, {{0.5, -90, -0.02, 3}, -infinity, 0}, {{0, 0, 1, 0}, -infinity, 1}});
    // Kuhn's.
    optimal(2, gains{2, 3, -1, -12},
            rows{{{-2, -9, 1, 9}, -infinity, 0},
                 {{1.0 / 3, 1, -1.0 / 3, -2}, -infinity, 0},
                 {{2, 3, -1, -12}, -infinity, 2}});
    // The same row many times, and equalities that follow from others.
    rows same(30, row{{1, 1, 1}, -infinity, 1});
    same.push_back({{1, 0, 0}, 0.25, 0.25}), same.push_back({{2, 0, 0}, 0.5, 0.5});
    same.push_back({{1, 1, 1}, 1, 1}), same.push_back({{3, 1, 1}, 1.5, 1.5});
    optimal(0.25 + 2 * 0.75, gains{1, 2, 0}, same);
    // Klee and Minty's cube: every corner lies on the way of a bad rule.
    constexpr std::size_t n = 10;
    gains g;
    rows cube;
    for (std::size_t i = 0; i < n; ++i) {
      g.push_back(std::pow(2, static_cast<double>(n - 1 - i)));
      row r{gains(n), -infinity, std::pow(5, static_cast<double>(i + 1))};
      for (std::size_t j = 0; j < i; ++j) r.a[j] = std::pow(2, static_cast<double>(i - j + 1));
      r.a[i] = 1;
      cube.push_back(r);
    }
    optimal(std::pow(5, n), g, cube);
    // Nothing at all to gain, and a point as the only solution.
    optimal(0, gains{0, 0}, rows{{{1, 1}, 1, 1}, {{1, -1}, 1, 1}});
  }
  SUBCASE("infeasible") {
    const auto infeasible = [&](auto... x) { CHECK(solve(x...).first == verdict::infeasible); };
    infeasible(gains{1}, rows{{{1}, 2, infinity}}, 0.0, 1.0);
    infeasible(gains{1, 1}, rows{{{1, 1}, 3, 3}, {{1, 1}, 4, 4}});
    infeasible(gains{0, 0}, rows{{{0, 0}, 1, infinity}});                        // 0 x >= 1
    infeasible(gains{1}, rows{{{1}, 2, 1}}, -infinity, infinity);                // a row whose bounds cross
    infeasible(gains{1}, rows{}, 1.0, 0.0);                                      // a variable's
    infeasible(gains{1, 1}, rows{{{1, -1}, 1, infinity}, {{-1, 1}, 1, infinity}});  // and it would be unbounded
  }
  SUBCASE("unbounded") {
    const auto unbounded = [&](auto... x) { CHECK(solve(x...).first == verdict::unbounded); };
    unbounded(gains{1}, rows{});
    unbounded(gains{1, 1}, rows{{{1, -1}, 0, 0}});
    unbounded(gains{-1}, rows{{{1}, -infinity, 3}}, -infinity, infinity);
    unbounded(gains{0, 0, 1}, rows{{{1, 1, 0}, 1, 1}});
  }
  SUBCASE("what is no number is refused") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto refused = [&](auto... x) { CHECK_THROWS_AS(solve(x...), std::invalid_argument); };
    refused(gains{nan}, rows{}, 0.0, 1.0);
    refused(gains{infinity}, rows{}, 0.0, 1.0);
    refused(gains{1}, rows{{{nan}, 0, 1}});
    refused(gains{1}, rows{{{1}, nan, 1}});
    refused(gains{1}, rows{}, 0.0, nan);
    refused(gains{1}, rows{}, infinity, infinity);
  }
}

}  // namespace guerdon::known
