#pragma once
// The rules that score a response, by name: each is a few lines around one or two of guerdon's operations, with the
// keys that it reads and its options. A reward is one of them, or several by weight.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "named_options.hpp"
#include "rollout.hpp"
#include "rule.hpp"

namespace guerdon::examples {

struct verdict {
  double reward = 0;
  bool found = true;                          ///< whether there was an answer to judge
  std::optional<std::string> extracted = {};  ///< the answer, of rules that take one out
  std::optional<bool> correct = {};           ///< left out: by right_from of the rule
  std::optional<std::string> outcome =
      {};  ///< what equal answers have in common; left out: extracted, or else the reward
};

/// A rule with its options, at work on one line after the other.
class line_rule {
 public:
  virtual ~line_rule() = default;
  /// Looks at what the line says for all its responses. Throws bad_line.
  virtual void read(const rollouts&) {}
  /// The reference answer, as the output shows it.
  virtual std::string answer(const rollouts& prompt) const { return prompt.ground_truth; }
  virtual verdict score(const rollouts& prompt, const response& r) = 0;
  std::vector<option_slot> slots;
};

struct rule_kind {
  std::string_view name, what;
  std::string_view operations;  ///< what of guerdon it stands on
  wanted_keys keys;
  std::string_view keys_say;  ///< what the keys hold
  double right_from;          ///< from which reward on an answer counts as right
  std::unique_ptr<line_rule> (*make)(const rule& gsm8k);
};

/// All there are in this program.
const std::vector<rule_kind>& all_rules();

/// A family each: rules_answer.cpp and so on.
void add_answer_rules(std::vector<rule_kind>& all);
void add_similarity_rules(std::vector<rule_kind>& all);
void add_form_rules(std::vector<rule_kind>& all);
void add_tool_rules(std::vector<rule_kind>& all);
void add_sql_rules(std::vector<rule_kind>& all);
void add_box_rules(std::vector<rule_kind>& all);
void add_screen_rules(std::vector<rule_kind>& all);
void add_agent_rules(std::vector<rule_kind>& all);

/// Several rules as one reward: the sum of each one's, times its weight. The first says which answers are right.
class reward_rules {
 public:
  /// From NAME[,OPTION=VALUE...][:WEIGHT] each. Throws std::invalid_argument.
  reward_rules(const std::vector<std::string>& texts, const rule& gsm8k, std::optional<double> right_from);

  struct part {
    std::string name;
    double weight;
    const rule_kind* kind;
    std::unique_ptr<line_rule> rule;
  };
  const std::vector<part>& parts() const { return parts_; }
  const wanted_keys& keys() const { return keys_; }

  /// Checks the line and scores its responses; `by_part` takes [responses, parts] rewards. Throws bad_line.
  std::vector<verdict> score(const rollouts& prompt, std::vector<double>& by_part);
  std::string answer(const rollouts& prompt) const { return parts_.front().rule->answer(prompt); }

 private:
  std::vector<part> parts_;
  wanted_keys keys_;
  double right_from_;
};

/// For --list.
std::string list_rules();

}  // namespace guerdon::examples
