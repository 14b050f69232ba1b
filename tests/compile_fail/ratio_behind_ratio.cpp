// expect: behind a ratio comes a rule, such as clipped{}: ratio | rule
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::token_ratio{} | guerdon::sequence_ratio{};
