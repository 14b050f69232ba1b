#pragma once
// The recipes under comparison; variants.cpp holds them. A recipe is two compositions of guerdon's operations:
//
//   advantage   once for the answers of a step: rewards, perhaps shaped, become advantages
//   objective   for each update: log-probabilities and advantages become a loss and d loss / d log-probability

#include <guerdon/backend/eigen.hpp>
#include <guerdon/objective/policy_objective.hpp>

#include <array>
#include <string>
#include <vector>

#include "rollouts.hpp"

namespace arena {

using guerdon::eigen_backend;
using objective_result =
    guerdon::policy_outputs<float, eigen_backend::array>;  // loss, grad_logprob, clip_fraction

// What a recipe needs of the warmed-up policy.
struct reference_use {
  index_t reference_answers = 0;  // so many to each prompt, for their rewards
  bool reference_policy = false;  // its log-probabilities of the sampled answers
};

struct variant {
  std::string key, title;
  void (*advantage)(const eigen_backend& cpu, rollouts& r);
  objective_result (*objective)(const eigen_backend& cpu, const rollouts& r, const std::vector<float>& logprob);
  reference_use uses = {};
};

extern const variant grpo, dr_grpo, rloo, reinforce_pp, dapo, gspo, copo, laser, laser_d, par, kl;

inline constexpr std::array<const variant*, 11> variants{
    &grpo, &dr_grpo, &rloo, &reinforce_pp, &dapo, &gspo, &copo, &laser, &laser_d, &par, &kl};

// What stands in variants.cpp between "// >>> key" and "// <<<"; nothing if there is no such key.
std::string quote(const std::string& key);

}  // namespace arena
