// One piece of text, over and over, is read in the time that its length takes, by every rule on texts: no recursion,
// nothing quadratic. (A megabyte takes all rules together less than 0.35 seconds, whatever the piece; here it is a tenth
// of that.) A rule that is quadratic by nature refuses where it is told to.
#include <guerdon/verify/apply_search_replace.hpp>
#include <guerdon/verify/code_io_accuracy.hpp>
#include <guerdon/verify/edit_similarity.hpp>
#include <guerdon/verify/extract_boxed.hpp>
#include <guerdon/verify/extract_judge_pairs.hpp>
#include <guerdon/verify/extract_sql.hpp>
#include <guerdon/verify/extract_tag.hpp>
#include <guerdon/verify/math_normalize.hpp>
#include <guerdon/verify/mt_r1_reward.hpp>
#include <guerdon/verify/multiple_choice_reward.hpp>
#include <guerdon/verify/numeric_equal.hpp>
#include <guerdon/verify/parse_search_replace.hpp>
#include <guerdon/verify/reseek_reward.hpp>
#include <guerdon/verify/router_r1_reward.hpp>
#include <guerdon/verify/sequence_matcher_ratio.hpp>
#include <guerdon/verify/shop_r1_reward.hpp>
#include <guerdon/verify/sql_ngram_similarity.hpp>
#include <guerdon/verify/swe_rl_reward.hpp>
#include <guerdon/verify/tag_count_reward.hpp>
#include <guerdon/verify/toolrl_reward.hpp>
#include <guerdon/verify/ui_r1_reward.hpp>
#include <guerdon/verify/word_repetition_penalty.hpp>
#include <guerdon/verify/xml_count_reward.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;
using namespace std::string_view_literals;

constexpr std::string_view pieces[] = {
    "["sv, "{"sv, "}"sv, "\""sv, "\\"sv, "<"sv, "`"sv, "-"sv, "1"sv, "1,"sv, "1/"sv, "a"sv, "a "sv, " "sv, "\n"sv,
    "\x00"sv, "\xc3"sv, "\xf0\x9f\x98"sv, "\u00e9"sv, "\u03a3"sv, "\u3000"sv, "\u202e"sv, "\u200b"sv, "####"sv,
    "<think>"sv, "</think>"sv, "<answer>"sv, "</answer>"sv, "<answer></answer>"sv, "<search>"sv, "<search>a:b</search>"sv,
    "<information>"sv, "<information>x</information>"sv, "<judge>yes</judge>"sv, "<translate>"sv, "<tool_call>"sv,
    "</think>\n<answer>"sv, "```"sv, "```\n### x\n<<<<<<< SEARCH\n"sv, "\n=======\n"sv, "answer"sv, "answer is "sv,
    "\\boxed{"sv, "\\frac"sv, "\\sqrt"sv, "\\frac1"sv, "\\text{ "sv, "'action': "sv, "{ [1, 2]\n"sv, "[1,\n"sv, "{["sv,
    "{\"a\":"sv, "{\"a\":1,"sv, "&amp;"sv, "-\n"sv, "name: "sv, "Assistant:"sv};

/// All rules, on one text in every place where a model's text goes.
double all_rules(std::string_view text) {
  const std::array few{"the answer"sv, "a"sv};
  double sum = extract_boxed({text}).found + extract_boxed({text}, {.mode = boxed_mode::brace}).found;
  sum += math_normalize({text}).ok + tag_count_reward({text}).reward + extract_tag({text}).found;
  sum += numeric_equal({text, text}).equal + numeric_equal({text, "1/2"}).equal;
  const std::array<index_t, 1> ran{};
  const std::array printed{text};
  for (const auto how : {output_compare::strip, output_compare::float_tokens})
    sum += code_io_accuracy({printed, printed, ran}, {.compare = how}).reward;
  sum += word_repetition_penalty({text}).reward + xml_count_reward({text}).reward;
  for (const auto mode : {choice_mode::answer_colon, choice_mode::lenient})
    sum += multiple_choice_reward({text, "A"}, {.mode = mode}).reward;
  sum += static_cast<double>(parse_search_replace({text}).path.size() + extract_sql({text}).sql.size());
  sum += static_cast<double>(extract_judge_pairs({text}).judge.size());
  sum += reseek_reward({text, few}).reward + router_r1_reward({text, few}).reward;
  for (const auto tokenizer : {bleu_tokenizer::v13a, bleu_tokenizer::zh})
    sum += mt_r1_reward({text, "the cat"}, {.tokenizer = tokenizer, .check_think = false}).reward;
  sum += bleu_text::sentence_score(text, "the cat sat", bleu_tokenizer::v13a);
  sum += shop_r1_reward({text, "click", "a", ""}).reward + sql_ngram_similarity({text, {}, text, {}}).similarity;
  sum += swe_rl_reward({text, few, few, few, few}).reward + toolrl_reward({text, "<response>"}).reward;
  sum += toolrl_reward({text, "<tool_call>\n{\"name\": \"f\", \"parameters\": {}}\n</tool_call>"}).reward;
  for (const auto form : {ui_r1_template::think_answer, ui_r1_template::answer_only})
    sum += ui_r1_reward({text, "<answer>'action': click [1, 1, 2, 2]</answer>", {1, 1}}, {form}).reward;
  return sum;
}

TEST_CASE("a great deal of anything") {
  for (const std::string_view piece : pieces) {
    const std::string text = nasty::repeat(piece, 100'000);
    CHECK(std::isfinite(all_rules(text)));
    for (const auto& [opener, closer] : {std::pair("<think>"sv, "</answer>"sv), std::pair("<answer>"sv, "</answer>"sv),
                                         std::pair("<think>x</think><solution>"sv, "</solution>"sv),
                                         std::pair("<think>x</think>\n<tool_call>\n"sv, "\n</tool_call>"sv),
                                         std::pair("<think>x</think><translate>"sv, "</translate>"sv)})
      CHECK(std::isfinite(all_rules(std::string(opener) + text + std::string(closer))));
  }
}

TEST_CASE("what is quadratic refuses where it is told to") {
  const std::string a = nasty::repeat("ab", 1'000'000), b = nasty::repeat("ba", 1'000'000);
  const auto refused = [](auto call) { CHECK_THROWS_WITH_AS(call(), doctest::Contains("length"), std::invalid_argument); };
  refused([&] { sequence_matcher_ratio({a, b}, {.max_work = 1'000'000}); });
  refused([&] { edit_similarity({a, b}, {.max_work = 1'000'000}); });
  refused([&] { rouge_l({a, b}, {.tokenizer = rouge_tokenizer::character, .max_work = 1'000'000}); });
}

TEST_CASE("edits cannot blow a file up") {
  std::vector<std::string> path(40, "p"), search(40), replace(40, "\n\n\n");
  CHECK_THROWS_WITH_AS(apply_search_replace({{}, {}, path, search, replace}), doctest::Contains("64 MiB"),
                       std::invalid_argument);
}

TEST_CASE("tokens as well as texts are matched") {
  const std::vector<index_t> a{7, 9}, b{7, 3, 7, 9};  // as "ab" and "acab"
  CHECK(sequence_matcher_ratio(a, b).ratio == 4.0 / 6);
  CHECK(sequence_matcher_ratio(view<const index_t>(), view<const index_t>()).ratio == 1);
}

}  // namespace
