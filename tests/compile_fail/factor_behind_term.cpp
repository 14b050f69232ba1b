// expect: the factor comes before its term: factor * term
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::log_ratio_distance{} * 0.5;
