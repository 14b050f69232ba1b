// Pipes of shapings, to machine code: of answers alone, of answers with arrays of their own, of groups. And a reward
// program composed of terms, with its components.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/kalman_advantage.hpp>
#include <guerdon/advantage/opo_advantage.hpp>
#include <guerdon/backend/cuda.cuh>
#include <guerdon/length/kimi_length_reward.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/program/compose.hpp>
#include <guerdon/shaping/clip_reward.hpp>
#include <guerdon/shaping/par_reward.hpp>

namespace guerdon {

void compose(const cuda_backend& gpu, const answer_rewards<float>& in, const op::laser_reward::inputs<float>& answers,
             const op::par_reward::inputs<float>& compared, view<const double> target, view<float> advantage) {
  const auto laser = laser_reward(answers, {.target_length = 4000});
  shaped_advantage(gpu, in, {advantage}, laser | clip_reward({.low = 0, .high = 1}) | grpo_advantage());
  shaped_advantage(gpu, in, {advantage}, par_reward(compared) | opo_advantage({.length = answers.length}));
  shaped_advantage(gpu, in, {advantage, advantage, advantage},
                   laser_d_reward({.correct = answers.correct, .length = answers.length, .target_length = target}) |
                       kimi_length_reward({.correct = answers.correct, .length = answers.length}) | kalman_advantage());
}

void avoid_obstacles(const cuda_backend& gpu, view<const float> offset, view<const float> degrees,
                     view<const float> obstacle, view<const float> impulse, view<float> reward, view<float> component) {
  using namespace terms;
  const auto away = size_of(offset, 3);
  const auto turned = value_of(degrees), nearest = column_of(obstacle, 4, 0);
  const auto placed = named("placed", when(turned <= 25, 2 * reaching((away - 0.025) / nearest, 1)));
  const auto program = finished(away <= 0.025 && turned <= 15, 10,
                                named("past", 4 * share_above(obstacle, 4, away)) - 50 * value_of(impulse) +
                                    when(away < nearest, 3 * reaching(turned, 1.0 / 180, 15) + placed));
  run_program(gpu, program, reward, component);
}

}  // namespace guerdon
