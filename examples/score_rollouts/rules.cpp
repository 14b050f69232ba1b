#include "rules.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

namespace guerdon::examples {

const std::vector<rule_kind>& all_rules() {
  static const std::vector<rule_kind> all = [] {
    std::vector<rule_kind> rules;
    for (const auto add : {add_answer_rules, add_similarity_rules, add_form_rules, add_tool_rules, add_sql_rules,
                           add_box_rules, add_screen_rules, add_agent_rules})
      add(rules);
    return rules;
  }();
  return all;
}

reward_rules::reward_rules(const std::vector<std::string>& texts, const rule& gsm8k, std::optional<double> right_from) {
  bool first = true;
  for (const std::string& text : texts) {
    const auto refuse = [&](const std::string& why) { throw std::invalid_argument("--rule " + text + ": " + why); };
    try {
      std::string_view words = text;
      double weight = 1;
      // What stands behind the last colon is a weight, if nothing else can stand there.
      if (const std::size_t colon = words.rfind(':'); colon != words.npos && words.find(',', colon) == words.npos) {
        const std::string_view number = words.substr(colon + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), weight);
        if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(weight))
          refuse("the weight behind ':' must be a finite number");
        words = words.substr(0, colon);
      }
      const named chosen = take_apart(words);
      const auto& all = all_rules();
      const auto kind = std::find_if(all.begin(), all.end(), [&](auto& k) { return k.name == chosen.name; });
      if (kind == all.end()) refuse("there is no rule '" + chosen.name + "'; --list names them");
      for (const part& p : parts_)
        if (p.name == words) refuse("stands twice on the command line; name it once");
      parts_.push_back({std::string(words), weight, &*kind, kind->make(gsm8k)});
      set_options(parts_.back().rule->slots, chosen);
      if (std::exchange(first, false))
        keys_ = kind->keys;
      else
        keys_ += kind->keys;
    } catch (const std::invalid_argument& error) {
      const std::string what = error.what();
      if (what.starts_with("--rule ")) throw;
      refuse(what);
    }
  }
  right_from_ = right_from.value_or(parts_.front().kind->right_from);
}

std::vector<verdict> reward_rules::score(const rollouts& prompt, std::vector<double>& by_part) {
  std::vector<verdict> verdicts;
  try {
    for (part& p : parts_) p.rule->read(prompt);
    for (const response& r : prompt.responses) {
      verdict first = parts_.front().rule->score(prompt, r);
      by_part.push_back(first.reward);
      if (!first.correct) first.correct = first.reward >= right_from_;
      if (!first.outcome) first.outcome = first.extracted ? *first.extracted : detail::shortest(first.reward);
      first.reward *= parts_.front().weight;
      for (std::size_t k = 1; k < parts_.size(); ++k) {
        by_part.push_back(parts_[k].rule->score(prompt, r).reward);
        first.reward += parts_[k].weight * by_part.back();
      }
      if (!std::isfinite(first.reward)) throw bad_line(1, "responses", "leads to a reward that is not finite");
      verdicts.push_back(std::move(first));
    }
  } catch (const std::invalid_argument& refusal) {
    // What an operation refuses is in the line: the options have been checked.
    throw bad_line(1, "", "is refused: " + std::string(refusal.what()));
  }
  return verdicts;
}

std::string list_rules() {
  std::ostringstream out;
  out << "A rule is NAME[,OPTION=VALUE...][:WEIGHT]. Several make their weighted sum.\n\nrule\n";
  for (const rule_kind& k : all_rules()) {
    const std::string options = described(k.make({})->slots);
    out << k.name << ": " << k.what << "; right from " << detail::shortest(k.right_from) << '\n';
    if (!k.keys_say.empty())
      out << "    " << (k.keys.ground_truth == wanted_keys::none ? "" : "ground_truth: ") << k.keys_say << '\n';
    if (!options.empty()) out << "    " << options << '\n';
  }
  return out.str();
}

}  // namespace guerdon::examples
