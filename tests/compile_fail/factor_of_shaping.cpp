// expect: a shaping has its factor among its options
#include <guerdon/shaping/bounded_reward.hpp>

auto shaping = 0.5 * guerdon::bounded_reward();
