#pragma once
// The recipes under comparison: those of guerdon/recipes/recipes.hpp whose data these tasks have. The arena holds none
// of its own; it says what its answers are like (rollouts.hpp) and which lengths are wanted of them.

#include <guerdon/backend/eigen.hpp>
#include <guerdon/objective/policy_objective.hpp>
#include <guerdon/recipes/batch.hpp>

#include <string>
#include <vector>

#include "rollouts.hpp"
#include "settings.hpp"

namespace arena {

using guerdon::eigen_backend;
using guerdon::recipes::reads;
using objective_result =
    guerdon::policy_outputs<float, eigen_backend::array>;  // loss, grad_logprob, clip_fraction

struct variant {
  std::string key, title, group;
  std::string row;  // the recipe in words, column by column; runs of another are not resumed
  reads needs;
  void (*advantage)(const eigen_backend& cpu, const settings& s, rollouts& r);
  objective_result (*objective)(const eigen_backend& cpu, const settings& s, const rollouts& r,
                                const std::vector<float>& logprob);
};

// What these tasks can give a recipe.
inline constexpr reads given_by_tasks = reads::correct | reads::length | reads::outcome | reads::lengths_wanted |
                                        reads::reference_answers | reads::greedy_answer | reads::reference_policy |
                                        reads::rollout_policy | reads::noise_rates | reads::rephrased_answers |
                                        reads::conciseness;

// All recipes that fit, in the order of their table.
const std::vector<variant>& variants();

// Nothing if there is no such key.
const variant* find_variant(const std::string& key);

// The eleven that are compared unless others are asked for.
const std::vector<const variant*>& usual_variants();

// Recipes of the table that do not fit, each with what it would need.
struct left_out_recipe {
  std::string key, missing;
};
std::vector<left_out_recipe> left_out_recipes();

// A row of the table as a line for each column.
extern const std::vector<std::string> columns_of_row;
std::vector<std::string> columns(const variant& v);

}  // namespace arena
