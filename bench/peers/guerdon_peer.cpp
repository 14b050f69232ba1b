// Plain C entry points, so that compare.py times guerdon in the process in which it times the Python peers.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/backend/eigen.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>

using namespace guerdon;

extern "C" {

double guerdon_ppo_clip_loss(const float* logprob, const float* old_logprob, const float* advantage, const flag_t* mask,
                             index_t rows, index_t length, double clip_high, float* grad,
                             float* clip_fraction) {
  static const eigen_backend cpu;
  const index_t n = rows * length;
  float loss = 0;
  ppo_clip_loss(cpu,
                {.rows = segments::uniform(rows, length),
                 .logprob = {logprob, n},
                 .old_logprob = {old_logprob, n},
                 .token_advantage = {advantage, n},
                 .mask = {mask, n}},
                {.loss = {&loss, 1}, .grad_logprob = {grad, n}, .clip_fraction = {clip_fraction, 1}},
                {.clip = {.high = clip_high}});
  return loss;
}

/// Groups of `size`, or where offsets are given those.
void guerdon_grpo_advantage(const float* reward, index_t groups, index_t size, const index_t* offsets,
                            float* advantage) {
  static const eigen_backend cpu;
  const segments cut = offsets ? segments(view<const index_t>(offsets, groups + 1)) : segments::uniform(groups, size);
  const index_t n = offsets ? offsets[groups] : groups * size;
  grpo_advantage(cpu, {.reward = {reward, n}, .groups = cut}, {.advantage = {advantage, n}}, {});
}
void guerdon_rloo_advantage(const float* reward, index_t groups, index_t size, float* advantage) {
  static const eigen_backend cpu;
  rloo_advantage(cpu, {.reward = {reward, groups * size}, .groups = segments::uniform(groups, size)},
                 {.advantage = {advantage, groups * size}}, {});
}

}  // extern "C"
