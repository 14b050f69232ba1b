#pragma once
// How much to trust a designer's bonus: behaviour alignment (BARFI) beside the plain sum and the task's reward alone.

#include "world.hpp"

namespace exploration {

enum class trust {
  task_alone,  ///< weights (0, 1, 0)
  plain_sum,   ///< (0, 1, 1)
  learnt       ///< from the plain sum on, by the gradient of the task's return
};
std::string name_of(trust t);

/// A corridor of nine places, started in the middle; its right end earns 1. The bonus is paid at every step to the left
/// of the start where it misleads, else to the right.
struct trust_result {
  index_t episodes_to_success = 0;  ///< that ended the first round of which 80 % arrived; else the budget
  bool solved = false;
  std::vector<double> bonus_weight;  ///< [rounds]
  std::vector<double> arrived;       ///< [rounds] share of the round's episodes
};
inline constexpr index_t trust_rounds = 60, trust_round_episodes = 40;
trust_result learn_to_trust(bool misleading, trust t, std::uint64_t seed);

}  // namespace exploration
