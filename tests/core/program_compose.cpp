// Composed reward programs: Text2Reward's four, in a few lines each, give what its operations give, and so does every
// primitive.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include <guerdon/backend/thrust.hpp>
#endif
#include <guerdon/program/action_penalty.hpp>
#include <guerdon/program/clip_and_normalize.hpp>
#include <guerdon/program/compose.hpp>
#include <guerdon/program/directional_velocity_reward.hpp>
#include <guerdon/program/hamacher_product.hpp>
#include <guerdon/program/log_distance_reward.hpp>
#include <guerdon/program/program_avoid_obstacles.hpp>
#include <guerdon/program/program_lift_cube.hpp>
#include <guerdon/program/program_pick_cube.hpp>
#include <guerdon/program/program_turn_faucet.hpp>
#include <guerdon/program/quaternion_angle.hpp>
#include <guerdon/program/rect_prism_tolerance.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using guerdon::flag_t;
using guerdon::index_t;
using namespace guerdon::terms;

namespace {

constexpr index_t count = 60, joints = 2, obstacles = 3;

/// Numbers that spread over an interval without a generator.
template <class T>
std::vector<T> spread(index_t n, double low, double high, double step) {
  std::vector<T> x;
  for (index_t i = 0; i < n; ++i) x.push_back(T(low + (high - low) * std::fmod(0.37 + step * double(i), 1.0)));
  return x;
}

template <class T>
struct states {
  std::vector<T> gripper = spread<T>(3 * count, -0.2, 0.2, 0.618), object = spread<T>(3 * count, -0.03, 0.06, 0.414),
                 goal = spread<T>(3 * count, -0.03, 0.03, 0.303), speed = spread<T>(joints * count, 0, 0.3, 0.271),
                 angle = spread<T>(count, -0.3, 1, 0.531), angle_before = spread<T>(count, -0.3, 1, 0.173),
                 distance = spread<T>(count, 0, 1, 0.777), rotation = spread<T>(count, 0, 6.2, 0.0613),
                 offset = spread<T>(3 * count, -0.06, 0.06, 0.719), impulse = spread<T>(count, 0, 0.1, 0.237),
                 obstacle = spread<T>(obstacles * count, 0.02, 0.2, 0.157),
                 orientation = spread<T>(4 * count, -1, 1, 0.347), other = spread<T>(4 * count, -1, 1, 0.893);
  std::vector<flag_t> grasped = std::vector<flag_t>(count);

  states() {
    for (std::size_t i = 0; i < grasped.size(); ++i) grasped[i] = i % 3 != 0;
    for (auto row = obstacle.begin(); row != obstacle.end(); row += obstacles) std::sort(row, row + obstacles);
    angle[7] = 0;  // where the last term of turn_faucet turns round
  }
};

template <class T>
guerdon::view<const T> v(const std::vector<T>& x) { return x; }

/// A program computed by a backend against what the operation gives.
template <class T, class Backend>
auto comparison(const Backend& backend) {
  return [&](const auto& program, const auto& wanted) {
    std::vector<T> reward(count);
    guerdon::run_program<T>(backend, program, reward);
    for (std::size_t i = 0; i < reward.size(); ++i)
      CHECK(reward[i] == doctest::Approx(wanted[i]).epsilon(sizeof(T) == 8 ? 1e-12 : 1e-5));
  };
}

template <class T, class Backend>
void check_programs(const Backend& backend) {
  const states<T> s;
  const auto same = comparison<T>(backend);
  const auto held = is_set(guerdon::view<const flag_t>(s.grasped));
  const auto still = size_of(v(s.speed), joints, guerdon::vector_norm::linf) <= 0.2;
  const auto reach = reaching(between(v(s.gripper), v(s.object), 3));
  const auto left = between(v(s.object), v(s.goal), 3);

  same(finished(left <= 0.025 && still, 5, reach + when(held, 1 + reaching(left))),
       guerdon::program_pick_cube<T>(backend, {joints, s.gripper, s.object, s.goal, s.speed, s.grasped}));

  const guerdon::op::program_lift_cube::options lift{.goal_height = 0.04, .half_size = 0.01};
  const auto height = column_of(v(s.object), 3, 2);
  same(
      finished(height >= 0.05 && still, 2.25, reach + when(held, 0.25 + at_most((height - 0.01) / 0.04, 1))),
      guerdon::program_lift_cube<T>(
          backend,
          {.joints = joints, .gripper = s.gripper, .object = s.object, .joint_velocity = s.speed, .grasped = s.grasped},
          lift));

  const auto to_turn = value_of(v(s.angle));
  const auto turned = progress(to_turn, value_of(v(s.angle_before)), 2);
  same(
      finished(to_turn < 0, 10,
               reaching(value_of(v(s.distance))) + 3 * reaching(to_turn, 2) + 5 * choose(to_turn > 0, turned, -turned)),
      guerdon::program_turn_faucet<T>(
          backend, {.distance = s.distance, .angle_diff = s.angle, .previous_angle_diff = s.angle_before}));

  const double pi = 3.14159265358979323846;
  const auto angle = value_of(v(s.rotation));
  const auto away = size_of(v(s.offset), 3);
  const auto degrees = 180 / pi * magnitude_of(angle - when(angle > pi, 2 * pi));
  const auto nearest = column_of(v(s.obstacle), obstacles, 0);
  const auto placed = when(degrees <= 25, 2 * reaching((away - 0.025) / nearest, 1));
  same(finished(away <= 0.025 && degrees <= 15, 10,
                4 * share_above(v(s.obstacle), obstacles, away) - 50 * value_of(v(s.impulse)) +
                    when(away < nearest, 3 * reaching(degrees, 1.0 / 180, 15) + placed)),
       guerdon::program_avoid_obstacles<T>(backend, {.obstacles = obstacles,
                                                     .position_offset = s.offset,
                                                     .rotation_angle = s.rotation,
                                                     .goal_to_obstacle = s.obstacle,
                                                     .max_impulse = s.impulse}));
}

template <class T, class Backend>
void check_primitives(const Backend& backend) {
  const states<T> s;
  const auto same = comparison<T>(backend);
  const auto x = value_of(v(s.angle)), d = value_of(v(s.distance));
  same(log_distance(d, 1e-4, -3),
       guerdon::log_distance_reward<T>(backend, {s.distance}, {.epsilon = 1e-4, .log_min = -3}));
  same(in_unit_range(x, -0.1, 0.7), guerdon::clip_and_normalize<T>(backend, {s.angle}, {.low = -0.1, .high = 0.7}));
  const guerdon::op::tolerance::options inside{.lower = 0, .upper = 0.2, .margin = 0.3};
  same(tolerated(x, inside), guerdon::tolerance<T>(backend, {s.angle}, inside));
  same(both_of(d, in_unit_range(x)),
       guerdon::hamacher_product<T>(backend, {s.distance, guerdon::clip_and_normalize<T>(backend, {s.angle})}));
  const std::vector<T> zero{T(-0.1), T(-0.02), T(-0.1)}, one{T(0.1), T(0.06), T(0.15)};
  same(outside_box(v(s.gripper), v(zero), v(one)), guerdon::rect_prism_tolerance<T>(backend, {s.gripper, zero, one}));
  for (const auto sense : {guerdon::quaternion_sense::shortest, guerdon::quaternion_sense::by_sign})
    same(angle_between(v(s.orientation), v(s.other), sense),
         guerdon::quaternion_angle<T>(backend, {s.orientation, s.other}, {.mode = sense}));
  same(2 * approaching(v(s.offset), v(s.gripper), 3),
       guerdon::directional_velocity_reward<T>(backend, {3, s.offset, s.gripper}));
  same(-0.1 * size_of(v(s.speed), joints), guerdon::action_penalty<T>(backend, {joints, s.speed}));
}

}  // namespace

TEST_CASE("a reward program composed of terms gives what the operation gives") {
  check_programs<double>(guerdon::scalar_backend{});
  check_primitives<double>(guerdon::scalar_backend{});
  check_programs<float>(guerdon::scalar_backend{});
  check_programs<double>(guerdon::emulated_backend{});
#ifdef GUERDON_HAS_EIGEN
  check_programs<double>(guerdon::eigen_backend{});
  check_programs<float>(guerdon::eigen_backend{});
#endif
#ifdef GUERDON_HAS_HOST_THRUST
  check_programs<float>(guerdon::host_thrust());
#endif
}

TEST_CASE("terms add, multiply and nest; a closed gate and a factor of 0 leave their term out") {
  const guerdon::scalar_backend cpu;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> x{2, nan, 3};
  const std::vector<flag_t> open{1, 0, 1};
  const auto a = value_of(v(x));
  const auto gate = is_set(guerdon::view<const flag_t>(open));
  std::vector<double> reward(3);
  const auto run = [&](const auto& program) {
    guerdon::run_program<double>(cpu, program, reward);
    return reward;
  };
  CHECK(run(when(gate, 2 * a - 1)) == std::vector<double>{3, 0, 5});
  CHECK(run(0 * a + 1) == std::vector<double>{1, 1, 1});
  CHECK(run(when(gate, a * a) + when(!gate, 7)) == std::vector<double>{4, 7, 9});
  CHECK(run(when(gate, 1 + when(a >= 3, 10 - a))) == std::vector<double>{1, 0, 8});
  CHECK(run(finished(a >= 3, 5, when(gate, cooled(a, 2)))) == std::vector<double>{std::exp(-1.0), 0, 5});
  CHECK(run(when(a > 2 || gate, at_least(a, 2.5))) == std::vector<double>{2.5, 0, 3});
  CHECK(run(choose(2 < a, a / 2, magnitude_of(1 - a))).front() == 1);
  CHECK(std::isnan(reward[1]));  // NaN is not above 2, so that the other term counts
  CHECK(run(applied([](double y) { return y * y; }, when(gate, a))) == std::vector<double>{4, 0, 9});
}

TEST_CASE(
    "named terms are reported beside the reward, as 0 behind a closed gate; arrays of another length are refused") {
  const guerdon::scalar_backend cpu;
  const std::vector<double> x{1, 2, 3}, two{1, 2};
  const auto a = value_of(v(x));
  const auto program = finished(a >= 3, 9, 2 * named("a", a) + named("stage", when(a >= 2, 5 * named("inner", -a))));
  std::vector<double> reward(3), component(9);
  guerdon::run_program<double>(cpu, program, reward, component);
  CHECK(reward == std::vector<double>{2, -6, 9});
  CHECK(component == std::vector<double>{1, 2, 0, 0, -10, 0, 0, -2, 0});
  const auto names = guerdon::component_names(program);
  REQUIRE(names.size() == 3);
  CHECK(std::string(names[0]) == "a");
  CHECK(std::string(names[2]) == "inner");

  const auto refusal = [&](const auto& p, std::vector<double> parts) -> std::string {
    try {
      guerdon::run_program<double>(cpu, p, reward, parts);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "answered";
  };
  CHECK(refusal(program, std::vector<double>(8)) ==
        "run_program: components must hold a row as long as the rewards for each named term");
  const std::string other_length = "run_program: program holds an array whose length is not that of the rewards";
  CHECK(refusal(a + value_of(v(two)), {}) == other_length);
  CHECK(refusal(when(value_of(v(two)) > 0, a), {}) == other_length);
  CHECK(refusal(a + reaching(between(v(x), v(x), 2)), {}) == other_length);
  CHECK(reward == std::vector<double>{2, -6, 9});
  CHECK_THROWS_WITH_AS(in_unit_range(a, 1, 1), "in_unit_range: low and high must be a range: low below high",
                       std::invalid_argument);
  CHECK_THROWS_AS(tolerated(a, {.margin = -1}), std::invalid_argument);
}
