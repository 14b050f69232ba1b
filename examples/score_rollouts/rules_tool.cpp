// Rules on what programs printed and which tools were called, and a reward that comes with the data.

#include <guerdon/verify/code_io_accuracy.hpp>
#include <guerdon/verify/toolrl_reward.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

/// A reward that the data brings along, from a model or a rule of its own.
struct given_rule {
  using options = no_options;
  using list = no_options;
  static verdict score(const options&, const rollouts&, const response& r) {
    const keyed_value& v = at(r.values, "reward");
    return {.reward = number_in(v, v.value)};
  }
};

struct code_io_rule {
  using list = op::code_io_accuracy;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &expected_value = at(prompt.values, "expected"), &printed_value = at(r.values, "outputs");
    const auto expected = items_in(expected_value, expected_value.value, text_in);
    std::vector<std::string> printed;
    std::vector<index_t> status;  // null: the test did not run to its end
    for (const auto& text :
         items_in(printed_value, printed_value.value, [](auto&v, const json&j, const std::string&where) {
           return j.is_null() ? std::optional<std::string>() : text_in(v, j, where);
         })) {
      printed.push_back(text.value_or(""));
      status.push_back(!text);
    }
    if (printed.size() != expected.size())
      refuse_value(printed_value, "",
                   "must hold one output, or null, for each of expected, and holds " + std::to_string(printed.size()) +
                       " for " + std::to_string(expected.size()));
    return {.reward = code_io_accuracy({printed, expected, status}, o).reward};
  }
};

struct tool_calls_rule {
  using list = op::toolrl_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    return {.reward = toolrl_reward({r.text, prompt.ground_truth}, o).reward};
  }
};

struct tool_correctness_rule {
  using list = op::toolrl_correctness_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    return {.reward = toolrl_correctness_reward({r.text, prompt.ground_truth}, o).reward};
  }
};

struct tool_format_rule {
  using list = op::toolrl_format_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    return {.reward = toolrl_format_reward({r.text, prompt.ground_truth}, o).reward};
  }
};

}  // namespace

void add_tool_rules(std::vector<rule_kind>& all) {
  constexpr auto one = wanted_keys::one;
  all.insert(all.end(), {
      {"given", "a reward that the data brings along", "", reads({}, {{"reward", true}}),
       "responses[i].reward: a number", 1, make_rule<given_rule>},
      {"code_io", "tests of a program that printed what they should", "code_io_accuracy",
       reads({{"expected", true}}, {{"outputs", true}}),
       "expected: an array of texts; responses[i].outputs: the same, null where a test failed", 1,
       make_rule<code_io_rule>},
      {"tool_calls", "form, tool calls and length of the thought (ToolRL)", "toolrl_reward", reads({}, {}, one),
       "the reference completion, with its <tool_call>", 4, make_rule<tool_calls_rule>},
      {"tool_correctness", "the tool calls alone", "toolrl_correctness_reward", reads({}, {}, one), "likewise", 3,
       make_rule<tool_correctness_rule>},
      {"tool_format", "their form alone", "toolrl_format_reward", reads({}, {}, one), "likewise", 1,
       make_rule<tool_format_rule>},
  });
}

}  // namespace guerdon::examples
