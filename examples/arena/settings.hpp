#pragma once
// Everything that decides the numbers of a run, in one place.

#include <nlohmann/json.hpp>

#include "policy.hpp"

namespace arena {

struct settings {
  // The policy.
  index_t hidden = 96;

  // Warm-up: supervised, on long-winded demonstrations, the same weights for all variants of a seed.
  index_t warm_up_steps = 3000, warm_up_batch = 16;
  double warm_up_rate = 0.01, warm_up_clip = 0.3;

  // Reinforcement learning: each step draws `group` answers to each of `prompts` prompts and goes once through
  // them in `minibatches` updates, so that all but the first update meet a ratio other than 1.
  index_t steps = 120, prompts = 16, group = 8, minibatches = 2;
  double rate = 0.001, clip = 1.0;
  index_t refills = 3;  // dynamic sampling draws at most this often for one step

  // How often the verifier of the training accepts a wrong answer, and refuses a right one. Evaluation is by the truth.
  double false_positive = 0, false_negative = 0;

  // Held-out evaluation: at step 0, `evaluations` times on the way, and at the end, where it is larger.
  index_t evaluations = 10, evaluation_problems = 256, final_problems = 1024, evaluation_samples = 2;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(settings, hidden, warm_up_steps, warm_up_batch, warm_up_rate, warm_up_clip,
                                   steps, prompts, group, minibatches, rate, clip, refills, false_positive,
                                   false_negative, evaluations, evaluation_problems, final_problems, evaluation_samples)

}  // namespace arena
