// What a model writes to be paid without being right, against every rule that it could fool: the table of
// docs/guides/verifiers.md. The page must say what the rules pay; GUERDON_WRITE_PAGES=1 in the environment writes it.
#include <guerdon/backend/scalar.hpp>
#include <guerdon/verify/bleu.hpp>
#include <guerdon/verify/box_iou.hpp>
#include <guerdon/verify/code_io_accuracy.hpp>
#include <guerdon/verify/detection_f1.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/extract_boxed.hpp>
#include <guerdon/verify/generalized_iou.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>
#include <guerdon/verify/math_string_equal.hpp>
#include <guerdon/verify/mt_r1_reward.hpp>
#include <guerdon/verify/multiple_choice_reward.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/point_in_box.hpp>
#include <guerdon/verify/reseek_reward.hpp>
#include <guerdon/verify/rouge_l.hpp>
#include <guerdon/verify/router_r1_format_reward.hpp>
#include <guerdon/verify/router_r1_reward.hpp>
#include <guerdon/verify/schema_linking_reward.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/shop_r1_action_reward.hpp>
#include <guerdon/verify/shop_r1_reward.hpp>
#include <guerdon/verify/soft_numeric_match.hpp>
#include <guerdon/verify/sql_execution_match.hpp>
#include <guerdon/verify/sql_ngram_similarity.hpp>
#include <guerdon/verify/swe_rl_patch_reward.hpp>
#include <guerdon/verify/swe_rl_reward.hpp>
#include <guerdon/verify/tag_count_reward.hpp>
#include <guerdon/verify/think_answer_format.hpp>
#include <guerdon/verify/token_f1.hpp>
#include <guerdon/verify/token_repetition_penalty.hpp>
#include <guerdon/verify/toolrl_format_reward.hpp>
#include <guerdon/verify/toolrl_reward.hpp>
#include <guerdon/verify/ui_genie_action_match.hpp>
#include <guerdon/verify/ui_r1_reward.hpp>
#include <guerdon/verify/vision_r1_format_reward.hpp>
#include <guerdon/verify/vision_r1_localization_reward.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>
#include <guerdon/verify/xml_count_reward.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;
using namespace std::string_literals;
using texts = std::vector<std::string>;
using numbers = std::vector<double>;

/// What one trick is paid: by default, an honest answer, and under the other setting that matters.
struct trick {
  const char *rule, *written;
  double paid, honest;
  const char* setting = "";  ///< what closes the hole, or what opens it: the published way
  std::optional<double> then = {};
  const char* why;
};
struct kind_of_trick {
  const char* title;
  std::vector<trick> rows;
};

double math(std::string_view text, std::string_view reference, answer_units units = answer_units::dropped) {
  const auto box = extract_boxed({text}, {.mode = boxed_mode::brace});
  return box.found && math_string_equal({box.content, reference}, {units}).equal;
}
double numeric(std::string_view text, std::string_view reference, const op::numeric_equal::options& o = {}) {
  return numeric_equal({text, reference}, o).equal;
}
double gsm8k(std::string_view text, std::string_view answer, const op::gsm8k_reward::options& o = {}) {
  return gsm8k_reward({text, answer}, o).reward;
}
constexpr op::gsm8k_reward::options verl{.clip_chars = 300, .clean = false, .compare = gsm8k_compare::text};
double exact(std::string_view text, const texts& reference, const op::exact_match::options& o = {}) {
  return exact_match({text, reference}, o).match;
}
constexpr op::exact_match::options published_match{.numbers = answer_numbers::strip,
                                                   .empty_reference = empty_reference_rule::official};
double f1(std::string_view text, const texts& reference, const op::token_f1::options& o = {}) {
  return token_f1({text, reference}, o).f1;
}
double choice(std::string_view text, std::string_view answer, choice_mode mode = choice_mode::answer_colon) {
  return multiple_choice_reward({text, answer}, {.mode = mode}).reward;
}
double form(std::string_view text, bool strict = false) {
  return think_answer_format({text}, {.strict = strict}).reward;
}
double tags_of(std::string_view text) { return tag_count_reward({text}).reward; }

std::string call(std::string_view name) {
  return "{\"name\": \"" + std::string(name) + "\", \"parameters\": {\"a\": 1}}\n";
}
std::string calls(const std::string& all) { return "<think>x</think>\n<tool_call>\n" + all + "</tool_call>"; }
double tools(const std::string& all) { return toolrl_reward({calls(all), calls(call("f"))}).correctness_reward; }

/// Boxes for one object at (10, 10, 20, 20).
numbers grid() {
  numbers corners;
  for (int x = 0; x < 100; x += 10)
    for (int y = 0; y < 100; y += 10) corners.insert(corners.end(), {double(x), double(y), x + 10.0, y + 10.0});
  return corners;
}
double localized(const numbers& box, bool charge_extra = false) {
  const std::vector<index_t> label(box.size() / 4, 0), one{0};
  const auto r = vision_r1_localization_reward({box, label, numbers{10, 10, 20, 20}, one},
                                               {.stage = refinement_stage::off, .charge_extra = charge_extra});
  return r.recall_reward + r.precision_reward;
}
double detected(const numbers& box) {
  const std::vector<index_t> label(box.size() / 4, 0), one{0}, cut{0, static_cast<index_t>(box.size() / 4)}, all{0, 1};
  return detection_f1<double>(scalar_backend(), {box, label, cut, numbers{10, 10, 20, 20}, one, all}).f1[0];
}
double overlap(const numbers& box) { return box_iou<double>(scalar_backend(), {box, numbers{10, 10, 20, 20}}).iou[0]; }
double chart(const numbers& values) {
  const std::vector<index_t> cut{0, static_cast<index_t>(values.size())}, two{0, 2};
  return soft_numeric_match<double>(scalar_backend(), {values, cut, numbers{3, 7}, two})[0];
}

double click(const std::string& answer, unread_point_rule unread = unread_point_rule::origin) {
  return ui_r1_reward({"<think>x</think><answer>" + answer + "</answer>",
                       "<answer>{'action': 'click', 'coordinate': [0, 0, 50, 30]}</answer>",
                       {1, 1}},
                      {.unread_point = unread})
      .reward;
}
double typed(std::string_view text, const op::ui_genie_action_match::options& o = {}) {
  return ui_genie_action_match({"type", "type", {0, 0}, {0, 0, 0, 0}, text, "winter jacket"}, o).match;
}
double sql(const texts& rows, const texts& gold, const op::sql_execution_match::options& o = {}) {
  return sql_execution_match({rows, gold, 0}, o).match;
}
double searched(int times, const op::reseek_reward::options& o = {}) {
  std::string text;
  for (int k = 0; k < times; ++k) text += "<information>in Paris</information><judge>yes</judge>";
  return reseek_reward({text + "<answer>Paris</answer>", texts{"Paris"}}, o).reward;
}
double router(std::string_view answer, const op::router_r1_reward::options& o = {}) {
  return router_r1_reward({"<think>a</think><answer>" + std::string(answer) + "</answer>", texts{"275"}}, o).reward;
}
double shopped(std::string_view name, const shop_r1_weights& weights = {}) {
  return shop_r1_action_reward({"click", name, "", "click", "add to cart", ""}, {.weights = weights}).reward;
}
double patched(const std::string& replace) {
  return swe_rl_reward({"<think>x</think><solution>```python\n### a.py\n<<<<<<< SEARCH\nx = 1\n=======\n" + replace +
                            "\n>>>>>>> REPLACE\n```</solution>",
                        texts{"a.py"}, texts{"x = 1\ny = 2\n"}, texts{"a.py"}, texts{"x = 3\ny = 2\n"}})
      .reward;
}
double printed(const texts& outputs, test_reward mode = test_reward::fraction) {
  const std::vector<index_t> ran(outputs.size(), 0);
  return code_io_accuracy({outputs, texts{"YES", "NO"}, ran}, {.mode = mode}).reward;
}
double linked(const texts& items, schema_mode mode = schema_mode::jaccard) {
  return schema_linking_reward({items, texts{"users", "users.age"}}, {.mode = mode}).reward;
}
double translated(std::string_view text) {
  return bleu_text::sentence_score(text, "the cat sat on the old mat", bleu_tokenizer::v13a) / 100;
}

double shopper(std::string_view action, double certainty = 0) {
  const std::string text = "{\"rationale\": \"r\", \"action\": " + std::string(action) + "}";
  return shop_r1_reward({text, "click", "add to cart", "", certainty}).reward;
}
double routed(std::string_view text) { return router_r1_format_reward({text}).reward; }
const char* const mat = "the cat sat on the old mat";
double translation(const std::string& text) {
  const std::string completion = "<think>x</think><translate>" + text + "</translate>";
  return mt_r1_reward({completion, mat}, {.header = chat_header::none}).reward;
}
double query(std::string_view text) {
  return sql_ngram_similarity({text, {}, "SELECT age FROM users WHERE age > 30", {}}).similarity;
}
double diff_of(const std::string& patch) {
  return swe_rl_patch_reward({texts{"a.py"}, texts{patch}, texts{"a.py"}, texts{"-x = 1\n+x = 3\n y = 2\n"}}).reward;
}
double tapped(double x1, double y1, bool inclusive = true) {
  return point_in_box<double>(scalar_backend(), {numbers{x1, y1}, numbers{10, 10, 20, 20}},
                              {.inclusive = inclusive})[0];
}

const std::string good = "<think>\nr\n</think>\n<answer>\na\n</answer>";

std::vector<kind_of_trick> all_tricks() {
  const std::string filler = nasty::repeat("word ", 5 * 512),
                    thought = "<think>it follows from the second line</think>",
                    xml = "<reasoning>\nr\n</reasoning>\n<answer>\na\n</answer>\n";
  std::string counted;
  for (int k = 0; k < 50; ++k) counted += "we look at the next case and find that it " + std::to_string(k) + " ";
  const char* last = "the last one counts, so that it is one guess";
  const char* code_points = "code points are compared: what is not seen is there";
  return {
      {"Several answers",
       {
           {"gsm8k_reward",
            "`#### 16 #### 17 #### 18 #### 19` for 18",
            gsm8k("#### 16 #### 17 #### 18 #### 19", "18"),
            gsm8k("#### 18", "18"),
            "",
            {},
            last},
           {"gsm8k_reward",
            "`#### 17 or 18` for 18",
            gsm8k("#### 17 or 18", "18"),
            1,
            "",
            {},
            "the first number behind the last mark counts"},
           {"gsm8k_reward",
            "`#### 17/18` for 18",
            gsm8k("#### 17/18", "18"),
            1,
            "",
            {},
            "a number that is joined to another is none"},
           {"extract_boxed, math_string_equal",
            "`\\boxed{3}, \\boxed{4}, \\boxed{5}` for 4",
            math("\\boxed{3}, \\boxed{4}, \\boxed{5}", "4"),
            math("\\boxed{4}", "4"),
            "",
            {},
            last},
           {"extract_boxed, math_string_equal", "`\\boxed{4 \\text{ or } 5}` for 4",
            math("\\boxed{4 \\text{ or } 5}", "4"), 1, "`units = kept`",
            math("\\boxed{4 \\text{ or } 5}", "4", answer_units::kept),
            "published: what follows `\\text{ ` is a unit, and goes"},
           {"exact_match", "`London, Paris, Rome` for Paris", exact("London, Paris, Rome", {"Paris"}),
            exact("Paris", {"Paris"}), "`mode = contains`",
            exact("London, Paris, Rome", {"Paris"}, {.mode = exact_match_mode::contains}),
            "whatever holds the answer contains it"},
           {"token_f1",
            "`red green blue apple pear` for red apple",
            f1("red green blue apple pear", {"red apple"}),
            f1("red apple", {"red apple"}),
            "",
            {},
            "words too many cost precision"},
           {"multiple_choice_reward", "`Answer: A, or Answer: B` for B", choice("Answer: A, or Answer: B", "B"),
            choice("Answer: B", "B"), "`mode = lenient`", choice("Answer: A, or Answer: B", "B", choice_mode::lenient),
            "one letter counts: the first, or in lenient the last"},
           {"rouge_l", "the reference in the middle of 90 other words",
            rouge_l({nasty::repeat("other ", 6 * 45) + "the cat sat" + nasty::repeat(" other", 6 * 45), "the cat sat"})
                .f,
            1, "`beta = 8`",
            rouge_l({nasty::repeat("other ", 6 * 45) + "the cat sat" + nasty::repeat(" other", 6 * 45), "the cat sat"},
                    {.beta = 8})
                .f,
            "F weighs precision; a large beta is recall, which spam has"},
           {"bleu",
            "the reference and ten other words",
            translated("the cat sat on the old mat one two three four five six seven eight nine ten"),
            translated("the cat sat on the old mat"),
            "",
            {},
            "n-grams too many cost precision"},
           {"soft_numeric_match",
            "3, 7 and eight guesses more for 3, 7",
            chart({3, 7, 1, 2, 4, 5, 6, 8, 9, 10}),
            chart({3, 7}),
            "",
            {},
            "the longer list divides"},
           {"schema_linking_reward", "every name of the schema for two of ten",
            linked({"users", "users.age", "a", "b", "c", "d", "e", "f", "g", "h"}), linked({"users", "users.age"}),
            "`mode = recall`",
            linked({"users", "users.age", "a", "b", "c", "d", "e", "f", "g", "h"}, schema_mode::recall),
            "recall does not mind names too many"},
           {"edit_similarity", "kitten, between ten other words",
            edit_similarity({"one two three four five kitten six seven eight nine ten", "kitten"}).similarity, 1, "",
            {},
            "what is too much must be taken out again"},
           {"sequence_matcher_ratio", "the reference and as much again behind it",
            sequence_matcher_ratio({"the cat sat on the mat and so on and so forth", "the cat sat on the mat"}).ratio,
            1, "", {},
            "it counts in the denominator"},
           {"sql_ngram_similarity", "every name of the schema behind the right query",
            query("SELECT age FROM users WHERE age > 30 id name city street zip phone mail"),
            query("SELECT age FROM users WHERE age > 30"), "", {},
            "n-grams too many are in the union"},
           {"swe_rl_patch_reward", "the right patch and ten other lines",
            diff_of("-x = 1\n+x = 3\n y = 2\n" + nasty::repeat("+z = 0\n", 70)), diff_of("-x = 1\n+x = 3\n y = 2\n"),
            "", {},
            "they count in the denominator"},
       }},
      {"Nothing, or next to nothing",
       {
           {"extract_boxed, math_string_equal",
            "`\\boxed{}` for 4",
            math("\\boxed{}", "4"),
            1,
            "",
            {},
            "an empty box is found, and equals nothing"},
           {"exact_match", "`...` for the option A", exact("...", {"A"}), exact("A", {"A"}),
            "as published: `empty_reference = official`", exact("...", {"A"}, published_match),
            "SQuAD's script deletes articles, the option A among them"},
           {"token_f1", "nothing for the option A", f1("", {"A"}), f1("A", {"A"}),
            "`empty_reference = official`, `empty_rule = squad2`",
            f1("", {"A"},
               {.empty_rule = empty_answer_rule::squad2,
                .numbers = answer_numbers::strip,
                .empty_reference = empty_reference_rule::official}),
            "likewise"},
           {"think_answer_format", "tags with nothing between them", form("<think>\n\n</think>\n<answer>\n\n</answer>"),
            form(good), "`strict`", form("<think>\n\n</think>\n<answer>\n\n</answer>", true),
            "published: any text between the tags, none as well"},
           {"sql_execution_match", "a query without a row, as the right one", sql({}, {}), sql({"i1:1"}, {"i1:1"}),
            "`empty_match`", sql({}, {}, {.empty_match = true}), "`WHERE 1 = 0` would meet every empty result"},
           {"ui_genie_action_match", "typing nothing for winter jacket", typed(""), typed("winter jacket"),
            "as published: `empty_text = anything`", typed("", {.empty_text = empty_text_rule::anything}),
            "an empty text is in every text"},
           {"ui_genie_action_match", "typing `e` for winter jacket", typed("e"), typed("winter jacket"),
            "`text = equal`", typed("e", {.text = screen_text::equal}), "published: one text holds the other"},
           {"ui_r1_reward", "a click without a point, where the box holds the corner", click("{'action': 'click'}"),
            click("{'action': 'click', 'coordinate': [9, 9]}"), "`unread_point = nowhere`",
            click("{'action': 'click'}", unread_point_rule::nowhere),
            "published: a point that cannot be read is (0, 0)"},
           {"vision_r1_format_reward", "`1` where there is something to find",
            vision_r1_format_reward({"1", 1}).format_reward, vision_r1_format_reward({"[]", 1}).format_reward,
            "with detection_f1", detected({}),
            "published: anything that is JSON has good form; only the boxes pay more"},
           {"swe_rl_reward",
            "an edit that changes nothing",
            patched("x = 1"),
            patched("x = 3"),
            "",
            {},
            "an edit must change something"},
           {"mt_r1_reward", "an empty translation in good form",
            translation(""), translation(mat), "", {},
            "form alone is not paid"},
           {"swe_rl_patch_reward", "an empty patch",
            diff_of(""), 1, "", {},
            "a file left alone pays 0"},
           {"shop_r1_reward", "an action without a name",
            shopper("{\"type\": \"click\"}"), shopper("{\"type\": \"click\", \"name\": \"add to cart\"}"), "", {},
            "the name is most of the pay"},
           {"router_r1_format_reward", "a thought of three points: `<think>...</think>`",
            routed("<think>...</think><answer>a</answer>"), routed("<think>it is known</think><answer>a</answer>"), "",
            {},
            "an empty thought breaks the form"},
       }},
      {"Tags copied",
       {
           {"think_answer_format", "a second answer behind the first",
            form("<think>\nr\n</think>\n<answer>\na\n</answer>\n<answer>\nb\n</answer>"), form(good), "`strict`",
            form("<think>\nr\n</think>\n<answer>\na\n</answer>\n<answer>\nb\n</answer>", true),
            "published: any text may follow the line's end"},
           {"think_answer_format", "the prompt's example of the form inside the thought",
            form("<think>\n<think>\n...\n</think>\n<answer>\n...\n</answer>\n</think>\n<answer>\na\n</answer>"),
            form(good), "`strict`",
            form("<think>\n<think>\n...\n</think>\n<answer>\n...\n</answer>\n</think>\n<answer>\na\n</answer>", true),
            "likewise"},
           {"tag_count_reward", "the four tags once, in any order",
            tags_of("\n</answer>\n<answer>\n\n</think>\n<think>\n"), tags_of(good), "with think_answer_format",
            form("\n</answer>\n<answer>\n\n</think>\n<think>\n"), "it counts, and looks at nothing else"},
           {"tag_count_reward",
            "all tags twice",
            tags_of(good + "\n" + good),
            tags_of(good),
            "",
            {},
            "each must occur exactly once"},
           {"toolrl_format_reward", "an empty `<tool_call>`",
            toolrl_format_reward({calls(""), calls(call("f"))}).reward, 1, "with toolrl_correctness_reward", tools(""),
            "form alone; the calls are paid apart"},
           {"reseek_reward",
            "`<answer>Paris</answer>` eleven times",
            reseek_reward({nasty::repeat("<answer>Paris</answer>", 22 * 11), texts{"Paris"}}).reward,
            searched(0),
            "",
            {},
            "more than ten answers leave a quarter"},
           {"router_r1_reward",
            "two `<answer>`s, of which the last is right",
            router_r1_reward({"<think>a</think><answer>1</answer><answer>275</answer>", texts{"275"}}).reward,
            router("275"),
            "",
            {},
            "the form asks for exactly one"},
           {"mt_r1_reward", "the translation twice",
            translation("the dog</translate><translate>" + std::string(mat)), translation(mat), "", {},
            "each tag must stand exactly once"},
           {"xml_count_reward", "all tags twice",
            xml_count_reward({xml + "\n" + xml}).reward, xml_count_reward({xml}).reward, "", {},
            "each must occur exactly once"},
           {"xml_count_reward", "the answer behind the end",
            xml_count_reward({xml + "the answer is 4"}).reward, xml_count_reward({xml}).reward, "", {},
            "each character behind the end costs"},
       }},
      {"More of what pays",
       {
           {"toolrl_correctness_reward",
            "the right call twice",
            tools(call("f") + call("f")),
            tools(call("f")),
            "",
            {},
            "calls too many cost through their names"},
           {"toolrl_correctness_reward",
            "the right call and five others",
            tools(call("f") + call("g") + call("h") + call("i") + call("j") + call("k")),
            tools(call("f")),
            "",
            {},
            "likewise"},
           {"toolrl_length_reward", "512 times `word` in the thought",
            toolrl_length_reward({"<think>" + filler + "</think>"}).reward, toolrl_length_reward({thought}).reward,
            "plus word_repetition_penalty",
            toolrl_length_reward({"<think>" + filler + "</think>"}).reward + word_repetition_penalty({filler}).reward,
            "words are counted, not read"},
           {"reseek_reward", "twenty searches where one would do", searched(20), searched(1), "`per_step_mean`",
            searched(20, {.per_step_mean = true}), "published: every judgement that is right is paid"},
           {"code_io_accuracy", "a program that always prints YES", printed({"YES", "YES"}), printed({"YES", "NO"}),
            "`mode = all`", printed({"YES", "YES"}, test_reward::all),
            "a share of the tests is what chance gives, too"},
           {"shop_r1_action_reward", "a click on a name that is not there", shopped("zzz"), shopped("add to cart"),
            "`click_name_weight = 0`", shopped("zzz", {.click_name_weight = 0}),
            "published: any name is paid a little, the right one a thousand times more"},
           {"shop_r1_reward", "no name, and all the certainty there is",
            shopper("{\"type\": \"click\"}", 50), shopper("{\"type\": \"click\", \"name\": \"add to cart\"}"), "", {},
            "its weight is 0.005"},
           {"word_repetition_penalty", "512 times `word`",
            word_repetition_penalty({filler}).reward, word_repetition_penalty({thought}).reward, "", {},
            "it is what the rule is for"},
           {"word_repetition_penalty", "a line of ten words fifty times, each time with another number behind it",
            word_repetition_penalty({counted}).reward, word_repetition_penalty({thought}).reward, "", {},
            "the number is one word: the trigrams beside it come again"},
           {"token_repetition_penalty", "a hundred times the same token",
            token_repetition_penalty({std::vector<index_t>(100, 7)}).reward, 0, "", {},
            "likewise"},
       }},
      {"Boxes",
       {
           {"vision_r1_localization_reward", "a hundred boxes over the whole screen", localized(grid()),
            localized({10, 10, 20, 20}), "`charge_extra`", localized(grid(), true),
            "published: boxes beyond the objects cost nothing"},
           {"vision_r1_localization_reward",
            "one box as large as the screen",
            localized({0, 0, 100, 100}),
            localized({10, 10, 20, 20}),
            "",
            {},
            "the overlap is a hundredth"},
           {"detection_f1",
            "a hundred boxes over the whole screen",
            detected(grid()),
            detected({10, 10, 20, 20}),
            "",
            {},
            "boxes too many cost precision"},
           {"detection_f1",
            "one box as large as the screen",
            detected({0, 0, 100, 100}),
            detected({10, 10, 20, 20}),
            "",
            {},
            "its overlap stays below the threshold"},
           {"box_iou",
            "one box as large as the screen",
            overlap({0, 0, 100, 100}),
            overlap({10, 10, 20, 20}),
            "",
            {},
            "the overlap is a hundredth"},
           {"box_iou",
            "corners the other way round",
            overlap({20, 20, 10, 10}),
            overlap({10, 10, 20, 20}),
            "",
            {},
            "such a box is empty"},
           {"generalized_iou", "one box as large as the screen",
            generalized_iou<double>(scalar_backend(), {numbers{0, 0, 100, 100}, numbers{10, 10, 20, 20}}).giou[0], 1,
            "", {},
            "the overlap is a hundredth"},
           {"point_in_box", "a tap on the edge",
            tapped(10, 10), tapped(15, 15), "`inclusive = false`", tapped(10, 10, false),
            "published: the edge is inside"},
       }},
      {"Numbers: units, signs, points",
       {
           {"gsm8k_reward", "`#### 1/2` for 1", gsm8k("#### 1/2", "1"), 1, "as published: verl",
            gsm8k("#### 1/2", "1", verl), "verl reads the digits in front"},
           {"gsm8k_reward", "`#### -18` for 18", gsm8k("#### -18", "18"), 1, "", {}, "the sign counts"},
           {"gsm8k_reward", "a typographic minus: `\u2212 14` for 14, last number",
            gsm8k("it is \u221214", "14", {.method = gsm8k_method::flexible}), 1, "as published: verl, flexible",
            gsm8k("it is \u221214", "14",
                  {.method = gsm8k_method::flexible, .clean = false, .compare = gsm8k_compare::text}),
            "verl knows no minus but the ASCII one"},
           {"gsm8k_reward",
            "`#### 18 million` for 18",
            gsm8k("#### 18 million", "18"),
            1,
            "",
            {},
            "words behind the number are not read"},
           {"exact_match", "`2.75` for 275", exact("2.75", {"275"}), exact("275", {"275"}),
            "as published: `numbers = strip`", exact("2.75", {"275"}, published_match),
            "SQuAD's script deletes the point"},
           {"exact_match", "`-6` for 6", exact("-6", {"6"}), 1, "as published: `numbers = strip`",
            exact("-6", {"6"}, published_match), "and the sign"},
           {"token_f1", "`2.75` for 275", f1("2.75", {"275"}), f1("275", {"275"}), "as published: `numbers = strip`",
            f1("2.75", {"275"}, {.numbers = answer_numbers::strip}), "likewise"},
           {"router_r1_reward", "`2.75` for 275", router("2.75"), router("275"), "`numbers = keep`",
            router("2.75", {.numbers = answer_numbers::keep}), "published: SQuAD's script"},
           {"reseek_reward", "`2.75` for 275", reseek_reward({"<answer>2.75</answer>", texts{"275"}}).reward, 1,
            "`numbers = keep`",
            reseek_reward({"<answer>2.75</answer>", texts{"275"}}, {.numbers = answer_numbers::keep}).reward,
            "published: SQuAD's script"},
           {"numeric_equal", "`50` for 0.5", numeric("50", "0.5"), 1, "as published: `percent_tolerant`",
            numeric("50", "0.5", {.percent_tolerant = true}), "verl forgives a factor of a hundred"},
           {"numeric_equal", "`1000.05` for 1000", numeric("1000.05", "1000"), 1, "`rel_tol = 0`",
            numeric("1000.05", "1000", {.rel_tol = 0}), "within the tolerance of 1e-4"},
           {"numeric_equal", "`5 \\text{ m}` for `5 \\text{ km}`", numeric("5 \\text{ m}", "5 \\text{ km}"), 1,
            "`units = kept`", numeric("5 \\text{ m}", "5 \\text{ km}", {.units = answer_units::kept}),
            "units are dropped, as by the graders of MATH"},
           {"numeric_equal", "`4` for -4", numeric("4", "-4"), 1, "", {}, "the sign counts"},
       }},
      {"Characters that are not seen",
       {
           {"gsm8k_reward",
            "a zero-width blank: `#### 1\\u200b8` for 1",
            gsm8k("#### 1\u200b8", "1"),
            1,
            "",
            {},
            "shown as 18: what joins on makes it no number"},
           {"gsm8k_reward",
            "right to left: `#### \\u202e81` for 18",
            gsm8k("#### \u202e81", "18"),
            1,
            "",
            {},
            code_points},
           {"exact_match", "`Pa\\u200bris` for Paris", exact("Pa\u200bris", {"Paris"}), 1, "", {}, code_points},
           {"exact_match", "`\\u202esiraP` for Paris", exact("\u202esiraP", {"Paris"}), 1, "", {}, code_points},
           {"math_string_equal", "`\\boxed{4\\u200b}` for 4", math("\\boxed{4\u200b}", "4"), 1, "", {}, code_points},
           {"numeric_equal", "Arabic digits: `\\u0664` for 4", numeric("\u0664", "4"), 1, "", {}, "digits are ASCII"},
           {"multiple_choice_reward",
            "a Cyrillic letter: `Answer: \\u0412` for B",
            choice("Answer: \u0412", "B"),
            1,
            "",
            {},
            "letters are ASCII"},
           {"code_io_accuracy", "`YES\\u200b` for YES", printed({"YES\u200b", "NO"}), 1, "", {}, code_points},
           {"edit_similarity", "`Pa\\u200bris` for Paris",
            edit_similarity({"Pa\u200bris", "Paris"}).similarity, 1, "", {},
            "code points are compared: what is not seen is there"},
           {"bleu", "the words with zero-width blanks in them",
            translated("the c\u200bat s\u200bat on the o\u200bld mat"), translated(mat), "", {},
            "likewise"},
           {"rouge_l", "the words with zero-width blanks in them",
            rouge_l({"the c\u200bat sat", "the cat sat"}).f, 1, "", {},
            "likewise"},
       }},
      {"The result by another way",
       {
           {"sql_execution_match",
            "the right rows as constants",
            sql({"i1:2", "i1:3"}, {"i1:2", "i1:3"}),
            1,
            "",
            {},
            "the result is right; only a second database tells"},
           {"sql_execution_match", "each row a thousand times", sql(texts(1000, "i1:2"), {"i1:2"}), 1,
            "`mode = multiset`", sql(texts(1000, "i1:2"), {"i1:2"}, {.mode = result_match::multiset}),
            "published: sets of rows"},
           {"multiple_choice_reward", "`Answer: Because I say so` for B", choice("Answer: Because I say so", "B"),
            choice("Answer: B", "B"), "`mode = lenient`", choice("Answer: Because I say so", "B", choice_mode::lenient),
            "published: the letter may begin a word"},
       }},
  };
}

std::string shown(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", std::abs(x) < 1e-12 ? 0.0 : x);
  return text;
}
/// Whether the trick is paid less than an honest answer.
const char* verdict(const trick& t) {
  if (t.paid < t.honest) return "closed";
  return t.then && *t.then <= t.honest + 1e-9 && *t.then < t.paid ? "an option closes it" : "open";
}

std::string rendered() {
  std::ostringstream out;
  for (const kind_of_trick& kind : all_tricks()) {
    out << "\n### " << kind.title
        << "\n| rule | what is written | pays | honest | by default | other setting | pays | why |\n"
           "|---|---|--:|--:|---|---|--:|---|\n";
    for (const trick& t : kind.rows)
      out << "| " << t.rule << " | " << t.written << " | " << shown(t.paid) << " | " << shown(t.honest) << " | "
          << verdict(t) << " | " << t.setting << " | " << (t.then ? shown(*t.then) : "") << " | " << t.why << " |\n";
  }
  return out.str();
}

TEST_CASE("the page on verifiers says what tricks are paid") {
  const std::string path = GUERDON_SOURCE_DIR "/docs/guides/verifiers.md", begin = "<!-- tricks: derived -->\n",
                    end = "\n<!-- end -->";
  std::stringstream read;
  read << std::ifstream(path, std::ios::binary).rdbuf();
  std::string page = read.str();
  const std::size_t from = page.find(begin), to = page.find(end);
  REQUIRE(from != page.npos);
  REQUIRE(to != page.npos);
  const std::size_t at = from + begin.size();
  const std::string want = rendered();
  if (const char* write = std::getenv("GUERDON_WRITE_PAGES"); write && *write == '1')
    std::ofstream(path, std::ios::binary) << page.replace(at, to - at, want);
  CHECK_MESSAGE(page.substr(at, want.size()) == want,
                "docs/guides/verifiers.md is not what the rules pay; run guerdon_tests with GUERDON_WRITE_PAGES=1");
}

TEST_CASE("what is open is known, and nothing else is") {
  for (const kind_of_trick& kind : all_tricks())
    for (const trick& t : kind.rows) {
      CAPTURE(std::string(t.rule) + ": " + t.written);
      const bool known = std::string_view(t.written) == "`#### 18 million` for 18" ||
                         std::string_view(t.written) == "the right rows as constants";
      CHECK((verdict(t) == std::string_view("open")) == known);
    }
}

}  // namespace
