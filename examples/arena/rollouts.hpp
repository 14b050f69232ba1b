#pragma once
// Sampled answers with all that a recipe reads of them and writes to them.

#include <guerdon/backend/eigen.hpp>
#include <guerdon/core/segments.hpp>

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "policy.hpp"
#include "tasks.hpp"

namespace arena {

using guerdon::flag_t;

struct rollouts {
  conversation text;  // `group` responses to each prompt, those of one prompt next to each other
  index_t group = 1;

  // Of each response.
  std::vector<float> reward;  // 1 right, 0 wrong
  std::vector<flag_t> correct;
  std::vector<guerdon::index_t> length;   // in characters
  std::vector<guerdon::index_t> outcome;  // equal numbers for equal answers, -1 for none
  std::vector<float> greedy_reward;       // of the greedy answer to its prompt; only for recipes that ask for it
  std::vector<guerdon::index_t> rephrased_outcome;  // of answers to the rephrased prompts, as many; likewise

  // Of each character.
  std::vector<float> old_logprob;        // when it was drawn
  std::vector<float> reference_logprob;  // under the warmed-up policy; only for recipes that ask for it
  std::vector<float> rollout_logprob;    // under the engine that sampled, in low precision; likewise

  // Of each prompt: what answers of the warmed-up policy earned; only for recipes that ask for them.
  index_t references = 0;  // per prompt
  std::vector<float> reference_reward;

  // What the recipe makes of it; it fills what its objective reads.
  std::vector<float> advantage, global_advantage, local_weight;  // of each response
  std::vector<float> token_advantage;                            // of each character
  std::vector<flag_t> keep_group;                                // of each prompt; empty: all

  guerdon::segments rows() const { return text.offsets; }
  std::vector<flag_t> mask() const {
    return std::vector<flag_t>(text.response.size(), 1);
  }  // all ours to train
  guerdon::segments groups() const { return guerdon::segments::uniform(text.prompts(), group); }
};

// The references of a prompt, laid out once for each of its answers.
struct references_of_answers {
  std::vector<float> reward;
  std::vector<guerdon::index_t> offsets{0};

  explicit references_of_answers(const rollouts& r) {
    for (const index_t prompt : r.text.prompt_of) {
      const auto first = r.reference_reward.begin() + prompt * r.references;
      reward.insert(reward.end(), first, first + r.references);
      offsets.push_back(static_cast<guerdon::index_t>(reward.size()));
    }
  }
};

// What a model of conciseness would say, by a rule: how much of the longest length an answer left; and the share of
// each prompt's answers that earned a reward.
struct brevity {
  std::vector<float> conciseness, solve_rate;
};
inline brevity brevity_of(const rollouts& r) {
  brevity b;
  for (const index_t n : r.length) b.conciseness.push_back(1 - static_cast<float>(n) / max_response);
  for (std::size_t i = 0; i < r.reward.size(); i += static_cast<std::size_t>(r.group)) {
    const auto first = r.reward.begin() + static_cast<index_t>(i);
    b.solve_rate.push_back(std::accumulate(first, first + r.group, 0.0F) / static_cast<float>(r.group));
  }
  return b;
}

// Answers as numbers, the same for the same answer.
using answer_numbers = std::map<std::string, guerdon::index_t>;

// Judges the answers by their last "#### <number>", with guerdon's gsm8k_reward.
void judge(const std::vector<problem>& problems, rollouts& r, answer_numbers& known);
inline void judge(const std::vector<problem>& problems, rollouts& r) {
  answer_numbers known;
  judge(problems, r, known);
}

// Log-probability of each response character, given the logits in front of them (one column per character).
std::vector<float> logprobs(const guerdon::eigen_backend& cpu, const matrix<float>& logits, const conversation& text);

// Entropy in front of each character, in nats.
std::vector<float> entropies(const guerdon::eigen_backend& cpu, const matrix<float>& logits);

// Appends prompt `p` of `from`, with all that belongs to it, to `to`.
void append_group(rollouts& to, const rollouts& from, index_t p);

}  // namespace arena
