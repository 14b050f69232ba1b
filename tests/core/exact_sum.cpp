#include <doctest/doctest.h>

#include <guerdon/core/exact_sum.hpp>

#include <algorithm>
#include <random>
#include <vector>

using guerdon::exact_sum;

namespace {
double sum(const std::vector<double>& all) {
  exact_sum s;
  for (const double x : all) s.add(x);
  return s.value();
}
constexpr double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
constexpr double inf = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("an exact sum is rounded once") {
  CHECK(sum({}) == 0);
  CHECK(sum({1e308, 1, -1e308}) == 1);
  CHECK(sum({most, most, -most}) == most);
  CHECK(sum({most, most}) == inf);
  CHECK(sum({-most, -most}) == -inf);
  CHECK(sum({least, least, least}) == 3 * least);
  CHECK(sum({-least, 1, -1}) == -least);
  CHECK(sum({std::numeric_limits<double>::min(), -least}) == std::numeric_limits<double>::min() - least);
  const double half = 0x1p-53, more = 0x1p-106;  // half a unit of 1's last place: ties to even, and what breaks them
  CHECK(sum({1, half}) == 1);
  CHECK(sum({1, half, more}) == 1 + 0x1p-52);
  CHECK(sum({1, half, -more}) == 1);
  CHECK(sum({1 + 0x1p-52, half}) == 1 + 0x1p-51);
  CHECK(sum({-1, -half, -more}) == -1 - 0x1p-52);
  CHECK(sum({0x1.fffffffffffffp0, half}) == 2);  // a carry into the next exponent
}

TEST_CASE("infinities and NaN are what IEEE adds them to") {
  CHECK(sum({inf, 1, most}) == inf);
  CHECK(sum({-inf, most}) == -inf);
  CHECK(std::isnan(sum({inf, -inf})));
  CHECK(std::isnan(sum({std::nan(""), 1})));
}

TEST_CASE("every double is its own sum") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const double x = std::bit_cast<double>(random());
    if (std::isfinite(x)) REQUIRE(sum({x}) == x);
  }
}

TEST_CASE("neither order nor parts matter, and opposites leave nothing") {
  std::mt19937_64 random(2);
  std::vector<double> all;
  for (int i = 0; i < 999; ++i) {
    double x = std::bit_cast<double>(random());
    if (!std::isfinite(x)) x = 1;
    all.push_back(std::ldexp(x, -20));  // so that no sum overflows
  }
  const double whole = sum(all);
  for (int turn = 0; turn < 20; ++turn) {
    std::shuffle(all.begin(), all.end(), random);
    exact_sum parts[3];
    for (std::size_t i = 0; i < all.size(); ++i) parts[i % 3].add(all[i]);
    parts[0].merge(parts[1]);
    parts[0].merge(parts[2]);
    CHECK(parts[0].value() == whole);
    exact_sum nothing = parts[0];
    for (const double x : all) nothing.add(-x);
    CHECK(nothing.value() == 0);
  }
}
