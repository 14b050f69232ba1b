// Rules on actions, on screens and in shops.

#include <guerdon/verify/craft_gui_reward.hpp>
#include <guerdon/verify/shop_r1_reward.hpp>
#include <guerdon/verify/ui_genie_action_match.hpp>
#include <guerdon/verify/ui_r1_reward.hpp>

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

struct gui_action_rule {
  using list = op::ui_r1_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value* given = find(prompt.values, "scale");
    const auto scale = given ? numbers_in<2>(*given, given->value) : std::array<double, 2>{1, 1};
    if (!(scale[0] > 0 && scale[1] > 0)) refuse_value(*given, "", "must be greater than 0");
    const auto reward = ui_r1_reward({r.text, prompt.ground_truth, scale}, o);
    return {.reward = reward.reward, .correct = reward.action_reward == 1 && reward.coordinate_reward == 1};
  }
};

struct gui_match_rule {
  using list = op::ui_genie_action_match;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &gold = at(prompt.values, "action"), &predicted = at(r.values, "action");
    const auto numbers = [](const keyed_value& v, const char* name, auto& to) {
      const json& j = member(v, name);
      if (!j.is_null())
        to = numbers_in<std::tuple_size_v<std::remove_cvref_t<decltype(to)>>>(v, j, std::string(".") + name);
    };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::array<double, 2> point{nan, nan}, screen{nan, nan};
    std::array<double, 4> box{nan, nan, nan, nan};
    numbers(predicted, "point", point);
    numbers(gold, "box", box);
    if (const keyed_value* v = find(prompt.values, "screen")) screen = numbers_in<2>(*v, v->value);
    const std::string type = text_or_empty(predicted, "type"), gold_type = text_or_empty(gold, "type"),
                      text = text_or_empty(predicted, "text"), gold_text = text_or_empty(gold, "text");
    return {.reward = double(ui_genie_action_match({type, gold_type, point, box, text, gold_text, screen}, o).match)};
  }
};

struct craft_gui_rule {
  using list = op::craft_gui_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const auto number = [&](const char* key, double standard) {
      const keyed_value* v = find(r.values, key);
      return v ? v->value.is_boolean() ? double(v->value.get<bool>()) : number_in(*v, v->value) : standard;
    };
    const keyed_value* kind = find(prompt.values, "task_kind");
    const std::array<index_t, 1> task{kind ? integer_in(*kind, kind->value) : 0};
    if (task[0] != 0 && task[0] != 1) refuse_value(*kind, "", "must be 0, operation, or 1, understanding");
    const std::array<flag_t, 1> form{number("format_ok", 0) != 0}, action{number("action_match", 0) != 0};
    const std::array<double, 1> argument{number("argument_score", 0)}, judge{number("judge_score", 0)};
    return {.reward = craft_gui_reward<double>(one_at_a_time, {form, action, argument, judge, task}, o)[0]};
  }
};

struct shop_rule {
  using list = op::shop_r1_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value& gold = at(prompt.values, "action");
    const keyed_value* certainty = find(r.values, "self_certainty");
    const std::string type = text_or_empty(gold, "type"), name = text_or_empty(gold, "name"),
                      text = text_or_empty(gold, "text");
    return {.reward =
                shop_r1_reward({r.text, type, name, text, certainty ? number_in(*certainty, certainty->value) : 0}, o)
                    .reward};
  }
};

}  // namespace

void add_screen_rules(std::vector<rule_kind>& all) {
  constexpr auto one = wanted_keys::one;
  all.insert(all.end(), {
      {"gui_action", "action, click and form on a screen (UI-R1)", "ui_r1_reward",
       reads({{"scale", false}}, {}, one),
       "the action, as a completion would write it; scale: [x, y], screen's pixels by the model's", 2,
       make_rule<gui_action_rule>},
      {"gui_match", "a parsed action is the annotated one (UI-Genie)", "ui_genie_action_match",
       reads({{"action", true}, {"screen", false}}, {{"action", true}}),
       "action: {\"type\", \"box\", \"text\"}; responses[i].action: {\"type\", \"point\", \"text\"}; screen: "
       "[width, height]",
       1, make_rule<gui_match_rule>},
      {"craft_gui", "form, action, arguments or judge", "craft_gui_reward",
       reads({{"task_kind", false}},
             {{"format_ok", true}, {"action_match", false}, {"argument_score", false}, {"judge_score", false}}),
       "task_kind: 0 operation, 1 understanding; of a response the flags and scores", 1, make_rule<craft_gui_rule>},
      {"shop", "form, action and certainty of a shopper (Shop-R1)", "shop_r1_reward",
       reads({{"action", true}}, {{"self_certainty", false}}),
       "action: {\"type\", \"name\", \"text\"}; responses[i].self_certainty: a number", 1, make_rule<shop_rule>},
  });
}

}  // namespace guerdon::examples
