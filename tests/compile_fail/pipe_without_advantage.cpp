// expect: a pipe ends with an advantage: shaping | grpo_advantage()
#include <guerdon/backend/scalar.hpp>
#include <guerdon/shaping/bounded_reward.hpp>

auto advantage(const guerdon::answer_rewards<float>& rewards) {
  return guerdon::shaped_advantage(guerdon::scalar_backend(), rewards, guerdon::bounded_reward());
}
