// Thrust's vectors as arguments, here with the host as Thrust's device.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/backend/thrust.hpp>
#include <guerdon/program/compose.hpp>

#include <doctest/doctest.h>
#include <thrust/host_vector.h>

using namespace guerdon;

TEST_CASE("device vectors are views") {
  const std::vector<float> rewards{1, 0, 0, 1, 3, 2, 1, 1, 1, 5, 6, 7};
  const std::vector<index_t> cuts{0, 4, 8, 12};
  const auto want = grpo_advantage(scalar_backend(), {rewards, cuts});

  const host_thrust backend;
  const ::thrust::device_vector<float> reward(rewards.begin(), rewards.end());
  const ::thrust::device_vector<index_t> offsets(cuts.begin(), cuts.end());
  ::thrust::device_vector<float> advantage(12);
  grpo_advantage<float>(backend, {view_of(reward), segments(view_of(offsets))}, {view_of(advantage)}, {});
  for (std::size_t i = 0; i < want.size(); ++i) CHECK(advantage[i] == want[i]);
}

TEST_CASE("sorting composed of two stable sorts, ragged and padded") {
  const host_thrust backend;
  const std::vector<float> keys{3, 1, 2, 9, 8, 7, 6, 1, 0};
  std::vector<float> sorted(9);
  const std::vector<index_t> offsets{0, 3, 3, 7, 9};
  backend.sort_segments<float>(offsets, keys, sorted);
  CHECK(sorted == std::vector<float>{1, 2, 3, 6, 7, 8, 9, 0, 1});

  const std::vector<index_t> lengths{2, 1, 3};
  backend.sort_segments<float>(segments::padded(3, lengths), keys, sorted);
  CHECK(std::vector<float>(sorted.begin(), sorted.begin() + 2) == std::vector<float>{1, 3});
  CHECK(sorted[3] == 9);
  CHECK(std::vector<float>(sorted.begin() + 6, sorted.end()) == std::vector<float>{0, 1, 6});
}

TEST_CASE("a composed reward program runs on Thrust's vectors") {
  using namespace guerdon::terms;
  const std::vector<double> states{0.1, 0, 0.3, 0.4, 3, 4};
  const ::thrust::device_vector<double> point(states.begin(), states.end());
  ::thrust::device_vector<double> reward(3), component(3);
  const auto far = named("far", size_of<double>(view_of(point), 2));
  const auto program = finished(far <= 0.2, 5, 2 * far - column_of<double>(view_of(point), 2, 1));
  run_program<double>(host_thrust(), program, view_of(reward), view_of(component));
  const double want[] = {5, 0.6, 6}, wanted_far[] = {0, 0.5, 5};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(reward[i] == doctest::Approx(want[i]));
    CHECK(component[i] == doctest::Approx(wanted_far[i]));
  }
}
