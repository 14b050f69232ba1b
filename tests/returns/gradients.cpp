// Closed-form gradients of operations on the host, and of options, which the derived tests do not take: against finite
// differences.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/program/temperature_reward.hpp>
#include <guerdon/shaping/return_decomposition_loss.hpp>
#include <guerdon/shaping/rrd_loss.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace guerdon {
namespace {

using doubles = std::vector<double>;

/// Are the derivatives of loss(x).loss those that it states, gradient(loss(x))?
template <class Loss, class Gradient>
void slopes_match(Loss loss, doubles x, Gradient gradient) {
  const doubles stated = gradient(loss(x));
  REQUIRE(stated.size() == x.size());
  constexpr double step = 1e-5;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    x[i] = at + step;
    const double above = loss(x).loss;
    x[i] = at - step;
    const double slope = (above - loss(x).loss) / (2 * step);
    x[i] = at;
    CAPTURE(i);
    CHECK(stated[i] == doctest::Approx(slope).epsilon(1e-8));
  }
}

}  // namespace

TEST_CASE("the losses of redistributed returns have the slopes that they state") {
  const doubles predicted{0.3, -1.2, 0.8, 2.5, 0.1, -0.4, 1.7, 0.9, -2.2, 0.6, 1.1, -0.7};
  const doubles episode_return{1.5, -0.5, 2, 4};
  const std::vector<index_t> ends{0, 1, 1, 4, 6};  // episodes of 1, 0, 3 and 2 steps of two agents
  for (const bool by_length : {true, false})
    for (const double variance : {0.0, 0.7})
      slopes_match(
          [&](const doubles& x) {
            return return_decomposition_loss({2, x, ends, episode_return},
                                             {.normalize_by_length = by_length, .variance_weight = variance});
          },
          predicted, [](const auto& out) { return out.grad_predicted; });

  const std::vector<index_t> length{7, 1, 0, 2};  // longer and shorter than the three samples, one of no steps
  for (const bool unbiased : {false, true})
    for (const auto coefficient : {rrd_coefficient::rrd, rrd_coefficient::lare})
      slopes_match(
          [&](const doubles& x) {
            return rrd_loss({3, x, episode_return, length}, {.unbiased = unbiased, .coefficient = coefficient});
          },
          predicted, [](const auto& out) { return out.grad_sampled; });
}

TEST_CASE("a reward with a temperature has the slopes that it states, by the error and by the temperature") {
  const scalar_backend cpu;
  const doubles error{0, 0.3, 1.7, -0.4, 5};
  constexpr double step = 1e-5;
  const auto reward = [&](double e, double t) {
    const doubles one{e}, temperature{t};
    return double(temperature_reward<double>(cpu, {.error = one, .temperature = temperature}).reward[0]);
  };
  for (const double t : {0.3, 1.0, 2.5}) {
    const doubles shared{t}, own(error.size(), t);
    for (const bool one_for_all : {true, false}) {
      const auto out = one_for_all ? temperature_reward<double>(cpu, {.error = error, .temperature = shared})
                                   : temperature_reward<double>(cpu, {.error = error, .error_temperature = own});
      for (std::size_t i = 0; i < error.size(); ++i) {
        CHECK(out.grad_error[i] ==
              doctest::Approx((reward(error[i] + step, t) - reward(error[i] - step, t)) / (2 * step)).epsilon(1e-8));
        CHECK(out.grad_temperature[i] ==
              doctest::Approx((reward(error[i], t + step) - reward(error[i], t - step)) / (2 * step)).epsilon(1e-8));
      }
    }
  }
}

}  // namespace guerdon
