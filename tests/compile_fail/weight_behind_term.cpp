// expect: the weight comes before its term: weight * term
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::log_ratio_distance{} * guerdon::token_weight<float>{};
