#pragma once
// The small agent by whose training a program is scored: a table of values, learnt from episodes.

#include "programs.hpp"

namespace eureka {

struct training_options {
  index_t epochs = 20, episodes = 10;  ///< the task is measured after each epoch
  double learning_rate = 0.3, discount = 0.95, random_action = 0.1;
};

/// A training run [C+1,T]: the mean of each component per step and, last, the share of starts from which the task is
/// done when no action is random.
std::vector<double> train(const world& w, const payment& pay, std::uint64_t seed, const training_options& o);

/// What several seeds have shown.
struct trained_runs {
  guerdon::training_record record;  ///< means over the runs, the task's course last; the score of checkpoint_score
  std::vector<double> score;        ///< [R]
  std::vector<double> success;      ///< [R,T]
};
/// Trains with a program under every seed, side by side on `threads`. One that the vocabulary refuses has not run.
trained_runs train_all(const world& w, const program& p, const std::vector<std::uint64_t>& seeds, unsigned threads,
                       const training_options& o);

}  // namespace eureka
