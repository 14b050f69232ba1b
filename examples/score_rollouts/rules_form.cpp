// Rules on the form, the length and the repetitions of a response.

#include <guerdon/verify/tag_count_reward.hpp>
#include <guerdon/verify/think_answer_format.hpp>
#include <guerdon/verify/token_repetition_penalty.hpp>
#include <guerdon/verify/toolrl_length_reward.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>
#include <guerdon/verify/xml_count_reward.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

/// A rule on the response alone whose operation has one result, `reward`.
template <class Op, auto Call>
struct form_rule {
  using list = Op;
  using options = typename Op::options;
  static verdict score(const options& o, const rollouts&, const response& r) {
    return {.reward = Call(typename Op::inputs{r.text}, o).reward};
  }
};

template <class Op, auto Call>
rule_kind form(std::string_view name, std::string_view what, double right_from = 1) {
  return {
      name, what, Op::about.name, {.ground_truth = wanted_keys::none}, "", right_from, make_rule<form_rule<Op, Call>>};
}

struct token_repetition_rule {
  using list = op::token_repetition_penalty;
  using options = list::options;
  static verdict score(const options& o, const rollouts&, const response& r) {
    const keyed_value& v = at(r.values, "tokens");
    return {.reward = token_repetition_penalty({items_in(v, v.value, integer_in)}, o).reward};
  }
};

}  // namespace

void add_form_rules(std::vector<rule_kind>& all) {
  all.insert(all.end(), {
      form<op::think_answer_format, [](const auto& in, const auto& o) { return think_answer_format(in, o); }>(
          "think_answer_format", "thoughts and answer stand between their tags"),
      form<op::tag_count_reward, [](const auto& in, const auto& o) { return tag_count_reward(in, o); }>(
          "tag_count", "a part for each of four tags that occurs once"),
      form<op::xml_count_reward, [](const auto& in, const auto& o) { return xml_count_reward(in, o); }>(
          "xml_count", "the same, less a little for what stands behind the end", 0.5),
      form<op::toolrl_length_reward, [](const auto& in, const auto& o) { return toolrl_length_reward(in, o); }>(
          "thought_length", "the words of the thought, up to a number of them (ToolRL)"),
      form<op::word_repetition_penalty,
           [](const auto& in, const auto& o) { return word_repetition_penalty(in, o); }>(
          "word_repetition", "a penalty for repeated n-grams of words", 0),
      {"token_repetition", "a penalty for repeated n-grams of tokens", "token_repetition_penalty",
       reads({}, {{"tokens", true}}), "responses[i].tokens: an array of ids", 0, make_rule<token_repetition_rule>},
  });
}

}  // namespace guerdon::examples
