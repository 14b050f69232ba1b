#pragma once
// A row of guerdon's table of recipes, bound to the arena's rollouts. The rows are divided among a few sources, so that
// they compile side by side.

#include <guerdon/recipes/recipes.hpp>

#include "variants.hpp"

namespace arena {

// What depends on the tasks. A terse solution takes some 27 characters, a long-winded one 45.
inline guerdon::recipes::settings recipe_settings(const settings& s) {
  return {.max_length = max_response,
          .cache_length = max_response / 2,
          .target_length = 30,
          .target_lengths = {38, 32, 28},  // hard, medium, easy
          .false_positive = s.false_positive,
          .false_negative = s.false_negative,
          .steepness = 4};
}

template <const auto& Recipe>
void apply_advantage(const eigen_backend& cpu, const settings& s, rollouts& r) {
  const std::vector<guerdon::flag_t> mask = r.mask();
  const references_of_answers references(r);
  guerdon::recipes::answers<float> a{.rows = r.rows(), .groups = r.groups(), .mask = mask, .reward = r.reward};
  const auto has = [&](reads what) { return covers(Recipe.needs, what); };
  if (has(reads::correct)) a.correct = r.correct;
  if (has(reads::length)) a.length = r.length;
  if (has(reads::outcome)) a.outcome = r.outcome;
  if (has(reads::reference_policy)) a.old_logprob = r.old_logprob, a.ref_logprob = r.reference_logprob;
  if (has(reads::reference_answers)) a.reference_reward = references.reward, a.references = references.offsets;
  if (has(reads::greedy_answer)) a.greedy_reward = r.greedy_reward;
  if (has(reads::rephrased_answers)) a.rephrased_outcome = r.rephrased_outcome, a.rephrased_groups = r.groups();

  const brevity scores = has(reads::conciseness) ? brevity_of(r) : brevity{};
  if (has(reads::conciseness)) a.conciseness = scores.conciseness, a.difficulty = scores.solve_rate;

  auto signal = Recipe.advantages(cpu, a, recipe_settings(s));
  if (!signal.reward.empty()) r.reward = std::move(signal.reward);
  r.advantage = std::move(signal.advantage);
  r.token_advantage = std::move(signal.token_advantage);
  r.global_advantage = std::move(signal.global_advantage);
  r.local_weight = std::move(signal.local_weight);
  r.keep_group = std::move(signal.keep_group);
}

template <const auto& Recipe>
objective_result apply_objective(const eigen_backend& cpu, const settings& s, const rollouts& r,
                                 const std::vector<float>& logprob) {
  const auto given = [](const std::vector<float>& x) {
    return x.empty() ? guerdon::view<const float>() : guerdon::view<const float>(x);
  };
  return Recipe.loss(cpu,
                     guerdon::recipes::tokens<float>{.rows = r.rows(),
                                                     .groups = r.groups(),
                                                     .mask = {},  // every character is the policy's
                                                     .logprob = logprob,
                                                     .old_logprob = r.old_logprob,
                                                     .ref_logprob = given(r.reference_logprob),
                                                     .rollout_logprob = given(r.rollout_logprob),
                                                     .reward = r.reward,
                                                     .advantage = given(r.advantage),
                                                     .token_advantage = given(r.token_advantage),
                                                     .global_advantage = given(r.global_advantage),
                                                     .local_weight = given(r.local_weight)},
                     recipe_settings(s));
}

template <const auto& Recipe>
variant variant_of() {
  static_assert(covers(given_by_tasks, Recipe.needs), "the arena's tasks lack what this recipe reads");
  const auto d = describe(Recipe);
  const std::string group = guerdon::recipes::enumerators(d.kind)[static_cast<std::size_t>(d.kind)];
  std::string row;
  for (const std::string_view column :
       {d.shaping, d.advantage, d.objective.ratio, d.objective.rule, d.objective.weight, d.objective.kl,
        d.objective.aggregation, std::string(d.source)})
    (row += column.empty() ? "-" : column) += '|';
  return {std::string(d.name),     std::string(d.title),   group, row, d.needs,
          apply_advantage<Recipe>, apply_objective<Recipe>};
}

template <const auto&... Recipes>
std::vector<variant> variants_of() {
  return {variant_of<Recipes>()...};
}

std::vector<variant> advantage_variants(), objective_variants(), length_variants(), reward_variants();

}  // namespace arena
