#pragma once
// A driving lane: a car that should arrive, within the limit, in its lane, without touching the car ahead.

#include "world.hpp"

namespace exploration {

/// What the driver is paid by.
enum class lane_reward {
  progress,            ///< along the route alone
  additive_penalties,  ///< progress less a number for every fault
  carl                 ///< progress times CaRL's soft factors, with its hard end
};
std::string name_of(lane_reward r);

struct lane_result {
  index_t episodes_to_success = 0;  ///< that ended the first ten drives of which eight were clean; else the budget
  bool solved = false;
  double arrived = 0, collided = 0, overspeed = 0, off_lane = 0;  ///< shares of drives, of steps, after training
};
inline constexpr index_t lane_budget = 1500;
lane_result learn_to_drive(lane_reward r, std::uint64_t seed);

}  // namespace exploration
