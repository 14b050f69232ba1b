#pragma once
// What agents learn from: batches of [T,B] steps, in which episodes follow one another.

#include <string>
#include <vector>

#include "worlds.hpp"

#include <guerdon/core/segments.hpp>
#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/split_mix.hpp>

namespace control {

using guerdon::flag_t;

struct batch {
  guerdon::time_layout time;
  std::vector<index_t> state, action;            ///< [T,B]
  std::vector<index_t> next_state;               ///< [T,B] the one really reached, also where the episode was cut off
  std::vector<index_t> next_action;              ///< [T,B] taken there; of no meaning behind an end or the last step
  numbers reward, discount;                      ///< [T,B] discount 0 where the episode ended
  numbers behaviour, next_behaviour;             ///< [T,B] probability of action and next_action when they were taken
  std::vector<flag_t> truncated;                 ///< [T,B] cut off by the time limit after this step
};

/// B streams of experience in one world.
class collector {
 public:
  collector(const world& w, index_t columns, std::uint64_t seed);
  /// T steps of each stream under a policy [S,A].
  batch collect(const numbers& policy, index_t steps);

 private:
  std::size_t start();
  const world& world_;
  guerdon::mdp::model model_;
  guerdon::mdp::successors successors_;
  guerdon::split_mix random_;
  std::vector<std::size_t> state_;
  std::vector<index_t> age_;
};

}  // namespace control
