// Composed reward programs: Text2Reward's, in a few lines each, give what its operations give.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#include <guerdon/program/compose.hpp>
#include <guerdon/program/program_lift_cube.hpp>
#include <guerdon/program/program_pick_cube.hpp>
#include <guerdon/program/program_turn_faucet.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using guerdon::flag_t;
using guerdon::index_t;
using namespace guerdon::terms;

namespace {

constexpr index_t count = 60, joints = 2;

/// Numbers that spread over an interval without a generator.
std::vector<double> spread(index_t n, double low, double high, double step) {
  std::vector<double> x;
  for (index_t i = 0; i < n; ++i) x.push_back(low + (high - low) * std::fmod(0.37 + step * double(i), 1.0));
  return x;
}

const std::vector<double> gripper = spread(3 * count, -0.2, 0.2, 0.618), object = spread(3 * count, -0.03, 0.06, 0.414),
                          goal = spread(3 * count, -0.03, 0.03, 0.303), speed = spread(joints * count, 0, 0.3, 0.271),
                          angle = spread(count, -0.3, 1, 0.531), angle_before = spread(count, -0.3, 1, 0.173),
                          distance = spread(count, 0, 1, 0.777);

guerdon::view<const double> v(const std::vector<double>& x) { return x; }

template <class Backend>
void check_programs(const Backend& backend) {
  std::vector<flag_t> grasped(count);
  for (std::size_t i = 0; i < grasped.size(); ++i) grasped[i] = i % 3 != 0;
  std::vector<double> reward(count), height(count);
  for (std::size_t i = 0; i < height.size(); ++i) height[i] = object[3 * i + 2];
  const guerdon::view<const flag_t> grasp_flags = grasped;
  const auto same = [&](const auto& program, const auto& wanted) {
    guerdon::run_program<double>(backend, program, reward);
    for (std::size_t i = 0; i < reward.size(); ++i) CHECK(reward[i] == doctest::Approx(wanted[i]).epsilon(1e-12));
  };
  const auto held = is_set(grasp_flags);
  const auto still = size_of(v(speed), joints, guerdon::vector_norm::linf) <= 0.2;
  const auto reach = reaching(between(v(gripper), v(object), 3));
  const auto left = between(v(object), v(goal), 3);

  same(finished(left <= 0.025 && still, 5, reach + when(held, 1 + reaching(left))),
       guerdon::program_pick_cube<double>(backend, {joints, gripper, object, goal, speed, grasped}));

  const guerdon::op::program_lift_cube::options lift{.goal_height = 0.04, .half_size = 0.01};
  const auto lifted = (value_of(v(height)) - lift.half_size) * (1 / lift.goal_height);
  same(
      finished(value_of(v(height)) >= lift.goal_height + lift.half_size && still, lift.success_reward,
               reach + when(held, lift.grasp_bonus + at_most(lifted, 1))),
      guerdon::program_lift_cube<double>(
          backend,
          {.joints = joints, .gripper = gripper, .object = object, .joint_velocity = speed, .grasped = grasped}, lift));

  const guerdon::op::program_turn_faucet::options turn;
  const auto to_turn = value_of(v(angle));
  same(finished(!(to_turn >= 0), turn.success_reward,
                reaching(value_of(v(distance)), turn.reach_scale) +
                    turn.turn_weight * reaching(to_turn, turn.turn_scale) +
                    turn.progress_weight * progress(to_turn, value_of(v(angle_before)), turn.turn_scale)),
       guerdon::program_turn_faucet<double>(
           backend, {.distance = distance, .angle_diff = angle, .previous_angle_diff = angle_before}));
}

}  // namespace

TEST_CASE("a reward program composed of terms gives what the operation gives") {
  check_programs(guerdon::scalar_backend{});
  check_programs(guerdon::emulated_backend{});
#ifdef GUERDON_HAS_EIGEN
  check_programs(guerdon::eigen_backend{});
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
}
