// expect: a factor multiplies a term: factor * (ratio | rule)
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = 0.5 * guerdon::token_ratio{} | guerdon::clipped{};
