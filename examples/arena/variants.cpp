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

namespace arena {

using guerdon::aggregation_mode;

// >>> shared
// Targets of the length rewards, in characters. A terse solution takes some 27 of them, a long-winded one 45.
constexpr index_t target_length = 30;
constexpr std::array target_length_by_difficulty{38.0, 32.0, 28.0};  // hard, medium, easy

// The advantage and the objective that several recipes share.
static void group_advantage(const eigen& cpu, rollouts& r) {
  r.advantage = guerdon::grpo_advantage(cpu, {.reward = r.reward, .groups = r.groups()});
}
static objective_result clipped_mean_of_answers(const eigen& cpu, const rollouts& r,
                                                const std::vector<float>& logprob) {
  return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                {.aggregation = {.mode = aggregation_mode::seq_mean_token_mean}});
}

// <<<

// >>> grpo
const variant grpo{
    .key = "grpo", .title = "GRPO", .advantage = group_advantage, .objective = clipped_mean_of_answers};
// <<<

// >>> dr_grpo
const variant dr_grpo{
    .key = "dr_grpo",
    .title = "Dr.GRPO",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          r.advantage = guerdon::grpo_advantage(cpu, {.reward = r.reward, .groups = r.groups()},
                                                {.std_scope = guerdon::std_scope::none});
        },
    .objective =
        [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
          return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                        {.aggregation = {.mode = aggregation_mode::seq_mean_token_sum_norm,
                                                         .loss_scale_factor = max_response}});
        }};
// <<<

// >>> rloo
const variant rloo{
    .key = "rloo",
    .title = "RLOO",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          r.advantage = guerdon::rloo_advantage(cpu, {.reward = r.reward, .groups = r.groups()});
        },
    .objective =
        [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
          return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob),
                                        {.aggregation = {.mode = aggregation_mode::seq_mean_token_sum}});
        }};
// <<<

// >>> reinforce_pp
const variant reinforce_pp{
    .key = "reinforce_pp",
    .title = "REINFORCE++-baseline",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          r.token_advantage = guerdon::reinforce_pp_baseline_advantage(
              cpu, {.rows = r.rows(), .reward = r.reward, .groups = r.groups(), .mask = r.mask()});
        },
    .objective =
        [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
          return guerdon::ppo_clip_loss(cpu, objective_inputs(r, logprob));
        }};
// <<<

// >>> dapo
const variant dapo{
    .key = "dapo",
    .title = "DAPO-style",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          r.keep_group =
              guerdon::dynamic_sampling_mask(cpu, {.metric = r.reward, .groups = r.groups()}).keep_group;
          const auto penalty = guerdon::soft_overlong_punishment(
              cpu, {.length = r.length}, {.max_length = max_response, .cache_length = max_response / 2});
          for (std::size_t i = 0; i < penalty.size(); ++i) r.reward[i] += penalty[i];
          group_advantage(cpu, r);
        },
    .objective =
        [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
          return guerdon::ppo_clip_loss(
              cpu, objective_inputs(r, logprob),
              {.clip_high = 0.28, .aggregation = {.mode = aggregation_mode::token_mean}});
        }};
// <<<

// >>> gspo
const variant gspo{.key = "gspo",
                   .title = "GSPO",
                   .advantage = group_advantage,
                   .objective = [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
                     return guerdon::gspo_loss(cpu, objective_inputs(r, logprob));
                   }};
// <<<

// >>> copo
const variant copo{
    .key = "copo",
    .title = "COPO",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          const auto a = guerdon::copo_advantage(
              cpu, {.reward = r.reward, .outcome_id = r.outcome, .groups = r.groups()});
          r.advantage = a.local_advantage;
          r.global_advantage = a.global_advantage;
          r.local_weight = guerdon::copo_blend_weight(cpu, {.entropy = a.entropy,
                                                            .reward = r.reward,
                                                            .local_advantage = a.local_advantage,
                                                            .groups = r.groups()});
        },
    .objective =
        [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
          const auto copo = guerdon::copo_loss(cpu, {.rows = r.rows(),
                                                     .logprob = logprob,
                                                     .old_logprob = r.old_logprob,
                                                     .local_advantage = r.advantage,
                                                     .global_advantage = r.global_advantage,
                                                     .local_weight = r.local_weight});
          return objective_result{copo.loss, copo.grad_logprob, {}};  // COPO states no clip fraction
        }};
// <<<

// >>> laser
const variant laser{.key = "laser",
                    .title = "GRPO with LASER",
                    .advantage =
                        [](const eigen& cpu, rollouts& r) {
                          r.reward = guerdon::laser_reward(
                                         cpu, {.reward = r.reward, .correct = r.correct, .length = r.length},
                                         {.target_length = target_length})
                                         .shaped_reward;
                          group_advantage(cpu, r);
                        },
                    .objective = clipped_mean_of_answers};
// <<<

// >>> laser_d
const variant laser_d{.key = "laser_d",
                      .title = "GRPO with LASER-D",
                      .advantage =
                          [](const eigen& cpu, rollouts& r) {
                            r.reward =
                                guerdon::laser_d_reward(cpu, {.reward = r.reward,
                                                              .correct = r.correct,
                                                              .length = r.length,
                                                              .groups = r.groups(),
                                                              .target_length = target_length_by_difficulty})
                                    .shaped_reward;
                            group_advantage(cpu, r);
                          },
                      .objective = clipped_mean_of_answers};
// <<<

// >>> par
const variant par{
    .key = "par",
    .title = "GRPO with PAR",
    .advantage =
        [](const eigen& cpu, rollouts& r) {
          // Right or wrong alone, squeezed by a sigmoid, is still two values, which GRPO normalises away. As in the
          // paper's pipeline a length penalty comes first, here and for the answers of the warmed-up policy.
          const guerdon::soft_overlong_punishment_options ramp{.max_length = max_response,
                                                               .cache_length = max_response};
          const auto penalty = guerdon::soft_overlong_punishment(cpu, {.length = r.length}, ramp);
          const auto reference_penalty =
              guerdon::soft_overlong_punishment(cpu, {.length = r.reference_length}, ramp);
          std::vector<float> reward = r.reward, reference;
          std::vector<guerdon::index_t> offsets{0};
          for (std::size_t i = 0; i < reward.size(); ++i) {
            reward[i] += penalty[i];
            const index_t prompt = r.text.prompt_of[static_cast<index_t>(i)];
            for (index_t k = prompt * r.references; k < (prompt + 1) * r.references; ++k) {
              const auto at = static_cast<std::size_t>(k);
              reference.push_back(r.reference_reward[at] + reference_penalty[at]);
            }
            offsets.push_back(static_cast<guerdon::index_t>(reference.size()));
          }
          r.reward = guerdon::par_reward(
              cpu, {.reward = reward, .ref_reward = reference, .references = offsets}, {.k = 4});
          group_advantage(cpu, r);
        },
    .objective = clipped_mean_of_answers,
    .reference_answers = 4};
// <<<

// >>> kl
const variant kl{.key = "kl",
                 .title = "GRPO with k3 KL",
                 .advantage = group_advantage,
                 .objective =
                     [](const eigen& cpu, const rollouts& r, const std::vector<float>& logprob) {
                       using namespace guerdon;
                       objective_result result{cpu.make<float>(1), cpu.make<float>(r.text.characters()),
                                               cpu.make<float>(1)};
                       policy_objective(cpu, objective_inputs(r, logprob),
                                        {result.loss, result.grad_logprob, result.clip_fraction},
                                        clipped_surrogate{} + 0.04 * kl_penalty{},
                                        {.mode = aggregation_mode::seq_mean_token_mean}, "grpo_with_kl");
                       return result;
                     },
                 .reference_policy = true};
// <<<

}  // namespace arena
