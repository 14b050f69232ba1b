// expect: a rule is no loss yet: give it a ratio, ratio | rule
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::log_ratio_distance{} + guerdon::clipped{};
