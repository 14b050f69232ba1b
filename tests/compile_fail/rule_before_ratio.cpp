// expect: the ratio comes before its rule: ratio | rule
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = guerdon::clipped{} | guerdon::token_ratio{};
