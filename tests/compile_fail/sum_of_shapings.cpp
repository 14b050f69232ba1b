// expect: shapings follow one another: shaping | shaping, not shaping + shaping
#include <guerdon/shaping/bounded_reward.hpp>
#include <guerdon/shaping/reward_ceiling.hpp>

auto shaping = guerdon::bounded_reward() + guerdon::reward_ceiling({.ceiling = 1});
