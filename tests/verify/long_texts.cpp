// One piece of text, over and over, is read in the time that its length takes, by every operation on texts: no
// recursion, nothing quadratic. An operation that is quadratic by nature refuses where it is told to.
#include "bind.hpp"
#include "nasty_text.hpp"
#include "text_operations.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <fstream>
#include <set>
#include <sstream>

namespace {

using namespace guerdon;
using namespace std::string_view_literals;

constexpr std::string_view pieces[] = {"["sv,
                                       "{"sv,
                                       "}"sv,
                                       "\""sv,
                                       "\\"sv,
                                       "<"sv,
                                       "`"sv,
                                       "-"sv,
                                       "1"sv,
                                       "1,"sv,
                                       "1/"sv,
                                       "a"sv,
                                       "a "sv,
                                       " "sv,
                                       "\n"sv,
                                       "\x00"sv,
                                       "\xc3"sv,
                                       "\xf0\x9f\x98"sv,
                                       "\u00e9"sv,
                                       "\u03a3"sv,
                                       "\u3000"sv,
                                       "\u202e"sv,
                                       "\u200b"sv,
                                       "####"sv,
                                       "<think>"sv,
                                       "</think>"sv,
                                       "<answer>"sv,
                                       "</answer>"sv,
                                       "<answer></answer>"sv,
                                       "<search>"sv,
                                       "<search>a:b</search>"sv,
                                       "<information>"sv,
                                       "<information>x</information>"sv,
                                       "<judge>yes</judge>"sv,
                                       "<translate>"sv,
                                       "<tool_call>"sv,
                                       "</think>\n<answer>"sv,
                                       "```"sv,
                                       "```\n### x\n<<<<<<< SEARCH\n"sv,
                                       "\n=======\n"sv,
                                       "answer"sv,
                                       "answer is "sv,
                                       "\\boxed{"sv,
                                       "\\frac"sv,
                                       "\\sqrt"sv,
                                       "\\frac1"sv,
                                       "\\text{ "sv,
                                       "'"sv,
                                       "'a"sv,
                                       "a' "sv,
                                       "'a' "sv,
                                       "\u2019"sv,
                                       "\u201ca"sv,
                                       "\u201d"sv,
                                       "\u201a"sv,
                                       "``a"sv,
                                       "> yes\n"sv,
                                       "yes"sv,
                                       "yes "sv,
                                       "no."sv,
                                       "no? "sv,
                                       ".\n"sv,
                                       "<reasoning>"sv,
                                       "</reasoning>"sv,
                                       "'action': "sv,
                                       "{ [1, 2]\n"sv,
                                       "[1,\n"sv,
                                       "{["sv,
                                       "{\"a\":"sv,
                                       "{\"a\":1,"sv,
                                       "&amp;"sv,
                                       "-\n"sv,
                                       "name: "sv,
                                       "Assistant:"sv};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUERDON_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define GUERDON_SANITIZED
#endif
#ifdef GUERDON_SANITIZED
constexpr std::size_t megabyte = 1 << 17, much = 10'000;  // ten times slower
#else
constexpr std::size_t megabyte = 1 << 20, much = 50'000;
#endif

/// All operations that are not quadratic, on one text in every place where a model's text goes.
double all_rules(std::string_view text) {
  double sum = 0;
  for (const auto& op : text_operations::all)
    if (!op.quadratic)
      for (const unsigned options : {0u, 3u}) sum += op.run(text, "1/2", options);
  return sum;
}

TEST_CASE("a great deal of anything") {
  for (const std::string_view piece : pieces) {
    CHECK(std::isfinite(all_rules(nasty::repeat(piece, much))));
    const std::string text = nasty::repeat(piece, much / 10);
    for (const auto& [opener, closer] : {std::pair("<think>"sv, "</answer>"sv), std::pair("<answer>"sv, "</answer>"sv),
                                         std::pair("<think>x</think><solution>"sv, "</solution>"sv),
                                         std::pair("<think>x</think>\n<tool_call>\n"sv, "\n</tool_call>"sv),
                                         std::pair("<reasoning>"sv, "</reasoning>x"sv),
                                         std::pair("<think>x</think><translate>"sv, "</translate>"sv)})
      CHECK(std::isfinite(all_rules(std::string(opener) + text + std::string(closer))));
  }
}

/// Processor seconds, the least of three: what else runs here is not counted.
double seconds(const text_operations::operation& op, std::string_view text) {
  double least = 1e9;
  for (int k = 0; k < 3; ++k) {
    const std::clock_t start = std::clock();
    op.run(text, "1/2", 0);
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    if (least < 0.002) break;  // too little to be compared
  }
  return least;
}

TEST_CASE("a megabyte takes twice the time of half a megabyte") {
  for (const std::string_view piece :
       {"["sv, "{"sv, "\""sv, "'"sv, "a"sv, "1"sv, "\x00"sv, "\xff"sv, "\xe2\x82"sv, "\\boxed{"sv,
        "a' "sv, "'a"sv, "``a"sv, "\u201ca"sv, "\u2019"sv, "yes."sv}) {
    const std::string text = nasty::repeat(piece, megabyte);
    for (const auto& op : text_operations::all) {
      if (op.quadratic) continue;
      const double whole = seconds(op, text), half = seconds(op, std::string_view(text).substr(0, megabyte / 2));
      // Twice, and as much again for a busy machine. Quadratic is four times, and many seconds.
      CHECK_MESSAGE(whole < std::max(3.4 * half, 0.5), op.name, " on ", std::string(piece), ": ", half, " s, then ",
                    whole);
    }
  }
}

TEST_CASE("every operation on texts is among those that are tried here") {
  std::set<std::string_view> tried;
  for (const auto& op : text_operations::all) tried.insert(op.name);
  for (const auto& op : guerdon::harness::all_operations()) {
    if (op.about.family != "verify" && op.about.family != "judge") continue;
    const bool reads_text = std::any_of(op.inputs.begin(), op.inputs.end(),
                                        [](const auto& i) { return i.range.draws == guerdon::op::range::words; });
    if (reads_text)
      CHECK_MESSAGE(tried.count(op.about.name) == 1, std::string(op.about.name), " is not in text_operations.hpp");
  }
}

/// Operations that a text cannot fool: they take texts apart and pay nothing, or make one number of others' numbers,
/// as toolrl_reward does of its parts.
constexpr std::string_view without_tricks[] = {
    "apply_search_replace", "bleu_tokenize", "box_prior_match", "clip_cosine_reward", "craft_gui_reward",
    "differentiation_transform", "extract_judge_pairs", "extract_sql", "extract_tag", "goal_baseline_reward",
    "math_normalize", "msrl_reward", "msrl_text_reward", "msrl_visual_reward", "normalize_answer",
    "parse_search_replace", "reasoning_sql_reward", "reseek_judge_reward", "reward_guided_beam",
    "router_r1_cost_reward", "sequence_matcher_blocks", "toolrl_reward", "unified_diff", "utf8_decode",
    "vision_r1_parse_boxes"};

TEST_CASE("every reward for a text stands in the table of tricks, and so was tried") {
  std::stringstream page;
  page << std::ifstream(GUERDON_SOURCE_DIR "/docs/guides/verifiers.md", std::ios::binary).rdbuf();
  std::set<std::string> tried(std::begin(without_tricks), std::end(without_tricks));
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| ")) continue;
    std::istringstream names(line.substr(2, line.find(" |", 2) - 2));  // "extract_boxed, math_string_equal"
    for (std::string name; names >> name;) tried.insert(name.substr(0, name.find(',')));
  }
  for (const auto& op : guerdon::harness::all_operations())
    if (op.about.family == "verify")
      CHECK_MESSAGE(tried.contains(std::string(op.about.name)), std::string(op.about.name), " has no trick");
}

TEST_CASE("what is quadratic refuses where it is told to") {
  const std::string a = nasty::repeat("ab", 1'000'000), b = nasty::repeat("ba", 1'000'000);
  const auto refused = [](auto call) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains("length"), std::invalid_argument);
  };
  refused([&] { sequence_matcher_ratio({a, b}, {.max_work = 1'000'000}); });
  refused([&] { edit_similarity({a, b}, {.max_work = 1'000'000}); });
  refused([&] { rouge_l({a, b}, {.tokenizer = rouge_tokenizer::character, .max_work = 1'000'000}); });
  refused([&] { sequence_matcher_blocks({a, b}, {.max_work = 1'000'000}); });
  const std::string lines = nasty::repeat("a\nb\n", 8'000);
  refused([&] { unified_diff({lines, lines + "c"}, {.max_work = 1'000'000}); });
  const std::array path{"x"sv}, one{std::string_view(a)}, other{std::string_view(b)};
  refused([&] { swe_rl_patch_reward({path, one, path, other}, {.max_work = 1'000'000}); });
  const std::string edit = "<think>x</think>\n<solution>\n```python\n### x\n<<<<<<< SEARCH\n1\n=======\n" + a +
                           "\n>>>>>>> REPLACE\n```\n</solution>";
  const std::array before{"1\n"sv};
  refused([&] { swe_rl_reward({edit, path, before, path, other}, {.max_work = 1'000'000}); });
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
