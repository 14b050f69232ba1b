// Every recipe runs with what it says it reads, and with no more; what a row says is what its calls do.

#include <guerdon/recipes/recipes.hpp>

#include <guerdon/backend/scalar.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <set>
#include <vector>

namespace {

using namespace guerdon;
using recipes::reads;
using numbers = std::vector<double>;
using indices = std::vector<index_t>;

// Three prompts of four answers, of one to six tokens each, two steps an answer, with every array a recipe may ask for.
struct everything {
  indices rows{0}, groups{0, 4, 8, 12}, length, outcome, rephrased, references{0}, compared{0, 4, 8}, steps{0}, state,
      action, next_state, token_step, step_end, prefixes{0}, prompt;
  std::vector<flag_t> mask, correct, format;
  numbers reward, logprob, old_logprob, ref_logprob, rollout_logprob, reference_reward, greedy, judge,
      difficulty{0.5, 1, 0}, probability, base_probability, component, component_weight{1, 0.5}, preference,
      step_reward, prefix_accuracy, process_logprob, process_ref, successes{4, 2, 3}, failures{4, 6, 5};
  recipes::settings settings{.max_length = 8, .cache_length = 6, .target_length = 3, .target_lengths = {5, 4, 3},
                             .false_positive = 0.1, .false_negative = 0.2};
  unsigned state_of_random = 12345;

  double random(double low, double high) {
    state_of_random = state_of_random * 1664525U + 1013904223U;
    return low + (high - low) * static_cast<double>(state_of_random >> 8) / 16777216.0;
  }
  everything() {
    for (index_t i = 0; i < 12; ++i) {
      const index_t n = i == 5 ? 1 : 2 + (i * 7) % 5;
      length.push_back(n);
      rows.push_back(rows.back() + n);
      const bool right = i % 3 == 0 || i == 7;
      correct.push_back(right);
      reward.push_back(right);
      outcome.push_back(right ? 7 : i % 2);
      rephrased.push_back(i % 4 == 0 ? 1 : 7);
      for (int k = 0; k < 2; ++k) {
        reference_reward.push_back(random(0, 1));
        component.push_back(random(0, 1));
        step_reward.push_back(random(0, 1));
        state.push_back((i + k) % 3);
        action.push_back((i + 2 * k) % 2);
        next_state.push_back((i + k + 1) % 3);
        step_end.push_back(k == 0 ? 0 : n - 1);
      }
      for (int k = 0; k < 3; ++k) prefix_accuracy.push_back(random(0, 1));
      references.push_back(references.back() + 2);
      steps.push_back(steps.back() + 2);
      prefixes.push_back(prefixes.back() + 3);
      greedy.push_back(i < 8);
      judge.push_back(random(0, 1));
      format.push_back(i != 3);
      probability.push_back(random(0.3, 0.9));
      base_probability.push_back(random(0.1, 0.5));
      preference.push_back(i % 4 == 0 ? 0 : i % 2 ? 1 : -1);
      prompt.push_back(i / 4);
      for (index_t t = 0; t < n; ++t) {
        mask.push_back(!(i == 2 && t == 0));
        old_logprob.push_back(random(-3, 0));
        logprob.push_back(old_logprob.back() + random(-0.3, 0.3));
        ref_logprob.push_back(old_logprob.back() + random(-0.3, 0.3));
        rollout_logprob.push_back(old_logprob.back() + random(-0.1, 0.1));
        process_logprob.push_back(random(-3, 0));
        process_ref.push_back(random(-3, 0));
        token_step.push_back(2 * i + (t > 0));
      }
    }
  }

  recipes::answers<double> answers(reads what) const {
    const auto has = [&](reads r) { return covers(what, r); };
    recipes::answers<double> a{.rows = rows, .groups = groups, .mask = mask, .reward = reward};
    if (has(reads::correct)) a.correct = correct;
    if (has(reads::length)) a.length = length;
    if (has(reads::outcome)) a.outcome = outcome;
    if (has(reads::reference_policy)) a.old_logprob = old_logprob, a.ref_logprob = ref_logprob;
    if (has(reads::reference_answers)) a.reference_reward = reference_reward, a.references = references;
    if (has(reads::greedy_answer)) a.greedy_reward = greedy;
    if (has(reads::rephrased_answers)) a.rephrased_outcome = rephrased, a.rephrased_groups = groups;
    if (has(reads::judge)) a.judge_score = judge, a.format = format;
    if (has(reads::conciseness)) a.conciseness = judge, a.difficulty = difficulty;
    if (has(reads::probabilities))
      a.probability = probability, a.base_probability = base_probability, a.format = format;
    if (has(reads::components)) a.component_reward = component, a.component_weight = component_weight;
    if (has(reads::comparisons)) a.preference = preference, a.compared_with = compared;
    if (has(reads::steps)) {
      a.steps = steps, a.step_reward = step_reward, a.state = state, a.action = action, a.next_state = next_state;
      a.token_step = token_step, a.step_end = step_end, a.prefix_accuracy = prefix_accuracy, a.prefixes = prefixes;
    }
    if (has(reads::process_model)) a.process_logprob = process_logprob, a.process_ref_logprob = process_ref;
    if (has(reads::tracker)) a.prompt = prompt, a.successes = successes, a.failures = failures;
    return a;
  }
  recipes::tokens<double> tokens(reads what, const recipes::signal<double, scalar_backend::array>& s) const {
    const auto given = [](const numbers& x) { return x.empty() ? view<const double>() : view<const double>(x); };
    recipes::tokens<double> t{
        .rows = rows, .groups = groups, .mask = mask, .logprob = logprob, .old_logprob = old_logprob};
    if (covers(what, reads::reference_policy)) t.ref_logprob = ref_logprob;
    if (covers(what, reads::rollout_policy)) t.rollout_logprob = rollout_logprob;
    t.reward = s.reward.empty() ? reward : s.reward;
    t.advantage = given(s.advantage), t.token_advantage = given(s.token_advantage);
    t.global_advantage = given(s.global_advantage), t.local_weight = given(s.local_weight);
    return t;
  }
};

TEST_CASE("every recipe runs with what it says it reads, and no more") {
  const scalar_backend cpu;
  const everything batch;
  std::set<std::string_view> seen;
  recipes::for_each_recipe([&](const auto& recipe) {
    CAPTURE(recipe.name);
    CHECK(seen.insert(recipe.name).second);
    const auto signal = recipe.advantages(cpu, batch.answers(recipe.needs), batch.settings);
    const auto loss = recipe.loss(cpu, batch.tokens(recipe.needs, signal), batch.settings);
    CHECK(std::isfinite(loss.loss[0]));
    double size = 0;
    for (std::size_t i = 0; i < batch.mask.size(); ++i) {
      CHECK(std::isfinite(loss.grad_logprob[i]));
      if (!batch.mask[i]) CHECK(loss.grad_logprob[i] == 0);
      size += std::abs(loss.grad_logprob[i]);
    }
    CHECK(size > 0);
  });
  CHECK(seen.size() > 55);
}

TEST_CASE("a recipe is the calls that its row names") {
  const scalar_backend cpu;
  const everything batch;
  const auto in = batch.answers(reads::correct | reads::length);

  const auto laser = recipes::laser.advantages(cpu, in, batch.settings);
  const auto shaped =
      laser_reward<double>(cpu, {.reward = batch.reward, .correct = batch.correct, .length = batch.length},
                           {.target_length = 3})
          .shaped_reward;
  CHECK(laser.reward == shaped);
  CHECK(laser.advantage == grpo_advantage<double>(cpu, {.reward = shaped, .groups = batch.groups}));

  const auto dr_grpo = recipes::dr_grpo.advantages(cpu, in, batch.settings);
  const auto loss = recipes::dr_grpo.loss(cpu, batch.tokens({}, dr_grpo), batch.settings);
  const auto same = ppo_clip_loss<double>(
      cpu,
      {.rows = batch.rows,
       .logprob = batch.logprob,
       .old_logprob = batch.old_logprob,
       .advantage = dr_grpo.advantage,
       .mask = batch.mask},
      {.aggregation = {.mode = aggregation_mode::seq_mean_token_sum_norm, .loss_scale_factor = 8}});
  CHECK(loss.loss == same.loss);
  CHECK(loss.grad_logprob == same.grad_logprob);
  CHECK(dr_grpo.reward.empty());  // as it was

  // A reward corrected backward, and no baseline.
  const auto corrected = recipes::backward_itself.advantages(cpu, in, batch.settings);
  CHECK(corrected.advantage == corrected.reward);
  CHECK(corrected.reward ==
        backward_correction<double>(cpu, {.reward = batch.reward}, {.rho0 = 0.1, .rho1 = 0.2}));

  // Dynamic sampling looks at the verdicts, not at what the overlong punishment made of them.
  auto alike = batch;
  for (std::size_t i = 0; i < 4; ++i) alike.reward[i] = 1;
  const auto dapo = recipes::dapo.advantages(cpu, alike.answers(reads::length), alike.settings);
  CHECK(dapo.keep_group == std::vector<flag_t>{0, 1, 1});
  CHECK(dapo.reward[1] != alike.reward[1]);
}

TEST_CASE("micro-batches of a recipe add up to the batch") {
  const scalar_backend cpu;
  const everything batch;
  const auto signal = recipes::grpo.advantages(cpu, batch.answers({}), batch.settings);
  auto whole = batch.tokens({}, signal);
  auto settings = batch.settings;
  settings.global_batch_size = 12;
  const double all = recipes::grpo.loss(cpu, whole, settings).loss[0];
  double parts = 0;
  for (index_t i = 0; i < 12; ++i) {
    const indices row{0, batch.rows[static_cast<std::size_t>(i) + 1] - batch.rows[static_cast<std::size_t>(i)]},
        group{0, 1};
    const index_t first = batch.rows[static_cast<std::size_t>(i)], n = row[1];
    const recipes::tokens<double> one{.rows = row, .groups = group, .mask = {batch.mask.data() + first, n},
                                      .logprob = {batch.logprob.data() + first, n},
                                      .old_logprob = {batch.old_logprob.data() + first, n},
                                      .ref_logprob = {}, .rollout_logprob = {}, .reward = {},
                                      .advantage = {signal.advantage.data() + i, 1}, .token_advantage = {},
                                      .global_advantage = {}, .local_weight = {}};
    parts += recipes::grpo.loss(cpu, one, settings).loss[0];
  }
  CHECK(parts == doctest::Approx(all).epsilon(1e-12));
}

}  // namespace
