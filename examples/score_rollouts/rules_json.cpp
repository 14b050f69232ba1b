// Rules that read more of a line than its reference: outputs of programs, databases, boxes, actions, files.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/verify/box_iou.hpp>
#include <guerdon/verify/code_io_accuracy.hpp>
#include <guerdon/verify/craft_gui_reward.hpp>
#include <guerdon/verify/detection_f1.hpp>
#include <guerdon/verify/extract_sql.hpp>
#include <guerdon/verify/reseek_reward.hpp>
#include <guerdon/verify/router_r1_reward.hpp>
#include <guerdon/verify/schema_linking_reward.hpp>
#include <guerdon/verify/shop_r1_reward.hpp>
#include <guerdon/verify/soft_numeric_match.hpp>
#include <guerdon/verify/sql_execution_match.hpp>
#include <guerdon/verify/sql_ngram_similarity.hpp>
#include <guerdon/verify/swe_rl_reward.hpp>
#include <guerdon/verify/token_repetition_penalty.hpp>
#include <guerdon/verify/toolrl_reward.hpp>
#include <guerdon/verify/ui_genie_action_match.hpp>
#include <guerdon/verify/ui_r1_reward.hpp>
#include <guerdon/verify/vision_r1_format_reward.hpp>
#include <guerdon/verify/vision_r1_localization_reward.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>

#ifdef SCORE_ROLLOUTS_SQLITE
#include <guerdon/adapt/sqlite.hpp>
#endif

#include "rules_of.hpp"

namespace guerdon::examples {
namespace {

/// Where an operation on arrays is asked for a line at a time: what its own definition says.
const scalar_backend one_at_a_time{};

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

// --- tools -----------------------------------------------------------------------------------------------------------
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

// --- SQL -------------------------------------------------------------------------------------------------------------
#ifdef SCORE_ROLLOUTS_SQLITE
struct sql_options {
  op::sql_execution_match::options compare = {};
  std::string_view folder = "";     ///< where the database files lie
  index_t max_steps = 100'000'000;  ///< of SQLite's machine
  double runs_reward = 0;           ///< of a query that runs, and whose result is another one
};
struct sql_list {
  static constexpr auto parameters() {
    const auto inside = std::apply(
        [](const auto&... f) { return op::list::inside<op::option_field>("compare", &sql_options::compare, f...); },
        op::sql_execution_match::parameters());
    return std::tuple_cat(inside,
                          std::tuple(op::text("folder", &sql_options::folder),
                                     op::option("max_steps", &sql_options::max_steps, op::counts_from(1000, 1e9)),
                                     op::option("runs_reward", &sql_options::runs_reward)));
  }
};

/// Runs the query of a response and the reference's, on the line's database.
class sql_rule : public line_rule {
 public:
  sql_rule() { slots = slots_of<sql_list>(options_); }
  void read(const rollouts& prompt) override {
    const keyed_value *file = find(prompt.values, "database"), *script = find(prompt.values, "schema");
    if (!file == !script)
      throw bad_line(1, "database", "or schema must be there: a database's file, or the script that makes one");
    const keyed_value& given = file ? *file : *script;
    const std::string text = text_in(given, given.value);
    const std::string place = file && !options_.folder.empty() ? std::string(options_.folder) + "/" + text : text;
    if (!database_ || place != place_ || bool(file) != is_file_) {
      database_.reset();
      const sqlite_limits limits{.steps = options_.max_steps};
      try {
        database_.emplace(file ? sqlite_database(place, limits) : sqlite_database::in_memory(text, limits));
      } catch (const std::invalid_argument& error) {
        refuse_value(given, "", "cannot be used: " + std::string(error.what()));
      }
      place_ = place, is_file_ = bool(file);
    }
    gold_ = database_->run(prompt.ground_truth);
    if (gold_.status != 0) throw bad_line(1, "ground_truth", "is a query that does not run: " + gold_.problem);
  }
  verdict score(const rollouts&, const response& r) override {
    std::string query = extract_sql({r.text}).sql;
    const sqlite_result result = database_->run(query);
    const bool right = sql_execution_match({result.rows, gold_.rows, result.status}, options_.compare).match;
    verdict v;
    v.reward = right ? 1 : result.status == 0 ? options_.runs_reward : 0;
    v.correct = right;
    v.extracted = std::move(query);
    return v;
  }

 private:
  sql_options options_;
  std::optional<sqlite_database> database_;
  std::string place_;
  bool is_file_ = false;
  sqlite_result gold_;
};
#endif

struct sql_ngrams_rule {
  using list = op::sql_ngram_similarity;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const std::string query = extract_sql({r.text}).sql;
    return {.reward = sql_ngram_similarity({query, {}, prompt.ground_truth, {}}, o).similarity};
  }
};
struct schema_rule {
  using list = op::schema_linking_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &gold = at(prompt.values, "items"), &named = at(r.values, "items");
    return {.reward =
                schema_linking_reward({items_in(named, named.value, text_in), items_in(gold, gold.value, text_in)}, o)
                    .reward};
  }
};

// --- boxes -----------------------------------------------------------------------------------------------------------
/// Boxes and their labels, numbered as they come.
struct box_set {
  std::vector<double> corner;
  std::vector<std::string> name;
  index_t size() const { return static_cast<index_t>(name.size()); }
};
box_set true_boxes(const rollouts& prompt) {
  const keyed_value& v = at(prompt.values, "boxes");
  box_set boxes;
  items_in(v, v.value, [&](const keyed_value&, const json& j, const std::string& where) {
    if (!j.is_object() || !j.contains("bbox_2d"))
      refuse_value(v, where, "must be an object with bbox_2d, and a label if there are any");
    for (const double x : numbers_in<4>(v, j["bbox_2d"], where + ".bbox_2d")) boxes.corner.push_back(x);
    boxes.name.push_back(j.contains("label") ? text_in(v, j["label"], where + ".label") : "");
    return 0;
  });
  return boxes;
}
box_set written_boxes(std::string_view text) {
  const auto parsed = vision_r1_parse_boxes({text});
  return {{parsed.box.begin(), parsed.box.end()}, parsed.label};
}
/// Numbers for names: equal ones for equal names of both.
std::pair<std::vector<index_t>, std::vector<index_t>> labels(const box_set& a, const box_set& b) {
  std::map<std::string, index_t> numbers;
  const auto number = [&](const box_set& boxes) {
    std::vector<index_t> result;
    for (const std::string& name : boxes.name)
      result.push_back(numbers.emplace(name, static_cast<index_t>(numbers.size())).first->second);
    return result;
  };
  auto first = number(a);
  return {std::move(first), number(b)};
}

struct boxes_rule {
  using list = op::detection_f1;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    const auto [predicted_label, gold_label] = labels(predicted, gold);
    const std::array<index_t, 2> predictions{0, predicted.size()}, golds{0, gold.size()};
    const auto f1 =
        detection_f1<double>(one_at_a_time,
                             {predicted.corner, predicted_label, predictions, gold.corner, gold_label, golds}, o)
            .f1;
    return {.reward = f1[0], .found = predicted.size() > 0};
  }
};

/// How well the only box that was written covers the only true one.
struct box_iou_options {
  bool generalized = false;  ///< giou, between -1 and 1
};
struct box_iou_rule {
  using options = box_iou_options;
  struct list {
    static constexpr auto parameters() { return std::tuple(op::flag("generalized", &options::generalized)); }
  };
  static void read(const options&, const rollouts& prompt) {
    if (true_boxes(prompt).size() != 1) refuse_value(at(prompt.values, "boxes"), "", "must hold exactly one box");
  }
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    // Of several none is the answer: all would otherwise be tried at once.
    if (predicted.size() != 1) return {.reward = o.generalized ? -1.0 : 0.0, .found = false};
    const auto both = box_iou<double>(one_at_a_time, {predicted.corner, gold.corner}, {});
    return {.reward = o.generalized ? both.giou[0] : both.iou[0]};
  }
};

/// Vision-R1: form, recall and precision.
struct vision_rule {
  struct options : op::vision_r1_localization_reward::options {
    options() { stage = refinement_stage::off; }
  };
  struct list {
    static constexpr auto parameters() {
      auto stage = op::choice("stage", &op::vision_r1_localization_reward::options::stage);
      stage.info.required = false;
      return std::tuple(stage, op::flag("charge_extra", &op::vision_r1_localization_reward::options::charge_extra));
    }
  };
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const box_set gold = true_boxes(prompt), predicted = written_boxes(r.text);
    const auto [predicted_label, gold_label] = labels(predicted, gold);
    const auto place = vision_r1_localization_reward({predicted.corner, predicted_label, gold.corner, gold_label}, o);
    const double form = vision_r1_format_reward({r.text, gold.size()}).format_reward;
    return {.reward = form + place.recall_reward + place.precision_reward, .found = predicted.size() > 0};
  }
};

// --- actions on screens and in shops ---------------------------------------------------------------------------------
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

// --- agents that search or ask ---------------------------------------------------------------------------------------
struct search_rule {
  using list = op::reseek_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    op::reseek_reward::inputs in{r.text, prompt.answers};
    std::vector<double> similarity;
    if (const keyed_value* v = find(r.values, "similarity")) {
      similarity = items_in(*v, v->value, number_in);
      in.similarity = similarity;
    }
    const auto reward = reseek_reward(in, o);
    return {.reward = reward.reward, .correct = reward.answer_reward == 1};
  }
};
struct router_rule {
  using list = op::router_r1_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    op::router_r1_reward::inputs in{r.text, prompt.answers};
    if (const keyed_value* v = find(r.values, "cost_reward")) in.cost_reward = number_in(*v, v->value);
    std::vector<std::string> rules;
    if (const keyed_value* v = find(prompt.values, "name_rules")) {
      rules = items_in(*v, v->value, text_in);
      in.name_rules = rules;
    }
    const auto reward = router_r1_reward(in, o);
    return {.reward = reward.reward, .correct = reward.metric == 1};
  }
};

// --- patches and charts ----------------------------------------------------------------------------------------------
struct patch_rule {
  using list = op::swe_rl_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const named_texts before = named_texts_in(at(prompt.values, "files")),
                      after = named_texts_in(at(prompt.values, "oracle"));
    return {.reward = swe_rl_reward({r.text, before.name, before.text, after.name, after.text}, o).reward};
  }
};
struct patch_similarity_rule {
  using list = op::swe_rl_patch_reward;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const named_texts predicted = named_texts_in(at(r.values, "patches")),
                      oracle = named_texts_in(at(prompt.values, "patches"));
    return {.reward = swe_rl_patch_reward({predicted.name, predicted.text, oracle.name, oracle.text}, o).reward};
  }
};
struct chart_values_rule {
  using list = op::soft_numeric_match;
  using options = list::options;
  static verdict score(const options& o, const rollouts& prompt, const response& r) {
    const keyed_value &g = at(prompt.values, "values"), &p = at(r.values, "values");
    const auto predicted = items_in(p, p.value, number_in), gold = items_in(g, g.value, number_in);
    const std::array<index_t, 2> predictions{0, static_cast<index_t>(predicted.size())},
        golds{0, static_cast<index_t>(gold.size())};
    return {.reward = soft_numeric_match<double>(one_at_a_time, {predicted, predictions, gold, golds}, o)[0]};
  }
};
struct token_repetition_rule {
  using list = op::token_repetition_penalty;
  using options = list::options;
  static verdict score(const options& o, const rollouts&, const response& r) {
    const keyed_value& v = at(r.values, "tokens");
    return {.reward = token_repetition_penalty({items_in(v, v.value, integer_in)}, o).reward};
  }
};

using keys = std::map<std::string, bool>;
wanted_keys reads(keys of_line, keys of_response, wanted_keys::answer answer = wanted_keys::none) {
  return {answer, std::move(of_line), std::move(of_response)};
}

}  // namespace

void add_json_rules(std::vector<rule_kind>& all) {
  constexpr auto one = wanted_keys::one, several = wanted_keys::several;
  all.insert(
      all.end(),
      {
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
#ifdef SCORE_ROLLOUTS_SQLITE
          {"sql", "the query's result is the reference's (SQLite, read-only)",
           "extract_sql, sql_execution_match, adapt/sqlite.hpp",
           reads({{"database", false}, {"schema", false}}, {}, one),
           "the right query; database: an SQLite file, or schema: the script that makes one", 1,
           [](const rule&) -> std::unique_ptr<line_rule> { return std::make_unique<sql_rule>(); }},
#endif
          {"sql_ngrams", "n-grams that the query shares with the reference", "extract_sql, sql_ngram_similarity",
           reads({}, {}, one), "the right query", 1, make_rule<sql_ngrams_rule>},
          {"sql_schema", "tables and columns that the query names", "schema_linking_reward",
           reads({{"items", true}}, {{"items", true}}), "items, responses[i].items: arrays of names", 1,
           make_rule<schema_rule>},
          {"boxes", "F1 of boxes matched with the true ones", "vision_r1_parse_boxes, detection_f1",
           reads({{"boxes", true}}, {}), "boxes: an array of {\"bbox_2d\": [x1, y1, x2, y2], \"label\": \"...\"}", 1,
           make_rule<boxes_rule>},
          {"box_iou", "overlap of one box with the true one", "vision_r1_parse_boxes, box_iou",
           reads({{"boxes", true}}, {}), "boxes: likewise, one", 0.5, make_rule<box_iou_rule>},
          {"vision_r1", "form, recall and precision of boxes", "vision_r1_format_reward, vision_r1_localization_reward",
           reads({{"boxes", true}}, {}), "boxes: likewise", 2, make_rule<vision_rule>},
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
          {"search", "answer and judgements of a search agent (ReSeek)", "reseek_reward",
           reads({}, {{"similarity", false}}, several),
           "the answer or an array of them; responses[i].similarity: a score for each judgement", 1,
           make_rule<search_rule>},
          {"router", "form, answer and cost of a router (Router-R1)", "router_r1_reward",
           reads({{"name_rules", false}}, {{"cost_reward", false}}, several),
           "the answer or an array of them; name_rules: model names; responses[i].cost_reward: a number", 1,
           make_rule<router_rule>},
          {"patch", "similarity of search/replace edits to the true change (SWE-RL)", "swe_rl_reward",
           reads({{"files", true}, {"oracle", true}}, {}),
           "files, oracle: {\"path\": \"text\"} before and after the change", 1, make_rule<patch_rule>},
          {"patch_similarity", "similarity of patches that are given", "swe_rl_patch_reward",
           reads({{"patches", true}}, {{"patches", true}}), "patches, responses[i].patches: {\"path\": \"patch\"}", 1,
           make_rule<patch_similarity_rule>},
          {"chart_values", "share of data values within a tolerance", "soft_numeric_match",
           reads({{"values", true}}, {{"values", true}}), "values, responses[i].values: arrays of numbers", 1,
           make_rule<chart_values_rule>},
          {"token_repetition", "a penalty for repeated n-grams of tokens", "token_repetition_penalty",
           reads({}, {{"tokens", true}}), "responses[i].tokens: an array of ids", 0, make_rule<token_repetition_rule>},
      });
}

}  // namespace guerdon::examples
