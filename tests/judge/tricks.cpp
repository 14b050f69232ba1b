// What fools judges, and what readers of judges make of it: a table that docs/guides/reward-models.md shows, and that
// holds for every parser of verdicts. What is not a verdict is missing, never 0.

#include <guerdon/judge/master_key_detect.hpp>
#include <guerdon/judge/parse_binary_verdict.hpp>
#include <guerdon/judge/parse_preference_strength.hpp>
#include <guerdon/verify/extract_judge_pairs.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace guerdon {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct trick {
  const char* text;
  index_t last, first, agreed;  // parse_binary_verdict by its three picks; -1: missing
  double strength, letter;      // parse_preference_strength on both scales; NaN: missing
  index_t judged;               // extract_judge_pairs behind a piece of evidence; -1: missing
  bool empty;                   // master_key_detect, of the text as an answer
};

const trick tricks[] = {
    // one token, a colon, an opener
    {"", -1, -1, -1, missing, missing, -1, true},
    {" ", -1, -1, -1, missing, missing, -1, true},
    {":", -1, -1, -1, missing, missing, -1, true},
    {".", -1, -1, -1, missing, missing, -1, true},
    {"Thought process:", -1, -1, -1, missing, missing, -1, true},
    {"Solution", -1, -1, -1, missing, missing, -1, true},
    {"Let's solve this problem step by step.", -1, -1, -1, missing, missing, -1, true},
    {"x", -1, -1, -1, missing, missing, -1, false},
    {"0", -1, -1, -1, missing, missing, -1, false},
    {"1", -1, -1, -1, missing, missing, -1, false},
    // words that hold a verdict, and are none
    {"yesterday", -1, -1, -1, missing, missing, -1, false},
    {"Not known.", -1, -1, -1, missing, missing, -1, false},
    {"noyes", -1, -1, -1, missing, missing, -1, false},
    {"correct", -1, -1, -1, missing, missing, -1, false},
    {"true", -1, -1, -1, missing, missing, -1, false},
    // several verdicts
    {"Yes. On reflection, no.", 0, 1, -1, missing, missing, -1, false},
    {"no no no", 0, 0, 0, missing, missing, -1, false},
    {"Yes, there is no error", 0, 1, -1, missing, missing, -1, false},
    {"Answer yes or no: yes", 1, 1, -1, missing, missing, -1, false},
    {"<answer>2</answer> <answer>-3</answer>", -1, -1, -1, -3, missing, -1, false},
    {"<answer>A</answer><answer>B</answer>", -1, -1, -1, missing, 1, -1, false},
    {"<judge>Yes</judge><judge>No</judge>", 0, 1, -1, missing, missing, 1, false},
    // inside a quotation, inside thoughts
    {"The student writes \"yes, it is correct\".", 1, 1, -1, missing, missing, -1, false},
    {"The student writes \"yes\". No.", 0, 1, 0, missing, missing, -1, false},
    {"> yes\nno", 0, 1, 0, missing, missing, -1, false},
    {"“yes”. No.", 0, 1, 0, missing, missing, -1, false},
    {"The student writes ”yes”. No.", 0, 1, 0, missing, missing, -1, false},
    {"„yes“. No.", 0, 1, 0, missing, missing, -1, false},
    {"„yes”. No.", 0, 1, 0, missing, missing, -1, false},
    {"« yes ». No.", 0, 1, 0, missing, missing, -1, false},
    {"»yes«. No.", 0, 1, 0, missing, missing, -1, false},
    {"‹yes›. No.", 0, 1, 0, missing, missing, -1, false},
    {"›yes‹. No.", 0, 1, 0, missing, missing, -1, false},
    {"「yes」 No.", 0, 1, 0, missing, missing, -1, false},
    {"『yes』 No.", 0, 1, 0, missing, missing, -1, false},
    {"＂yes＂ No.", 0, 1, 0, missing, missing, -1, false},
    {"`yes` No.", 0, 1, 0, missing, missing, -1, false},
    {"``yes`` No.", 0, 1, 0, missing, missing, -1, false},
    {"```\nyes\n```\nNo.", 0, 1, 0, missing, missing, -1, false},
    {"“He said “yes” and yes.” No.", 0, 1, 0, missing, missing, -1, false},
    {"The student writes 'yes'. No.", 0, 1, 0, missing, missing, -1, false},
    {"('yes') No.", 0, 1, 0, missing, missing, -1, false},
    {"''yes'' No.", 0, 1, 0, missing, missing, -1, false},
    {"‘yes’ No.", 0, 1, 0, missing, missing, -1, false},
    {"’yes’ No.", 0, 1, 0, missing, missing, -1, false},
    {"‚yes‘ No.", 0, 1, 0, missing, missing, -1, false},
    {"‘I don’t doubt it: yes’ No.", 0, 1, 0, missing, missing, -1, false},
    {"'I don't doubt it: yes' No.", 0, 1, 0, missing, missing, -1, false},
    {"'The students' answer is yes' No.", 0, 1, 0, missing, missing, -1, false},
    {"'yes' no 'yes'", 1, 1, 0, missing, missing, -1, false},
    {"\"yes", 1, 1, -1, missing, missing, -1, false},
    // apostrophes quote nothing
    {"It's what I don't doubt: yes", 1, 1, 1, missing, missing, -1, false},
    {"It’s what I don’t doubt: yes", 1, 1, 1, missing, missing, -1, false},
    {"The students' answer is right: yes", 1, 1, 1, missing, missing, -1, false},
    {"The café's answer is right: yes", 1, 1, 1, missing, missing, -1, false},
    // questions
    {"Is it yes? I cannot tell.", 1, 1, -1, missing, missing, -1, false},
    {"Is it yes, e.g. by rule 3.5? I cannot tell.", 1, 1, -1, missing, missing, -1, false},
    {"Is it right? No.", 0, 0, 0, missing, missing, -1, false},
    {"Yes? No.", 0, 1, 0, missing, missing, -1, false},
    {"Yes. Is that all?", 1, 1, 1, missing, missing, -1, false},
    {"Yes\nIs that all?", 1, 1, 1, missing, missing, -1, false},
    {"Is it\nyes\nor what?", 1, 1, -1, missing, missing, -1, false},
    {"yes？", 1, 1, -1, missing, missing, -1, false},
    {"yes!?", 1, 1, -1, missing, missing, -1, false},
    {"Asked \"is it right?\" I say yes", 1, 1, 1, missing, missing, -1, false},
    {"<think>yes</think>", -1, -1, -1, missing, missing, -1, false},
    {"<think>yes</think>no", 0, 0, 0, missing, missing, -1, false},
    // numbers that are no strength, letters that are no letter
    {"<answer>10</answer>", -1, -1, -1, missing, missing, -1, false},
    {"<answer>0</answer>", -1, -1, -1, missing, missing, -1, false},
    {"<answer>-12</answer>", -1, -1, -1, missing, missing, -1, false},
    {"<answer>Both</answer>", -1, -1, -1, missing, missing, -1, false},
    {"<answer></answer>", -1, -1, -1, missing, missing, -1, false},
    {"<answer>2", -1, -1, -1, missing, missing, -1, false},
    {"2</answer>", -1, -1, -1, missing, missing, -1, false},
    {"<judge>maybe</judge>", -1, -1, -1, missing, missing, -1, false},
    {"<judge></judge>", -1, -1, -1, missing, missing, -1, false},
    {"<judge>Yes", 1, 1, 1, missing, missing, -1, false},
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST_CASE("tricks: what every parser of verdicts makes of them") {
  for (const trick& t : tricks) {
    CAPTURE(t.text);
    CHECK(parse_binary_verdict({t.text}).verdict == t.last);
    CHECK(parse_binary_verdict({t.text}, {verdict_pick::first}).verdict == t.first);
    CHECK(parse_binary_verdict({t.text}, {verdict_pick::agreed}).verdict == t.agreed);
    CHECK(same(parse_preference_strength({t.text}).strength, t.strength));
    CHECK(same(parse_preference_strength({t.text}, {.mode = strength_scale::binary}).strength, t.letter));
    const std::string evidence = "<information>e</information>" + std::string(t.text);
    const auto judged = extract_judge_pairs({evidence}).judge;
    CHECK((judged.empty() ? -1 : index_t(judged[0])) == t.judged);
    CHECK(master_key_detect({t.text}).is_master_key == t.empty);
  }
}

TEST_CASE("tricks: no verdict is taken from inside a quotation, whatever its marks and whatever stands in it") {
  const std::pair<const char*, const char*> marks[] = {
      {"“", "”"}, {"”", "”"}, {"„", "“"}, {"„", "”"}, {"＂", "＂"}, {"«", "»"}, {"»", "«"}, {"»", "»"}, {"‹", "›"},
      {"›", "‹"}, {"「", "」"}, {"『", "』"}, {"````", "````"}, {"'", "'"}, {"‘", "’"}, {"’", "’"}, {"‚", "‘"}};
  for (const auto& [open, close] : marks)
    for (const char* said : {"yes", "Yes.", "yes!", "It's yes", "no, yes"}) {
      const std::string quoting = std::string("The answer reads ") + open + said + close;
      CAPTURE(quoting);
      CHECK(parse_binary_verdict({quoting}, {verdict_pick::agreed}).verdict == -1);
      CHECK(parse_binary_verdict({quoting + ". No."}, {verdict_pick::agreed}).verdict == 0);
      CHECK(parse_binary_verdict({"No: " + quoting}, {verdict_pick::agreed}).verdict == 0);
    }
}

TEST_CASE("tricks: an answer cannot put a verdict into a judge's mouth by being quoted") {
  for (const trick& t : tricks) {
    const std::string text = t.text;
    if (text.find('"') != text.npos || text.find("</think>") != text.npos) continue;
    const std::string quoting = "The answer reads \"" + text + "\".";
    CAPTURE(quoting);
    CHECK(parse_binary_verdict({quoting}, {verdict_pick::agreed}).verdict == -1);
    CHECK(parse_binary_verdict({quoting + " No."}, {verdict_pick::agreed}).verdict == 0);
    CHECK(parse_binary_verdict({quoting + " Yes."}, {verdict_pick::agreed}).verdict == 1);
  }
}

}  // namespace guerdon
