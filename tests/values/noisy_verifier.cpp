// The corrections of a noisy verifier over 10^5 simulated verdicts: unbiased within four standard errors.
#include <guerdon/backend/scalar.hpp>
#include <guerdon/shaping/backward_correction.hpp>
#include <guerdon/shaping/fn_rate_from_appeals.hpp>
#include <guerdon/shaping/forward_weight.hpp>
#include <guerdon/shaping/noise_channel.hpp>

#include <doctest/doctest.h>

#include <random>

namespace guerdon {
namespace {

constexpr std::size_t verdicts = 100000;
constexpr double rho0 = 0.1, rho1 = 0.2;

std::vector<double> uniform_numbers(unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> u(verdicts);
  for (double& x : u) x = static_cast<double>(random() >> 11) * 0x1p-53;
  return u;
}
/// |mean - want| in standard errors of the mean.
double off_by(const std::vector<double>& x, double want) {
  double sum = 0, squares = 0;
  for (const double y : x) sum += y, squares += y * y;
  const double n = static_cast<double>(x.size()), mean = sum / n;
  return std::abs(mean - want) / std::sqrt((squares / n - mean * mean) / n);
}

}  // namespace

TEST_CASE("a corrected reward has the true reward as its mean, a forward weight that of the clean update") {
  const scalar_backend cpu;
  for (const double truth : {0.0, 1.0}) {
    const std::vector<double> clean(verdicts, truth), u = uniform_numbers(truth == 0 ? 1 : 2);
    const auto seen = noise_channel<double>(cpu, {clean, u}, {.rho0 = rho0, .rho1 = rho1});
    CHECK(off_by(seen, truth == 1 ? 1 - rho1 : rho0) < 4);
    CHECK(off_by(backward_correction<double>(cpu, {seen}, {.rho0 = rho0, .rho1 = rho1}), truth) < 4);
    const double update = truth == 1 ? 0 : -(1 - rho0 - rho1);
    CHECK(off_by(forward_weight<double>(cpu, {seen}, {.rho1 = rho1}), update) < 4);
  }
}

TEST_CASE("appeals tell the rate of false negatives of a checker without false positives") {
  const scalar_backend cpu;
  const std::vector<double> u = uniform_numbers(3), lot = uniform_numbers(4);
  std::vector<double> truth(verdicts);
  std::vector<flag_t> appealed(verdicts), verdict(verdicts);
  for (std::size_t i = 0; i < verdicts; ++i) {
    truth[i] = i % 5 < 2;
    appealed[i] = lot[i] < 0.25;
    verdict[i] = truth[i] == 1;
  }
  const auto seen = noise_channel<double>(cpu, {truth, u}, {.rho0 = 0, .rho1 = rho1});
  const auto [rate, flips] = fn_rate_from_appeals<double>(cpu, {seen, appealed, verdict});
  CHECK(std::abs(rate[0] - rho1) < 0.01);  // of 40000 right answers 8000 are rejected, 2000 of them are looked at again
  CHECK(flips[0] > 1800);
}

}  // namespace guerdon
