// Processes in Eigen's matrices against the exact operations, and threads that change no bit.
#include <guerdon/adapt/eigen_mdp.hpp>
#include <guerdon/mdp/env_four_rooms.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_policy_iteration.hpp>
#include <guerdon/mdp/mdp_value_iteration.hpp>

#include <doctest/doctest.h>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

dense_mdp dense(const numbers& transition, const numbers& reward, index_t states, index_t actions) {
  dense_mdp m{
      Eigen::Map<const decltype(dense_mdp::transition)>(transition.data(), states * actions, states), {}, actions};
  m.reward = Eigen::Map<const Eigen::VectorXd>(reward.data(), states * actions);
  return m;
}
sparse_mdp sparse(const dense_mdp& d) {
  sparse_mdp m{d.transition.sparseView(), d.reward, d.actions};
  m.transition.makeCompressed();
  return m;
}

/// Random, with five successors a pair.
sparse_mdp random_mdp(index_t states, index_t actions) {
  constexpr int successors = 5;
  sparse_mdp m{Eigen::SparseMatrix<double, Eigen::RowMajor>(states * actions, states),
               Eigen::VectorXd(states * actions), actions};
  m.transition.reserve(Eigen::VectorXi::Constant(static_cast<Eigen::Index>(states * actions), successors));
  std::uint64_t state = 1;
  const auto draw = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  for (index_t sa = 0; sa < states * actions; ++sa) {
    for (int k = 0; k < successors; ++k)
      m.transition.coeffRef(sa, static_cast<index_t>(draw() * static_cast<double>(states))) += 1.0 / successors;
    m.reward[sa] = draw();
  }
  m.transition.makeCompressed();
  return m;
}

TEST_CASE("value and policy iteration, dense and sparse, have the exact optimum") {
  for (int seed = 1; seed <= 10; ++seed) {
    const auto w = env_garnet({.num_states = 40, .num_actions = 3, .branching = 4, .seed = std::to_string(seed)});
    const dense_mdp d = dense(w.transition, w.reward, 40, 3);
    const sparse_mdp s = sparse(d);
    const finite_mdp f{
        .transition = w.transition, .reward = w.reward, .transition_reward = {}, .states = 40, .actions = 3};
    for (const double gamma : {0.0, 0.5, 0.99}) {
      const auto want = mdp_policy_iteration({f}, {.gamma = gamma});
      const auto agree = [&](const eigen_optimum& got) {
        for (index_t k = 0; k < 40; ++k)
          REQUIRE(got.value[k] == doctest::Approx(want.value[static_cast<std::size_t>(k)]).epsilon(1e-10));
        CHECK(got.policy == want.policy);
        CHECK(got.error <= 1e-8);
      };
      agree(value_iteration(d, {.gamma = gamma}));
      agree(value_iteration(s, {.gamma = gamma}));
      agree(value_iteration(s, {.gamma = gamma, .bounds = false}));
      agree(policy_iteration(d, gamma));
      agree(policy_iteration(s, gamma));
    }
  }
}

TEST_CASE("without bounds it is mdp_value_iteration, gamma 1 too") {
  const auto rooms = env_four_rooms({.step_reward = -1, .goal_reward = 0});
  const index_t states = rooms.num_states;
  numbers mean(static_cast<std::size_t>(states * 4));
  for (std::size_t k = 0; k < rooms.reward.size(); ++k)
    mean[k / static_cast<std::size_t>(states)] += rooms.transition[k] * rooms.reward[k];
  const sparse_mdp m = sparse(dense(rooms.transition, mean, states, 4));
  const finite_mdp f{
      .transition = rooms.transition, .reward = mean, .transition_reward = {}, .states = states, .actions = 4};
  for (const double gamma : {0.95, 1.0}) {
    const auto want = mdp_value_iteration({f}, {.gamma = gamma});
    const auto got = value_iteration(m, {.gamma = gamma, .bounds = false});
    for (index_t s = 0; s < states; ++s)
      CHECK(got.value[s] == doctest::Approx(want.value[static_cast<std::size_t>(s)]));
    CHECK(got.policy == want.policy);
  }
}

TEST_CASE("threads give the same bits, and bounds save sweeps") {
  const sparse_mdp m = random_mdp(5000, 3);
  const auto one = value_iteration(m, {.gamma = 0.99});
  for (const int threads : {2, 3, 8}) {
    const auto many = value_iteration(m, {.gamma = 0.99, .threads = threads});
    CHECK(many.value == one.value);
    CHECK(many.policy == one.policy);
    CHECK(many.sweeps == one.sweeps);
  }
  const auto plain = value_iteration(m, {.gamma = 0.99, .bounds = false});
  CHECK((plain.value - one.value).cwiseAbs().maxCoeff() < 1e-8);
  CHECK(one.sweeps * 10 < plain.sweeps);
  const dense_mdp d{Eigen::MatrixXd(random_mdp(300, 3).transition), random_mdp(300, 3).reward, 3};
  CHECK(value_iteration(d, {.gamma = 0.9}).value == value_iteration(d, {.gamma = 0.9, .threads = 5}).value);
}

TEST_CASE("what is wrong is named") {
  const auto refused = [](sparse_mdp m, double gamma, const char* word) {
    CHECK_THROWS_WITH_AS(value_iteration(m, {.gamma = gamma}), doctest::Contains(word), std::invalid_argument);
  };
  const sparse_mdp m = random_mdp(10, 2);
  refused(m, 1.5, "gamma");
  refused(m, std::numeric_limits<double>::quiet_NaN(), "gamma");
  sparse_mdp bad = m;
  bad.transition.valuePtr()[0] += 0.1;
  refused(bad, 0.9, "no distribution");
  bad = m, bad.reward[0] = std::numeric_limits<double>::quiet_NaN();
  refused(bad, 0.9, "reward");
  bad = m, bad.actions = 3;
  refused(bad, 0.9, "shape");
  CHECK_THROWS_WITH_AS(value_iteration(m, {.gamma = 1.0, .max_sweeps = 100}), doctest::Contains("max_sweeps"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(policy_value(m, std::vector<index_t>(10, 2), 0.9), doctest::Contains("policy"),
                       std::invalid_argument);
}

}  // namespace
