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
#include "rules.hpp"

namespace guerdon::examples {

/// What stands under a key that a shaping reads: an array of numbers, one for each step, or one from 0 to 1.
enum class numbers_under { steps, score };

struct batch {
  std::vector<rollouts> prompts;                      ///< their texts are dropped once scored
  std::vector<std::optional<std::string>> extracted;  ///< [N] the answer found in each response, of rules that take one
  std::vector<double> reward;                         ///< [N] by the rules, together
  std::vector<double> by_rule;                        ///< [N, rules] by each, without its weight
  std::vector<flag_t> found, correct;                 ///< [N]
  std::vector<index_t> length;                        ///< [N]
  std::vector<index_t> outcome_id;                    ///< [N] equal numbers for equal answers within a group
  std::vector<index_t> offsets = {0};                 ///< [G+1]
  index_t tokens = 0;                                 ///< all lengths together

  /// Numbers for each step of the responses, or one for each response, by the key that a shaping reads.
  struct step_values {
    std::vector<double> value;
    std::vector<index_t> offsets = {0};
  };
  std::map<std::string, step_values> steps;

  index_t size() const { return static_cast<index_t>(reward.size()); }
  std::size_t groups() const { return prompts.size(); }

  /// Scores the responses of one prompt and appends them; `step_keys` are what shapings read. Throws bad_line, and then
  /// nothing has been appended.
  void add(rollouts prompt, reward_rules& rules, const std::map<std::string, numbers_under>& step_keys,
           length_unit unit) {
    std::vector<double> parts;
    std::vector<verdict> verdicts = rules.score(prompt, parts);
    std::map<std::string, std::vector<std::vector<double>>> steps_of;
    for (const auto& [key, what] : step_keys)
      for (const response& r : prompt.responses)
        steps_of[key].push_back(what == numbers_under::score ? score_in(r.values.at(key)) : steps_in(r.values.at(key)));

    std::map<std::pair<bool, std::string>, index_t> outcomes;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      verdict& v = verdicts[i];
      response& r = prompt.responses[i];
      const auto outcome =
          outcomes.emplace(std::pair(v.found, *v.outcome), static_cast<index_t>(outcomes.size()));
      outcome_id.push_back(v.found ? outcome.first->second : -1);
      correct.push_back(*v.correct);
      found.push_back(v.found);
      reward.push_back(v.reward);
      extracted.push_back(std::move(v.extracted));
      length.push_back(r.length ? *r.length : measure(r.text, unit));
      tokens += length.back();
      r.text = {};
      r.values.clear();
    }
    by_rule.insert(by_rule.end(), parts.begin(), parts.end());
    for (auto& [key, of_each] : steps_of)
      for (const auto& some : of_each) {
        step_values& all = steps[key];
        all.value.insert(all.value.end(), some.begin(), some.end());
        all.offsets.push_back(static_cast<index_t>(all.value.size()));
      }
    offsets.push_back(size());
    prompt.values.clear();
    prompts.push_back(std::move(prompt));
  }

 private:
  static std::vector<double> score_in(const keyed_value& v) {
    const double score = v.value.is_number() ? v.value.get<double>() : -1;
    if (!(score >= 0 && score <= 1)) throw bad_line(v.column, v.path, "must be a number from 0 to 1");
    return {score};
  }
  static std::vector<double> steps_in(const keyed_value& v) {
    std::vector<double> numbers;
    for (const auto& one : v.value) {
      if (!one.is_number()) throw bad_line(v.column, v.path, "must be an array of numbers, one for each step");
      numbers.push_back(one.get<double>());
    }
    if (!v.value.is_array() || numbers.empty())
      throw bad_line(v.column, v.path, "must be an array of at least one number, one for each step");
    return numbers;
  }
};

/// One value per response. `details` are what else a recipe knows of each response, by name.
struct scores {
  std::vector<double> shaped_reward, advantage;
  std::vector<std::pair<std::string, std::vector<double>>> details;
};

}  // namespace guerdon::examples
