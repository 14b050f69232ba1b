#include "statistics.hpp"

#include <doctest/doctest.h>

namespace ex = guerdon::examples;
using doctest::Approx;

TEST_CASE("mean, spread and quantiles have their textbook values") {
  const std::vector<double> x{4, 1, 3, 2};
  CHECK(ex::mean(x) == 2.5);
  CHECK(ex::standard_deviation(x) == Approx(1.2909944487358056));
  CHECK(ex::median(x) == 2.5);
  CHECK(ex::quantile(x, 0.25) == 1.75);  // numpy.quantile([4, 1, 3, 2], 0.25)
  CHECK(ex::quantile(x, 0) == 1);
  CHECK(ex::quantile(x, 1) == 4);
  CHECK(std::isnan(ex::mean({})));
  CHECK(std::isnan(ex::quantile(std::vector<double>{}, 0.5)));
  CHECK(ex::standard_deviation(std::vector<double>{7}) == 0);
}

TEST_CASE("the interquartile mean drops a quarter at each end, rounded down") {
  CHECK(ex::interquartile_mean(std::vector<double>{100, 2, 3, -50}) == 2.5);
  CHECK(ex::interquartile_mean(std::vector<double>{1, 2, 9}) == 4);  // too few to drop any
  // scipy.stats.trim_mean([0, 1, 2, 3, 4, 5, 6, 7, 8, 100], 0.25): two dropped at each end
  CHECK(ex::interquartile_mean(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 100}) == 4.5);
}

TEST_CASE("the bootstrap is deterministic, holds its point, and stays inside its strata") {
  const ex::strata scores{{0.1, 0.5, 0.9, 0.4}, {10.1, 10.5, 10.9}};
  const auto statistic = [](std::span<const double> v) { return ex::mean(v); };
  const ex::interval a = ex::bootstrap(scores, statistic), b = ex::bootstrap(scores, statistic);
  CHECK(a.low == b.low);
  CHECK(a.high == b.high);
  CHECK(a.low < a.point);
  CHECK(a.point < a.high);
  // Runs are redrawn inside a stratum only: mixing the two would spread the mean over about [0.2, 10.6].
  CHECK(a.low > 4.3);
  CHECK(a.high < 5.2);
}

TEST_CASE("the bootstrap's interval of a mean agrees with the normal one") {
  ex::random_source random(7);
  std::vector<double> x(400);
  for (double& v : x) v = random.uniform();
  const auto statistic = [](std::span<const double> v) { return ex::mean(v); };
  const ex::interval i = ex::bootstrap(x, statistic, {.resamples = 4000});
  const double half = 1.96 * ex::standard_deviation(x) / 20;
  CHECK(i.point - i.low == Approx(half).epsilon(0.1));
  CHECK(i.high - i.point == Approx(half).epsilon(0.1));
  CHECK(ex::bootstrap(x, statistic, {.resamples = 4000, .seed = 2}).low != i.low);
  const ex::interval narrow = ex::bootstrap(x, statistic, {.level = 0.5});
  CHECK(narrow.high - narrow.low < i.high - i.low);
}

TEST_CASE("constant scores have an interval of no width") {
  const ex::interval i = ex::bootstrap(std::vector<double>{0.3, 0.3, 0.3}, ex::interquartile_mean);
  CHECK(i.low == i.high);
  CHECK(i.low == Approx(0.3));
}

TEST_CASE("paired bootstrap sees the difference of runs that share a seed") {
  // The seeds differ wildly, the pairs by 0.1 exactly.
  const ex::strata x{{0.2, 5.1, 9.3}}, y{{0.1, 5.0, 9.2}};
  const ex::interval i = ex::bootstrap_paired(x, y, ex::interquartile_mean);
  CHECK(i.low == Approx(0.1));
  CHECK(i.high == Approx(0.1));
  CHECK_THROWS_AS(ex::bootstrap_paired({{1, 2}}, {{1}}, ex::interquartile_mean), std::invalid_argument);
}

TEST_CASE("probability of improvement counts wins, and ties by half") {
  CHECK(ex::probability_greater(std::vector<double>{1, 2, 3}, std::vector<double>{0}) == 1);
  CHECK(ex::probability_greater(std::vector<double>{1, 2}, std::vector<double>{1, 2}) == 0.5);
  CHECK(ex::probability_greater(std::vector<double>{1, 4}, std::vector<double>{2, 3, 4}) == Approx(2.5 / 6));
  CHECK(ex::probability_of_improvement({{1}, {0}}, {{0}, {1}}) == 0.5);
  const ex::interval i = ex::probability_of_improvement({{3, 4, 5}}, {{0, 1, 2}}, ex::bootstrap_options{});
  CHECK(i.point == 1);
  CHECK(i.low == 1);
  CHECK_THROWS_AS(ex::probability_of_improvement({{1}}, {{}}), std::invalid_argument);
}

TEST_CASE("Wilson's interval of a share") {
  const ex::interval i =
      ex::wilson_interval(8, 10);  // statsmodels proportion_confint(8, 10, method="wilson")
  CHECK(i.point == 0.8);
  CHECK(i.low == Approx(0.4901624715366418));
  CHECK(i.high == Approx(0.9433178485456247));
  CHECK(ex::wilson_interval(0, 5).low == 0);
  CHECK(ex::wilson_interval(5, 5).high == Approx(1));
  CHECK(std::isnan(ex::wilson_interval(0, 0).point));
}

TEST_CASE("Pearson's correlation") {
  const std::vector<double> x{1, 2, 3, 4}, y{2, 4, 6, 8}, z{1, 3, 2, 4}, flat{0.1, 0.1, 0.1, 0.1};
  CHECK(ex::pearson(x, y) == Approx(1));
  CHECK(ex::pearson(x, std::vector<double>{4, 3, 2, 1}) == Approx(-1));
  CHECK(ex::pearson(x, z) == Approx(0.8));
  CHECK(std::isnan(ex::pearson(x, flat)));
  // A large offset must not drown a small spread.
  std::vector<double> shifted = z;
  for (double& v : shifted) v = v * 1e-3 + 1e6;
  CHECK(ex::pearson(x, shifted) == Approx(0.8).epsilon(1e-6));
}

TEST_CASE("running moments agree with the batch ones") {
  ex::random_source random(3);
  ex::running_moments moments;
  std::vector<double> x;
  for (int i = 0; i < 1000; ++i) {
    x.push_back(1e4 + random.uniform());
    moments.add(x.back());
  }
  CHECK(moments.count() == 1000);
  CHECK(moments.mean() == Approx(ex::mean(x)).epsilon(1e-13));
  CHECK(moments.standard_deviation() == Approx(ex::standard_deviation(x)).epsilon(1e-8));
  CHECK(moments.high() == *std::max_element(x.begin(), x.end()));
}

TEST_CASE("the streaming histogram widens without losing a value") {
  ex::histogram h(16, 1);
  for (const double v : {0.0, 0.5, -1.0, 7.9}) h.add(v);
  CHECK(h.width() == 1);
  CHECK(h.count(8) == 2);  // [0, 1)
  CHECK(h.count(7) == 1);  // [-1, 0)
  h.add(60);
  h.add(ex::not_a_number);
  CHECK(h.width() == 8);
  CHECK(h.total() == 5);
  CHECK(h.not_finite() == 1);
  CHECK(h.edge(8) == 0);
  CHECK(h.count(8) == 3);
  CHECK(h.count(7) == 1);
  CHECK(h.count(15) == 1);
  CHECK_THROWS_AS(ex::histogram(15, 1), std::invalid_argument);
}

TEST_CASE("quantiles of the streaming histogram are exact to a bin") {
  ex::histogram h(512);
  for (int i = 0; i < 10'000; ++i) h.add(i);
  for (const double q : {0.0, 0.1, 0.5, 0.9, 1.0}) CHECK(std::abs(h.quantile(q) - q * 10'000) <= h.width());

  // Few values far apart have the quantiles of the values themselves.
  const std::vector<double> few{-0.707, 0.707, 3, 2.25};
  for (std::size_t n = 1; n <= few.size(); ++n) {
    ex::histogram of_few(1 << 15, 0x1p-20);
    for (std::size_t i = 0; i < n; ++i) of_few.add(few[i]);
    for (const double q : {0.0, 0.25, 0.5, 1.0})
      CHECK(std::abs(of_few.quantile(q) - ex::quantile(std::span(few).first(n), q)) <= of_few.width());
  }
}

TEST_CASE("binned values keep their count, and a constant gets a bin of its own") {
  const ex::binned b = ex::bin_values(std::vector<double>{0, 0.5, 1, 10}, 10);
  CHECK(b.count.front() == 2);
  CHECK(b.count[1] == 1);
  CHECK(b.count.back() == 1);
  CHECK(b.edge.back() == 10);
  const ex::binned constant = ex::bin_values(std::vector<double>{3, 3}, 4);
  CHECK(constant.edge.front() < 3);
  CHECK(constant.edge.back() > 3);
}
