#pragma once
// A small reward model, end to end: a head on features of texts, trained with guerdon's losses and gradients on pairs of
// answers, and held against answers that it has not seen.

#include <string>
#include <vector>

#include "study.hpp"

namespace judging {

struct training_options {
  int folds = 5;        ///< of prompts; each is scored by the head that was trained on the others
  index_t steps = 300;  ///< of gradient descent, each over all pairs
  index_t units = 8;    ///< of the hidden layer
  double linear_rate = 0.5, two_layer_rate = 0.5;
  double weight_decay = 1e-3;
};

/// A pair that a head learns from: a right answer and a wrong one, as indices into all answers.
struct training_pair {
  std::size_t right, wrong;
  int fold;  ///< that both belong to
};

/// Cooper's: the first right answer of each prompt against the wrong answer to the same prompt that looks most like it.
/// Random: the same right answers, each against a wrong answer to another prompt.
struct training_pairs {
  std::vector<training_pair> hard, random;
};
training_pairs pairs_of(const flat& f, const std::vector<int>& fold_of_task, std::uint64_t seed);

struct loss_curve {
  std::string name;
  numbers trained, held_out;  ///< by step, mean over folds
};

struct trained {
  std::vector<judge> judges;      ///< one for each kind of head and of pairs
  std::vector<measure> measures;  ///< held-out accuracies with intervals, what the linear heads learned
  std::vector<loss_curve> curves;
};

/// How many times train() advances the progress bar.
std::int64_t work_of(const training_options& t);

/// Throws std::invalid_argument where there are no pairs in every fold.
trained train(const records& r, const training_options& t, const study_options& o);

}  // namespace judging
