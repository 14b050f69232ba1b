// expect: the arrays of a shaping have the element type of the rewards: name it, laser_reward<double>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/laser_reward.hpp>

auto advantage(const guerdon::answer_rewards<double>& rewards,
               const guerdon::op::laser_reward::inputs<float>& answers) {
  return guerdon::shaped_advantage<double>(
      guerdon::scalar_backend(), rewards,
      guerdon::laser_reward(answers, {.target_length = 4000}) | guerdon::grpo_advantage());
}
