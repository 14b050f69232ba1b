// Gradients of policies that learn, against finite differences: of the expected return, and of what the inner level of
// behaviour alignment comes to when it is solved again.

#include <guerdon/mdp/alignment_inner_gradient.hpp>
#include <guerdon/mdp/alignment_inner_solve.hpp>
#include <guerdon/mdp/alignment_outer_gradient.hpp>
#include <guerdon/mdp/reinforce_gradient.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace guerdon {
namespace {

using doubles = std::vector<double>;
using indices = std::vector<index_t>;

/// Numbers that look drawn, in [0, 1): steps of the golden ratio.
struct spread {
  double state = 0.3;
  double operator()() { return state = std::fmod(state + 0.6180339887498949, 1.0); }
};

doubles drawn(std::size_t n, double low, double high, double seed) {
  spread next{seed};
  doubles x(n);
  for (double& y : x) y = low + (high - low) * next();
  return x;
}

/// The central difference of f along x[d].
template <class F>
double slope(F f, doubles x, std::size_t d, double step) {
  const double at = x[d];
  x[d] = at + step;
  const double above = f(x);
  x[d] = at - step;
  return (above - f(x)) / (2 * step);
}

doctest::Approx close_to(double x) { return doctest::Approx(x).epsilon(1e-7); }

constexpr index_t states = 3, actions = 3, width = 2, rollouts = 5, steps = 4;

/// Fixed trajectories of unequal lengths, one of them empty, with positive rewards: the inner problem has one maximum.
struct fixed_data {
  doubles feature = drawn(states * actions * width, -1, 1, 0.1);
  indices length{4, 3, 0, 4, 2}, state, action;
  doubles primary = drawn(rollouts * steps, 0.5, 1.5, 0.7), auxiliary = drawn(rollouts * steps, 0.2, 1, 0.45);

  fixed_data() {
    for (index_t i = 0; i < rollouts * steps; ++i) state.push_back((i * i + 1) % states), action.push_back(i % actions);
  }
  alignment_problem problem(const doubles& theta, const doubles& weight) const {
    return {{states, actions, theta, feature, length, state, action}, primary, auxiliary, weight};
  }
};

constexpr double entropy = 0.3;

}  // namespace

TEST_CASE("BARFI: the parts of the inner level are the derivatives of its update") {
  const fixed_data data;
  const doubles theta{0.3, -0.6}, weight{0.2, 1, 0.5};
  const double gamma = 0.8;
  const auto delta = [&](const doubles& at, const doubles& w, double g) {
    return alignment_inner_gradient(data.problem(at, w), {.learning = {.gamma = g, .entropy_coeff = entropy}}).delta;
  };
  const auto parts =
      alignment_inner_gradient(data.problem(theta, weight), {.learning = {.gamma = gamma, .entropy_coeff = entropy}});
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t d = 0; d < width; ++d)
      CHECK(parts.hessian[i * width + d] ==
            close_to(slope([&](auto& at) { return delta(at, weight, gamma)[i]; }, theta, d, 1e-5)));
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(parts.cross[3 * i + k] ==
            close_to(slope([&](auto& w) { return delta(theta, w, gamma)[i]; }, weight, k, 1e-5)));
    CHECK(parts.cross_gamma[i] ==
          close_to(slope([&](auto& g) { return delta(theta, weight, g[0])[i]; }, {gamma}, 0, 1e-5)));
  }
}

TEST_CASE("BARFI: the outer gradient is how the outer objective moves when the inner problem is solved again") {
  const fixed_data data;
  const doubles weight{0.2, 1, 0.5};
  const double gamma = 0.8, penalty = 0.25;
  const auto solved = [&](const doubles& w, double g) {
    const auto out = alignment_inner_solve(
        data.problem({0, 0}, w),
        {.learning = {.gamma = g, .entropy_coeff = entropy}, .step_size = 0.5, .iterations = 4000});
    REQUIRE(out.residual_norm < 1e-13);
    return out.theta;
  };
  // Any smooth objective of the policy's parameters, and its gradient.
  const auto objective = [](const doubles& t) { return std::sin(t[0]) + 0.5 * t[1] * t[1] + t[0] * t[1]; };
  const doubles theta = solved(weight, gamma);
  const doubles outer{std::cos(theta[0]) + theta[1], theta[1] + theta[0]};
  const auto inner =
      alignment_inner_gradient(data.problem(theta, weight), {.learning = {.gamma = gamma, .entropy_coeff = entropy}});
  const auto by_gamma = [&](auto& g) { return objective(solved(weight, g[0])) - penalty * g[0]; };
  const auto by_weight = [&](auto& w) { return objective(solved(w, gamma)); };
  for (const bool exact : {true, false}) {
    const auto gradient = alignment_outer_gradient(
        {outer, inner.hessian, inner.cross, inner.cross_gamma},
        {.method = exact ? inverse_method::exact : inverse_method::neumann, .step = 0.5, .terms = 4000,
         .gamma_penalty = penalty});
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(gradient.grad_weight[k] == close_to(slope(by_weight, weight, k, 1e-4)));
    CHECK(gradient.grad_gamma == close_to(slope(by_gamma, {gamma}, 0, 1e-4)));
  }
}

TEST_CASE("REINFORCE over all trajectories is the slope of the expected return; without the state's discount not") {
  // All sequences of three actions from the same start; where one leads is a rule, and so is what it pays.
  const doubles feature = drawn(states * actions * width, -1, 1, 0.2), theta{0.4, -0.3};
  const double gamma = 0.7;
  constexpr index_t horizon = 3, count = 27;
  indices state, action;
  doubles reward;
  for (index_t path = 0; path < count; ++path) {
    index_t s = 0, code = path;
    for (index_t t = 0; t < horizon; ++t, code /= actions) {
      const index_t a = code % actions;
      state.push_back(s), action.push_back(a), reward.push_back(static_cast<double>((2 * s + 3 * a) % 5) - 1);
      s = (s + a * a + 1) % states;
    }
  }
  const auto chance = [&](const doubles& at, index_t path) {
    double p = 1;
    for (auto i = static_cast<std::size_t>(path * horizon); i < static_cast<std::size_t>((path + 1) * horizon); ++i) {
      const auto s = static_cast<std::size_t>(state[i]);
      doubles e(actions);
      double sum = 0;
      for (std::size_t a = 0; a < actions; ++a) {
        double logit = 0;
        for (std::size_t d = 0; d < width; ++d) logit += feature[(s * actions + a) * width + d] * at[d];
        sum += e[a] = std::exp(logit);
      }
      p *= e[static_cast<std::size_t>(action[i])] / sum;
    }
    return p;
  };
  const auto expected_return = [&](const doubles& at) {
    double sum = 0;
    for (index_t path = 0; path < count; ++path)
      for (index_t t = 0; t < horizon; ++t)
        sum += chance(at, path) * std::pow(gamma, t) * reward[static_cast<std::size_t>(path * horizon + t)];
    return sum;
  };
  const auto estimate = [&](bool discount_state) {
    doubles mean(width);
    const indices length{horizon};
    for (index_t path = 0; path < count; ++path) {
      const auto from = static_cast<std::size_t>(path * horizon);
      const auto one = reinforce_gradient({{states, actions, theta, feature, length,
                                            view<const index_t>(state.data() + from, horizon),
                                            view<const index_t>(action.data() + from, horizon)},
                                           view<const double>(reward.data() + from, horizon)},
                                          {.gamma = gamma, .discount_state = discount_state});
      for (std::size_t d = 0; d < width; ++d) mean[d] += chance(theta, path) * one.gradient[d];
    }
    return mean;
  };
  const doubles gradient = estimate(true), common = estimate(false);
  for (std::size_t d = 0; d < width; ++d) {
    const double truth = slope(expected_return, theta, d, 1e-5);
    CHECK(gradient[d] == close_to(truth));
    CHECK(std::abs(common[d] - truth) > 1e-3);
  }
}

}  // namespace guerdon
