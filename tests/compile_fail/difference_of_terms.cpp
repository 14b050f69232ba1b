// expect: losses are added; what counts against them has a factor below 0: -0.1 * term
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = (guerdon::token_ratio{} | guerdon::clipped{}) - guerdon::log_ratio_distance{};
