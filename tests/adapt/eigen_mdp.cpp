// Processes in Eigen's matrices against the exact operations, threads that change no bit, and what is refused.
#include <guerdon/adapt/eigen_mdp.hpp>
#include <guerdon/mdp/env_four_rooms.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_discounted_return.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/mdp/mdp_policy_iteration.hpp>
#include <guerdon/mdp/mdp_value_iteration.hpp>

#include <doctest/doctest.h>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

finite_mdp arrays(const numbers& transition, const numbers& reward, index_t states, index_t actions) {
  return {.transition = transition, .reward = reward, .states = states, .actions = actions};
}

double draw(std::uint64_t& state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<double>(state >> 11) * 0x1p-53;
}

/// Random, with five successors a pair.
struct random_arrays {
  Eigen::SparseMatrix<double, Eigen::RowMajor> transition;
  Eigen::VectorXd reward;

  random_arrays(index_t states, index_t actions) : transition(states * actions, states), reward(states * actions) {
    constexpr int successors = 5;
    transition.reserve(Eigen::VectorXi::Constant(static_cast<Eigen::Index>(states * actions), successors));
    std::uint64_t state = 1;
    for (index_t sa = 0; sa < states * actions; ++sa) {
      for (int k = 0; k < successors; ++k)
        transition.coeffRef(sa, static_cast<index_t>(draw(state) * static_cast<double>(states))) += 1.0 / successors;
      reward[sa] = draw(state);
    }
  }
};
sparse_mdp random_mdp(index_t states, index_t actions, double discount) {
  const random_arrays a(states, actions);
  return {a.transition, a.reward, discount};
}

TEST_CASE("value and policy iteration, dense and sparse, have the exact optimum") {
  for (int seed = 1; seed <= 10; ++seed) {
    const auto w = env_garnet({.num_states = 40, .num_actions = 3, .branching = 4, .seed = std::to_string(seed)});
    const finite_mdp f = arrays(w.transition, w.reward, 40, 3);
    for (const double gamma : {0.0, 0.5, 0.99}) {
      const dense_mdp d(f, gamma);
      const sparse_mdp s(f, gamma);
      const auto want = mdp_policy_iteration({f}, {.gamma = gamma});
      const auto agree = [&](const eigen_optimum& got) {
        for (index_t k = 0; k < 40; ++k)
          REQUIRE(got.value[k] == doctest::Approx(want.value[static_cast<std::size_t>(k)]).epsilon(1e-10));
        CHECK(got.policy == want.policy);
        CHECK(got.error <= 1e-8);
      };
      agree(value_iteration(d));
      agree(value_iteration(s));
      agree(value_iteration(s, {.bounds = false}));
      agree(policy_iteration(d));
      agree(policy_iteration(s));
    }
  }
}

TEST_CASE("without bounds it is mdp_value_iteration, gamma 1 too") {
  const auto rooms = env_four_rooms({.step_reward = -1, .goal_reward = 0});
  const index_t states = rooms.num_states;
  const finite_mdp f{.transition = rooms.transition, .transition_reward = rooms.reward, .states = states, .actions = 4};
  for (const double gamma : {0.95, 1.0}) {
    const auto want = mdp_value_iteration({f}, {.gamma = gamma});
    const auto got = value_iteration(sparse_mdp(f, gamma), {.bounds = false});
    for (index_t s = 0; s < states; ++s)
      CHECK(got.value[s] == doctest::Approx(want.value[static_cast<std::size_t>(s)]));
    CHECK(got.policy == want.policy);
  }
}

TEST_CASE("a policy's value, return and occupancy are those of the operations, from any start") {
  const auto w = env_garnet({.num_states = 30, .num_actions = 3, .branching = 4, .seed = "7"});
  numbers start(30), chosen(90);
  std::vector<index_t> policy;
  for (std::size_t s = 0; s < 30; ++s) {
    start[s] = static_cast<double>(s) / 435;
    policy.push_back(static_cast<index_t>(s % 3));
    chosen[3 * s + s % 3] = 1;
  }
  const dense_mdp dense(arrays(w.transition, w.reward, 30, 3), 0.95, start);
  const auto value = mdp_policy_evaluation({dense.arrays(), chosen}, {.gamma = dense.discount()}).value;
  const auto earned =
      mdp_discounted_return({dense.arrays(), chosen, dense.start()}, {.gamma = dense.discount()}).expected_return;
  const auto visits = mdp_occupancy({{w.transition, 30, 3}, chosen, start}, {.gamma = 0.95}).state_occupancy;
  const auto agree = [&](const auto& m) {
    const Eigen::VectorXd worth = policy_value(m, policy), often = state_occupancy(m, policy);
    for (std::size_t s = 0; s < 30; ++s) {
      CHECK(worth[static_cast<index_t>(s)] == doctest::Approx(value[s]).epsilon(1e-12));
      CHECK(often[static_cast<index_t>(s)] == doctest::Approx(visits[s]).epsilon(1e-12));
    }
    CHECK(expected_return(m, policy) == doctest::Approx(earned).epsilon(1e-12));
    CHECK(often.sum() == doctest::Approx(20).epsilon(1e-12));
  };
  agree(dense);
  agree(sparse_mdp(dense.arrays(), 0.95, start));
  CHECK(dense_mdp(dense.arrays(), 0.95).start() == Eigen::VectorXd::Constant(30, 1.0 / 30));
}

TEST_CASE("threads give the same bits, and bounds save sweeps") {
  const sparse_mdp m = random_mdp(5000, 3, 0.99);
  const auto one = value_iteration(m);
  for (const int threads : {2, 3, 8}) {
    const auto many = value_iteration(m, {.threads = threads});
    CHECK(many.value == one.value);
    CHECK(many.policy == one.policy);
    CHECK(many.sweeps == one.sweeps);
  }
  const auto plain = value_iteration(m, {.bounds = false});
  CHECK((plain.value - one.value).cwiseAbs().maxCoeff() < 1e-8);
  CHECK(one.sweeps * 10 < plain.sweeps);
  const random_arrays a(300, 3);
  const dense_mdp d{Eigen::MatrixXd(a.transition), a.reward, 0.9};
  CHECK(value_iteration(d).value == value_iteration(d, {.threads = 5}).value);
}

TEST_CASE("what is wrong is named, where a process is made") {
  const random_arrays fine(10, 2);
  const auto refused = [](const random_arrays& a, double discount, const Eigen::VectorXd& start, const char* sentence) {
    CHECK_THROWS_WITH_AS(sparse_mdp(a.transition, a.reward, discount, start), doctest::Contains(sentence),
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(dense_mdp(Eigen::MatrixXd(a.transition), a.reward, discount, start),
                         doctest::Contains(sentence), std::invalid_argument);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused(fine, 1.5, {}, "eigen_mdp: discount must be");
  refused(fine, nan, {}, "eigen_mdp: discount must be");
  refused(fine, 0.9, Eigen::VectorXd::Constant(10, 0.2), "eigen_mdp: start is no distribution");
  refused(fine, 0.9, Eigen::VectorXd::Constant(9, 1.0 / 9), "eigen_mdp: start has the wrong size");
  random_arrays bad = fine;
  bad.transition.coeffRef(3, 3) += 0.1;
  refused(bad, 0.9, {}, "eigen_mdp: transition has a row that is no distribution");
  bad.transition.coeffRef(3, 3) = nan;
  refused(bad, 0.9, {}, "eigen_mdp: transition has a row that is no distribution");
  bad = fine, bad.transition.prune([](index_t row, index_t, double) { return row != 3; });
  refused(bad, 0.9, {}, "eigen_mdp: transition has a row that is no distribution");
  bad = fine, bad.reward[0] = nan;
  refused(bad, 0.9, {}, "eigen_mdp: reward is not finite");
  bad = fine, bad.reward.conservativeResize(19);
  refused(bad, 0.9, {}, "eigen_mdp: reward has the wrong size");
  bad = fine, bad.transition.conservativeResize(19, 10);
  refused(bad, 0.9, {}, "eigen_mdp: transition has the wrong shape");
  bad.transition.resize(0, 0);
  refused(bad, 0.9, {}, "eigen_mdp: transition has the wrong shape");
  const numbers transition{1}, reward{0, 0};
  CHECK_THROWS_WITH_AS(dense_mdp(arrays(transition, reward, 1, 2), 0.9), doctest::Contains("transition has the wrong"),
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(sparse_mdp(arrays(transition, {}, 1, 1), 0.9), doctest::Contains("reward"),
                       std::invalid_argument);

  CHECK_THROWS_WITH_AS(value_iteration(random_mdp(10, 2, 1), {.max_sweeps = 100}), doctest::Contains("max_sweeps"),
                       std::invalid_argument);
  const auto refuses = [](double discount, const std::vector<index_t>& policy, const char* word) {
    const sparse_mdp m = random_mdp(10, 2, discount);
    CHECK_THROWS_WITH_AS(policy_value(m, policy), doctest::Contains(word), std::invalid_argument);
    CHECK_THROWS_WITH_AS(state_occupancy(m, policy), doctest::Contains(word), std::invalid_argument);
  };
  refuses(0.9, std::vector<index_t>(10, 2), "policy holds");
  refuses(0.9, std::vector<index_t>(9, 0), "policy has");
  refuses(1, std::vector<index_t>(10, 0), "discount");
}

}  // namespace
