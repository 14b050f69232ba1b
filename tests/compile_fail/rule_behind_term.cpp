// expect: a term has its rule already; terms are added: term + term
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

auto objective = (guerdon::token_ratio{} | guerdon::clipped{}) | guerdon::clipped{};
