// Plain C entry points, so that compare.py and text_rules.py time guerdon in the process in which they time the Python
// peers.

#include "../text_inputs.hpp"

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/backend/eigen.hpp>
#include <guerdon/length/ngram_repetition_dense_penalty.hpp>
#include <guerdon/length/ngram_repetition_penalty.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/shaping/ngram_repeat_penalty.hpp>
#include <guerdon/statistics/answer_ids.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>

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

// The inputs of text_rules.py, and what guerdon makes of them.
void guerdon_tokens(index_t n, index_t* out) {
  const auto t = bench::tokens(static_cast<std::size_t>(n));
  std::copy(t.begin(), t.end(), out);
}
/// kind 0: words, 1: a list of boxes. Returns the length; writes where out is given.
index_t guerdon_input_text(int kind, index_t bytes, char* out) {
  const std::string text = (kind == 0 ? bench::words : bench::box_list)(static_cast<std::size_t>(bytes));
  if (out) std::copy(text.begin(), text.end(), out);
  return static_cast<index_t>(text.size());
}
double guerdon_ngram_repetition(const index_t* tokens, index_t n, index_t ngram_size) {
  return ngram_repetition_penalty({{tokens, n}}, {.ngram_size = ngram_size}).penalty;
}
void guerdon_ngram_repetition_dense(const index_t* tokens, index_t n, double* penalty) {
  const auto out = ngram_repetition_dense_penalty({{tokens, n}});
  std::copy(out.token_penalty.begin(), out.token_penalty.end(), penalty);
}
double guerdon_ngram_repeat(const char* text, index_t bytes) {
  return ngram_repeat_penalty({{text, static_cast<std::size_t>(bytes)}}).penalty;
}
/// The number of boxes, and the sum of all corners.
index_t guerdon_parse_boxes(const char* text, index_t bytes, double* sum) {
  const auto out = vision_r1_parse_boxes({{text, static_cast<std::size_t>(bytes)}});
  *sum = 0;
  for (const index_t x : out.box) *sum += static_cast<double>(x);
  return static_cast<index_t>(out.label.size());
}
/// Answers lie behind each other, each of them from offsets[i] to offsets[i + 1].
void guerdon_answer_ids(const char* text, const index_t* offsets, index_t n, index_t* ids) {
  std::vector<std::string_view> all;
  for (index_t i = 0; i < n; ++i)
    all.emplace_back(text + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
  const auto out = answer_ids({all}, {.strip = true});
  std::copy(out.answer_id.begin(), out.answer_id.end(), ids);
}

}  // extern "C"
