#pragma once
// A batch of groups as flat arrays, the form guerdon's operations take, and what a recipe makes of it.

#include <guerdon/backend/eigen.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rollout.hpp"
#include "rule.hpp"

namespace guerdon::examples {

struct batch {
  std::vector<rollouts> prompts;       ///< their texts are dropped once scored
  std::vector<std::string> extracted;  ///< [N] the answer found in each response
  std::vector<double> reward;          ///< [N] by the rule
  std::vector<flag_t> found, correct;  ///< [N]
  std::vector<index_t> length;         ///< [N]
  std::vector<index_t> outcome_id;     ///< [N] equal numbers for equal answers within a group
  std::vector<index_t> offsets = {0};  ///< [G+1]
  index_t tokens = 0;                  ///< all lengths together

  index_t size() const { return static_cast<index_t>(reward.size()); }
  std::size_t groups() const { return prompts.size(); }

  /// Scores the responses of one prompt by the rule and appends them.
  void add(rollouts prompt, const std::string& answer, const rule& by, length_unit unit) {
    std::map<std::pair<bool, std::string>, index_t> outcomes;
    for (response& r : prompt.responses) {
      op::gsm8k_reward::outputs verdict = gsm8k_reward({by.marked(r.text), answer}, by.options);
      const auto outcome = outcomes.emplace(std::pair(verdict.found, numerals::canonical(verdict.extracted)),
                                            static_cast<index_t>(outcomes.size()));
      outcome_id.push_back(verdict.found ? outcome.first->second : -1);
      correct.push_back(verdict.correct);
      found.push_back(verdict.found);
      reward.push_back(verdict.reward);
      extracted.push_back(std::move(verdict.extracted));
      length.push_back(r.length ? *r.length : measure(r.text, unit));
      tokens += length.back();
      r.text = {};
    }
    offsets.push_back(size());
    prompts.push_back(std::move(prompt));
  }
};

/// One value per response. `details` are what else a recipe knows of each response, by name.
struct scores {
  std::vector<double> shaped_reward, advantage;
  std::vector<std::pair<std::string, std::vector<double>>> details;
};

}  // namespace guerdon::examples
