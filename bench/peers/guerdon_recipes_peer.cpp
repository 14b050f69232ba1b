// Plain C entry points to the table of recipes, in double, for recipes.py: a recipe by name, on padded rows.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/recipes/recipes.hpp>

#include <algorithm>

using namespace guerdon;

namespace {

// What these frameworks compute from rewards and log-probabilities alone.
template <class F>
bool with_recipe(const char* name, F f) {
  bool found = false;
  const auto look = [&](const auto& recipe) {
    if (recipe.name == name) f(recipe), found = true;
  };
  namespace r = recipes;
  std::apply([&](const auto&... recipe) { (look(recipe), ...); },
             std::tuple(r::grpo, r::dr_grpo, r::rloo, r::reinforce_pp_baseline, r::opo, r::gpg, r::passk, r::gspo,
                        r::cispo, r::gmpo, r::sapo, r::dppo, r::kl_cov, r::kl, r::tis));
  return found;
}

}  // namespace

extern "C" {

/// advantage [rows,length], 0 under the mask. Returns 1 if there is such a recipe.
int guerdon_recipe_advantage(const char* name, const double* reward, const flag_t* mask, const index_t* length_of,
                             index_t groups, index_t group, index_t length, double* advantage) {
  const scalar_backend cpu;
  const index_t rows = groups * group, n = rows * length;
  return with_recipe(name, [&](const auto& recipe) {
    const auto signal = recipe.advantages(cpu, recipes::answers<double>{.rows = segments::uniform(rows, length),
                                                                        .groups = segments::uniform(groups, group),
                                                                        .mask = {mask, n},
                                                                        .reward = {reward, rows},
                                                                        .length = {length_of, rows}});
    for (index_t i = 0; i < n; ++i)
      advantage[i] = !mask[i] ? 0
                     : signal.advantage.empty() ? signal.token_advantage[static_cast<std::size_t>(i)]
                                                : signal.advantage[static_cast<std::size_t>(i / length)];
  });
}

/// loss [1] and its gradient [rows,length], of an advantage per row.
int guerdon_recipe_loss(const char* name, const double* logprob, const double* old_logprob, const double* ref_logprob,
                        const double* rollout_logprob, const double* advantage, const flag_t* mask, index_t groups,
                        index_t group, index_t length, double* loss, double* gradient) {
  const scalar_backend cpu;
  const index_t rows = groups * group, n = rows * length;
  return with_recipe(name, [&](const auto& recipe) {
    const auto made = recipe.loss(cpu,
                                  recipes::tokens<double>{.rows = segments::uniform(rows, length),
                                                          .groups = segments::uniform(groups, group),
                                                          .mask = {mask, n},
                                                          .logprob = {logprob, n},
                                                          .old_logprob = {old_logprob, n},
                                                          .ref_logprob = {ref_logprob, n},
                                                          .rollout_logprob = {rollout_logprob, n},
                                                          .reward = {advantage, rows},
                                                          .advantage = {advantage, rows}},
                                  {.max_length = length});
    *loss = made.loss[0];
    std::copy(made.grad_logprob.begin(), made.grad_logprob.end(), gradient);
  });
}

}  // extern "C"
