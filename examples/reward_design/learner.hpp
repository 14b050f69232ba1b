#pragma once
// A learner that is the same for all rewards: tabular Q-learning with an epsilon-greedy policy. After every episode its
// greedy policy is judged exactly, by the task's own reward.

#include "worlds.hpp"

namespace reward_design {

struct settings {
  int episodes = 2000;
  double epsilon = 0.1, learning_rate = 0.2;
  int redesign_every = 25;      ///< episodes between two rewards of `adaptive`
  double reward_max = 2;        ///< of `adaptive`
  double bonus = 0.1;           ///< largest exploration bonus
  double close_enough = 0.05;   ///< share of the optimal return that may be missing
  int in_a_row = 10;            ///< episodes that it must stay so
};

struct run_result {
  int episodes_to_optimum = 0;  ///< the first from which on it is close enough; settings.episodes where it never is
  numbers regret;               ///< [episodes] share of the optimal return that the greedy policy loses
  numbers last_reward;          ///< [S,A,S] what it was paid by in the end
};
/// `first` is first_reward(w, d).
run_result learn(const world& w, design d, const numbers& first, std::uint64_t seed, const settings& o);

}  // namespace reward_design
