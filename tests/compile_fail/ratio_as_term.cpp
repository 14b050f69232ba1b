// expect: a ratio is no loss yet: give it a rule, ratio | rule
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::token_ratio{} + guerdon::log_ratio_distance{};
