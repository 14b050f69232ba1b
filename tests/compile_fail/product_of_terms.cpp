// expect: a product of losses is no loss: add them, or give one a factor
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::log_ratio_distance{} * guerdon::log_ratio_distance{};
