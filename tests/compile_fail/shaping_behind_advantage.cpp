// expect: a shaping comes before the advantage: shaping | advantage
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/shaping/bounded_reward.hpp>

auto advantage = guerdon::grpo_advantage() | guerdon::bounded_reward();
