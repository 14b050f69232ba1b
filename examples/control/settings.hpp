#pragma once
// Every number that decides the outcome.

#include <guerdon/core/view.hpp>

namespace control {

using guerdon::index_t;

struct settings {
  index_t updates = 150;      ///< batches that a run collects
  index_t evaluations = 15;   ///< exact ones, evenly spread, beside the one at the start
  index_t steps = 16;         ///< T: steps of a batch in each of
  index_t columns = 8;        ///< B streams of experience
  index_t kept = 4;           ///< latest batches that are learned from again, so that most data is an older policy's
  double lambda = 0.9;        ///< of all faces that have one
  index_t n = 4;              ///< steps of the n-step return
  double explore = 0.2;       ///< epsilon of the policy that acts
  double target_epsilon = 0.05;  ///< epsilon of the policy that is learned about
  double value_rate = 0.2;    ///< step size of values
  double policy_rate = 0.1;   ///< step size of an actor's logits
  double entropy = 0.01;      ///< weight of an actor's entropy
  double logit_rate = 4;      ///< step size of the logits of distributions
  double quantile_rate = 0.5; ///< step size of quantiles
  index_t atoms = 51;         ///< of distributions
  index_t quantiles = 16;
};

}  // namespace control
