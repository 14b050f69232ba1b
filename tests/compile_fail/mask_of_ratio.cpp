// expect: a mask keeps a term: where(keep, ratio | rule)
#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/ratios.hpp>

const guerdon::flag_t keep[1] = {1};
void objective() { guerdon::where({keep, 1}, guerdon::token_ratio{}); }
