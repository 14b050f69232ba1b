// expect: a pipe ends with one advantage: shaping | shaping | advantage
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/shaping/bounded_reward.hpp>

auto advantage = guerdon::bounded_reward() | guerdon::grpo_advantage() | guerdon::rloo_advantage();
