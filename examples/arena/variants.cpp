// The eleven recipes, each a composition of guerdon's operations. The text between "// >>>" and "// <<<" is quoted
// as it stands in the report.

#include "variants.hpp"

#include <guerdon/advantage/copo_advantage.hpp>
#include <guerdon/advantage/copo_blend_weight.hpp>
#include <guerdon/advantage/dynamic_sampling_mask.hpp>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/reinforce_pp_baseline_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/objective/copo_loss.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/shaping/par_reward.hpp>

#include "variants_text.hpp"

namespace arena {

using guerdon::aggregation_mode;

using logprobs_now = const std::vector<float>&;

// >>> shared
// Targets of the length rewards, in characters: a terse solution takes some 27, a long-winded one 45.
constexpr index_t target_length = 30;
constexpr std::array target_length_by_difficulty{38.0, 32.0, 28.0};  // hard, medium, easy

static void group_advantage(const eigen_backend& cpu, rollouts& r) {
  r.advantage = guerdon::grpo_advantage(cpu, {.reward = r.reward, .groups = r.groups()});
}
static objective_result clipped_mean_of_answers(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                {.aggregation = {.mode = aggregation_mode::seq_mean_token_mean}});
}
// <<<

// >>> grpo
const variant grpo{"grpo", "GRPO", group_advantage, clipped_mean_of_answers};
// <<<

// >>> dr_grpo
static void centred_advantage(const eigen_backend& cpu, rollouts& r) {
  r.advantage = guerdon::grpo_advantage(cpu, {.reward = r.reward, .groups = r.groups()},
                                        {.std_scope = guerdon::std_scope::none});
}
static objective_result clipped_sum_over_constant(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                {.aggregation = {.mode = aggregation_mode::seq_mean_token_sum_norm,
                                                 .loss_scale_factor = max_response}});
}
const variant dr_grpo{"dr_grpo", "Dr.GRPO", centred_advantage, clipped_sum_over_constant};
// <<<

// >>> rloo
static void leave_one_out_advantage(const eigen_backend& cpu, rollouts& r) {
  r.advantage = guerdon::rloo_advantage(cpu, {.reward = r.reward, .groups = r.groups()});
}
static objective_result clipped_sum_of_answers(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                {.aggregation = {.mode = aggregation_mode::seq_mean_token_sum}});
}
const variant rloo{"rloo", "RLOO", leave_one_out_advantage, clipped_sum_of_answers};
// <<<

// >>> reinforce_pp
static void whitened_advantage(const eigen_backend& cpu, rollouts& r) {
  r.token_advantage = guerdon::reinforce_pp_baseline_advantage(
      cpu, {.rows = r.rows(), .reward = r.reward, .groups = r.groups(), .mask = r.mask()});
}
static objective_result clipped_mean_of_tokens(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob));
}
const variant reinforce_pp{"reinforce_pp", "REINFORCE++-baseline", whitened_advantage,
                           clipped_mean_of_tokens};
// <<<

// >>> dapo
static void dapo_advantage(const eigen_backend& cpu, rollouts& r) {
  r.keep_group = guerdon::dynamic_sampling_mask(cpu, {.metric = r.reward, .groups = r.groups()}).keep_group;
  const auto penalty = guerdon::soft_overlong_punishment(
      cpu, {.length = r.length}, {.max_length = max_response, .cache_length = max_response / 2});
  for (std::size_t i = 0; i < penalty.size(); ++i) r.reward[i] += penalty[i];
  group_advantage(cpu, r);
}
static objective_result clip_higher(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob), {.clip = {.high = 0.28}});
}
const variant dapo{"dapo", "DAPO-style", dapo_advantage, clip_higher};
// <<<

// >>> gspo
static objective_result clipped_answers(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  return guerdon::gspo_loss(cpu, objective_inputs(r, logprob));
}
const variant gspo{"gspo", "GSPO", group_advantage, clipped_answers};
// <<<

// >>> copo
static void consistency_advantage(const eigen_backend& cpu, rollouts& r) {
  const auto a =
      guerdon::copo_advantage(cpu, {.reward = r.reward, .outcome_id = r.outcome, .groups = r.groups()});
  r.advantage = a.local_advantage;
  r.global_advantage = a.global_advantage;
  r.local_weight = guerdon::copo_blend_weight(
      cpu,
      {.entropy = a.entropy, .reward = r.reward, .local_advantage = a.local_advantage, .groups = r.groups()});
}
static objective_result blended(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  const auto copo = guerdon::copo_loss(cpu, {.rows = r.rows(),
                                             .logprob = logprob,
                                             .old_logprob = r.old_logprob,
                                             .local_advantage = r.advantage,
                                             .global_advantage = r.global_advantage,
                                             .local_weight = r.local_weight});
  return {copo.loss, copo.grad_logprob, {}};  // it states no clip fraction
}
const variant copo{"copo", "COPO", consistency_advantage, blended};
// <<<

// >>> laser
static void laser_advantage(const eigen_backend& cpu, rollouts& r) {
  const auto laser = guerdon::laser_reward(
      cpu, {.reward = r.reward, .correct = r.correct, .length = r.length}, {.target_length = target_length});
  r.reward = laser.shaped_reward;
  group_advantage(cpu, r);
}
const variant laser{"laser", "GRPO with LASER", laser_advantage, clipped_mean_of_answers};
// <<<

// >>> laser_d
static void laser_d_advantage(const eigen_backend& cpu, rollouts& r) {
  const auto laser = guerdon::laser_d_reward(cpu, {.reward = r.reward,
                                                   .correct = r.correct,
                                                   .length = r.length,
                                                   .groups = r.groups(),
                                                   .target_length = target_length_by_difficulty});
  r.reward = laser.shaped_reward;
  group_advantage(cpu, r);
}
const variant laser_d{"laser_d", "GRPO with LASER-D", laser_d_advantage, clipped_mean_of_answers};
// <<<

// >>> par
// Right or wrong alone, squeezed by a sigmoid, is still two values, and GRPO normalises those to what they were. So
// a length penalty comes first, as in the paper's pipeline, for the references (answers of the warmed-up policy) too.
static void par_advantage(const eigen_backend& cpu, rollouts& r) {
  const auto penalised = [&](std::vector<float> reward, const std::vector<guerdon::index_t>& length) {
    const auto penalty = guerdon::soft_overlong_punishment(
        cpu, {.length = length}, {.max_length = max_response, .cache_length = max_response});
    for (std::size_t i = 0; i < reward.size(); ++i) reward[i] += penalty[i];
    return reward;
  };
  const references_of_answers references(r, penalised(r.reference_reward, r.reference_length));
  r.reward = guerdon::par_reward(cpu,
                                 {.reward = penalised(r.reward, r.length),
                                  .ref_reward = references.reward,
                                  .references = references.offsets},
                                 {.k = 4});
  group_advantage(cpu, r);
}
const variant par{"par", "GRPO with PAR", par_advantage, clipped_mean_of_answers, {.reference_answers = 4}};
// <<<

// >>> kl
static objective_result clipped_with_kl(const eigen_backend& cpu, const rollouts& r, logprobs_now logprob) {
  const auto in = guerdon::with_reference<float>(objective_inputs(r, logprob), r.reference_logprob);
  return guerdon::policy_objective(
      cpu, in, (guerdon::token_ratio{} | guerdon::clipped{}) + 0.04 * guerdon::kl_penalty{},
      {.aggregation = {.mode = aggregation_mode::seq_mean_token_mean}});
}
const variant kl{"kl", "GRPO with k3 KL", group_advantage, clipped_with_kl, {.reference_policy = true}};
// <<<

std::string quote(const std::string& key) {
  const std::string text = variants_text, open = "// >>> " + key + "\n";
  const std::size_t begin = text.find(open);
  if (begin == text.npos) return {};
  const std::size_t end = text.find("// <<<", begin);
  return text.substr(begin + open.size(), end - begin - open.size());
}

}  // namespace arena
