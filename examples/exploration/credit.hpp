#pragma once
// Credit: an episode's return is told at its end only, and must be spread over its steps before it teaches any.

#include "world.hpp"

namespace exploration {

/// How the return is spread.
enum class redistribution { at_the_end, uniform, ircr, lare, told_at_once };
std::string name_of(redistribution r);
std::vector<redistribution> all_redistributions();

/// Errands: at each of twenty steps one of ten callers asks, and one of four answers, which is not known, earns 1; but
/// only the sum is told.
struct credit_result {
  index_t episodes_to_success =
      0;  ///< that ended the first ten episodes with 90 % of what the best answers earn; else the budget
  bool solved = false;
};
inline constexpr index_t credit_budget = 1500;
credit_result learn_errands(redistribution r, std::uint64_t seed);

}  // namespace exploration
