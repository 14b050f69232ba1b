// This project's own simplex method: known programmes, and the dual value of random ones.
#include "known_programs.hpp"

#include <random>

namespace {

using namespace guerdon;

TEST_CASE("the simplex method solves what has an answer, and says what has none") {
  known::check_known_programs<linear_program>();
}

TEST_CASE("the optimum of a random programme is that of its dual, degenerate ones too") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = 1 + random() % 6, m = 1 + random() % 6;
    const auto number = [&] { return static_cast<double>(random() % 7) - 2; };  // few numbers: many ties
    std::vector<std::vector<double>> a(m, std::vector<double>(n));
    std::vector<double> b(m), c(n);
    for (auto& row : a)
      for (double& x : row) x = number();
    for (double& x : b) x = static_cast<double>(random() % 4);  // 0 is feasible
    for (double& x : c) x = number();
    linear_program primal(n), dual(m);
    for (std::size_t j = 0; j < n; ++j) primal.gain(j, c[j]);
    for (std::size_t i = 0; i < m; ++i) primal.row(a[i], -linear_program::infinity, b[i]), dual.gain(i, -b[i]);
    for (std::size_t j = 0; j < n; ++j) {
      std::vector<double> column;
      for (const auto& row : a) column.push_back(row[j]);
      dual.row(column, c[j], linear_program::infinity);
    }
    const auto p = primal.maximise(), d = dual.maximise();
    REQUIRE(p != linear_program::verdict::infeasible);
    REQUIRE((p == linear_program::verdict::unbounded) == (d == linear_program::verdict::infeasible));
    if (p == linear_program::verdict::optimal) CHECK(primal.objective() == doctest::Approx(-dual.objective()));
  }
}

}  // namespace
