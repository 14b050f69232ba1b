#include "rollouts.hpp"

#include <guerdon/objective/entropy_from_logits.hpp>
#include <guerdon/objective/logprob_from_logits.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

namespace arena {

void judge(const std::vector<problem>& problems, rollouts& r, answer_numbers& known) {
  r.reward.clear();
  for (index_t i = 0; i < r.text.responses(); ++i) {
    const std::string completion =
        r.text.length(i) == 0 ? "" : to_text(r.text.response, r.text.offsets[i], r.text.offsets[i + 1]);
    const auto verdict = guerdon::gsm8k_reward(
        {.completion = completion, .answer = problems[static_cast<std::size_t>(r.text.prompt_of[i])].answer});
    r.reward.push_back(static_cast<float>(verdict.reward));
    r.length.push_back(r.text.length(i));
    r.correct.push_back(verdict.reward > 0);
    const auto next = static_cast<guerdon::index_t>(known.size());
    r.outcome.push_back(verdict.found ? known.try_emplace(verdict.extracted, next).first->second : -1);
  }
}

// guerdon's [characters, vocabulary] logits, row-major, are the memory of ours, one column per character.
static guerdon::view<const float> rows_of(const matrix<float>& logits) {
  return {logits.data(), logits.size()};
}
static guerdon::segments row_shape(const matrix<float>& logits) {
  return guerdon::segments::uniform(logits.cols(), logits.rows());
}

std::vector<float> logprobs(const guerdon::eigen_backend& cpu, const matrix<float>& logits,
                            const conversation& text) {
  std::vector<float> logprob(text.response.size());
  guerdon::logprob_from_logits(cpu,
                               {.rows = row_shape(logits), .logits = rows_of(logits), .token = text.response},
                               {.logprob = logprob}, {});
  return logprob;
}

std::vector<float> entropies(const guerdon::eigen_backend& cpu, const matrix<float>& logits) {
  std::vector<float> entropy(static_cast<std::size_t>(logits.cols()));
  guerdon::entropy_from_logits(cpu, {.rows = row_shape(logits), .logits = rows_of(logits)},
                               {.entropy = entropy}, {});
  return entropy;
}

void append_group(rollouts& to, const rollouts& from, index_t p) {
  const auto copy = [](auto& target, const auto& source, index_t first, index_t last) {
    if (!source.empty()) target.insert(target.end(), source.begin() + first, source.begin() + last);
  };
  const conversation& text = from.text;
  const index_t first = p * from.group, last = first + from.group;
  const index_t begin = text.offsets[first], end = text.offsets[last];
  to.group = from.group;
  to.text.prompt_width = text.prompt_width;
  for (index_t i = first; i < last; ++i) {
    to.text.prompt_of.push_back(to.text.prompts());
    to.text.offsets.push_back(to.text.offsets.back() + text.length(i));
  }
  copy(to.text.prompt, text.prompt, p * text.prompt_width, (p + 1) * text.prompt_width);
  copy(to.text.response, text.response, begin, end);
  for (const auto array :
       {&rollouts::reward, &rollouts::advantage, &rollouts::global_advantage, &rollouts::local_weight}) {
    copy(to.*array, from.*array, first, last);
  }
  for (const auto array : {&rollouts::length, &rollouts::outcome}) copy(to.*array, from.*array, first, last);
  copy(to.correct, from.correct, first, last);
  for (const auto array :
       {&rollouts::old_logprob, &rollouts::reference_logprob, &rollouts::rollout_logprob, &rollouts::token_advantage}) {
    copy(to.*array, from.*array, begin, end);
  }
}

}  // namespace arena
