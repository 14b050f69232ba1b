#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "child_process.hpp"
#include "features.hpp"
#include "scratch_directory.hpp"
#include "study.hpp"
#include "training.hpp"

namespace judging {
namespace {

namespace fs = std::filesystem;
using ex::read;
using ex::scratch_directory;

const std::string golden = JUDGE_GOLDEN;

ex::child_result call(std::vector<std::string> arguments, const std::string& input = {}) {
  arguments.insert(arguments.begin(), JUDGE_PROGRAM);
  return ex::run_child(arguments, input).value();
}

records records_of(const std::vector<std::string>& lines) {
  records r;
  for (const std::string& line : lines) r.take(line);
  return r;
}

std::vector<measure> studied(const records& r, const study_options& o = {.resamples = 20}) {
  return study(r, judges_of(r), o);
}

/// The cells of a line of CSV.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) cells.emplace_back();
    else cells.back() += c;
  }
  return cells;
}

std::string answer_line(bool a_right, double a, bool b_right, double b) {
  std::ostringstream out;
  out << R"({"responses":[{"source":"a","is_correct":)" << a_right << R"(,"score":)" << a
      << R"(},{"source":"b","is_correct":)" << b_right << R"(,"score":)" << b << "}]}";
  return out.str();
}

}  // namespace

TEST_CASE("calculations are found and done again; numbers are read with their commas") {
  const auto steps =
      calculations_in("so <<2*(3+4)=14>>14, <<10/4=2.5>>, <<10/3=3.33>>, <<50%*8=5>> and <<x+1=2>> <<1=");
  REQUIRE(steps.size() == 5);
  CHECK(steps[0].right);
  CHECK(steps[0].operands == std::vector<double>{2, 3, 4});
  CHECK(steps[1].right);
  CHECK(steps[2].right);
  CHECK_FALSE(steps[3].right);
  CHECK_FALSE(steps[4].right);  // nothing that can be calculated
  CHECK(numbers_in("1,234 of 5.50$, 7.") == std::vector<double>{1234, 5.5, 7});
}

TEST_CASE("features tell a calculated answer from one that came from nowhere") {
  const auto at = [](const std::vector<double>& x, const std::string& name) {
    const auto& names = feature_names();
    REQUIRE(x.size() == names.size());
    return x[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  };
  const std::string prompt = "3 boxes of 4 pens";
  const auto good = features_of(prompt, "<<3*4=12>>12\nA: 12", "12"),
             bad = features_of(prompt, "<<3*5=12>>12\nA: 13", "13");
  CHECK(at(good, "all right") == 1);
  CHECK(at(bad, "all right") == 0);
  CHECK(at(good, "answer was calculated") == 1);
  CHECK(at(bad, "answer was calculated") == 0);
  CHECK(at(good, "operands from nowhere") == 0);
  CHECK(at(bad, "operands from nowhere") == 0.5);
  CHECK(at(good, "numbers of the prompt used") == 1);
  for (const double x : features_of("", "", "")) CHECK(x == 0);
}

TEST_CASE("styles keep the last line, which the answer stands in") {
  CHECK(in_style("one\ntwo\nA: 3\n", 0) == "A: 3");
  CHECK(in_style("one\nA: 3", 1) == "one\nA: 3");
  CHECK(in_style("one\nA: 3", 2) == "## Solution\n\n- **Step 1.** one\n\n## Answer\n\nA: 3");
}

TEST_CASE("a judge that is right says so in every measure, and its opposite in every alarm") {
  std::vector<std::string> lines;
  for (int k = 0; k < 12; ++k)
    lines.push_back(answer_line(k % 3 != 0, k % 3 != 0 ? 0.9 : 0.1, k % 3 == 0, k % 3 == 0 ? 0.9 : 0.1));
  const auto good = studied(records_of(lines));
  CHECK(value_of(good, "accuracy", "score", "", "pairs").point == 1);
  CHECK(value_of(good, "accuracy", "score", "", "all pairs of a prompt").point == 1);
  CHECK(value_of(good, "accuracy", "score", "", "tau").point == doctest::Approx(1));
  CHECK(value_of(good, "calibration", "score", "as it is", "ece").point == doctest::Approx(0.1));
  CHECK(value_of(good, "best of n", "score", "1", "truth").point == doctest::Approx(0.5));
  CHECK(value_of(good, "best of n", "score", "2", "truth").point == 1);
  for (const measure* m : where(good, "alarm")) CHECK_MESSAGE(m->name == "quiet", m->subject);
  // a has won 8 games, b 4, and half a game each is added: the maximum in closed form.
  const double gap = value_of(good, "rating", "rule", "a", "Bradley-Terry").point -
                     value_of(good, "rating", "rule", "b", "Bradley-Terry").point;
  CHECK(gap == doctest::Approx(400 * std::log10(8.5 / 4.5)));
  CHECK(value_of(good, "beats", "rule", "a", "b").point == doctest::Approx(8.0 / 12));

  lines.clear();
  for (int k = 0; k < 12; ++k)
    lines.push_back(answer_line(k % 3 != 0, k % 3 != 0 ? 0.1 : 0.9, k % 3 == 0, k % 3 == 0 ? 0.1 : 0.9));
  const auto bad = studied(records_of(lines));
  CHECK(value_of(bad, "accuracy", "score", "", "pairs").point == 0);
  CHECK(value_of(bad, "best of n", "score", "2", "truth").point == 0);
  CHECK(where(bad, "alarm", "score", "the truth falls as n grows", "fires").size() == 1);
  CHECK(where(bad, "alarm", "score", "choosing by it gains nothing", "fires").size() == 1);
}

TEST_CASE("an alarm for each way to be wrong: length, empty answers, certainty, order, silence") {
  std::vector<std::string> lines;
  for (int k = 0; k < 20; ++k)  // two wrong answers, and the longer one is preferred; sure of itself
    lines.push_back(R"({"responses":[{"source":"a","is_correct":0,"length":9,"score":0.95},)"
                    R"({"source":"b","is_correct":0,"length":3,"score":0.9}]})");
  const auto sure = studied(records_of(lines));
  CHECK(where(sure, "alarm", "score", "length decides between equals", "fires").size() == 1);
  CHECK(where(sure, "alarm", "score", "it is too sure", "fires").size() == 1);
  CHECK(value_of(sure, "calibration", "score", "as it is", "confidence less accuracy").point == doctest::Approx(0.925));

  lines.clear();
  for (int k = 0; k < 8; ++k)  // brevity pays nothing better than an empty answer
    lines.push_back(R"({"ground_truth":4,"responses":[{"source":"a","text":"two and two\nA: 4"},{"source":"b","text":"A: 5"}]})");
  const auto brief = studied(records_of(lines));
  CHECK(value_of(brief, "empty answers", "brevity", "", "worst").point == 1);
  CHECK(where(brief, "alarm", "brevity", "an empty answer wins", "fires").size() == 1);
  CHECK(where(brief, "alarm", "votes", "an empty answer wins", "quiet").size() == 1);

  lines.clear();
  for (int k = 0; k < 10; ++k) {
    lines.push_back(R"({"judge":"p","a":"x","b":"y","winner":"a","swapped":"b","label":"a"})");
    lines.push_back(R"({"judge":"v","verdict":"Yes. On reflection, no.","label":1})");
    lines.push_back(R"({"judge":"v","verdict":"yes","attack":":"})");
  }
  const auto fooled = studied(records_of(lines));
  CHECK(where(fooled, "alarm", "p", "order decides", "fires").size() == 1);
  CHECK(where(fooled, "alarm", "p", "verdicts cannot be read", "quiet").size() == 1);
  CHECK(where(fooled, "alarm", "v", "verdicts cannot be read", "fires").size() == 1);  // missing, not no
  CHECK(where(fooled, "alarm", "v", "an empty answer wins", "fires").size() == 1);
  CHECK(value_of(fooled, "JudgeBench", "p", "both orders", "inconsistency").point == 1);
  CHECK(value_of(fooled, "verdicts", "v", "", "accuracy").point == 0);
}

TEST_CASE("Cooper's pairs: the first right answer against the nearest wrong one, and the same against a stranger's") {
  const records r = records_of({
      R"({"ground_truth":12,"responses":[{"text":"quite other words\nA: 11"},{"text":"3 * 4 = 12\nA: 12"},)"
      R"({"text":"3 * 4 = 13\nA: 13"},{"text":"A: 12"}]})",
      R"({"ground_truth":5,"responses":[{"text":"A: 5"},{"text":"A: 6"}]})",
      R"({"ground_truth":5,"responses":[{"text":"A: 5"}]})",
  });
  const training_pairs pairs = pairs_of(flat(r), {0, 0, 0}, 1);
  REQUIRE(pairs.hard.size() == 2);
  CHECK(pairs.hard[0].right == 1);
  CHECK(pairs.hard[0].wrong == 2);
  CHECK(pairs.random[0].right == 1);
  CHECK(pairs.random[0].wrong == 5);
  CHECK(pairs.hard[1].wrong == 5);
  CHECK(pairs.random[1].wrong != 5);
}

TEST_CASE("golden lines give the golden measures, the same each time") {
  const scratch_directory scratch;
  const std::vector<std::string> arguments{golden + "/rollouts.jsonl", golden + "/verdicts.jsonl", "--train", "--folds", "2",
                                           "--steps", "30", "--resamples", "40", "--units", "3"};
  std::string first;
  for (const char* folder : {"one", "two"}) {
    auto with_folder = arguments;
    with_folder.insert(with_folder.end(), {"--out", scratch / folder});
    if (!first.empty()) with_folder.push_back("--no-report");
    const ex::child_result result = call(with_folder);
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    CHECK(result.output.find("Alarms of reward hacking that fire") != std::string::npos);
    const std::string csv = read(scratch.path / folder / "measures.csv");
    if (first.empty()) first = csv;
    CHECK(csv == first);
  }
  const std::string page = read(scratch.path / "one" / "report.html");
  CHECK(page.starts_with("<!DOCTYPE html>"));
  for (const char* what : {"Right answers, best of n by score", "votes: right answers by confidence", "Ratings by rule",
                           "Ranking loss, held out", "All alarms"})
    CHECK_MESSAGE(page.find(what) != std::string::npos, what);

  // What was calculated from the definitions, without this program.
  std::map<std::string, std::string> measured;
  std::istringstream got(first), want(read(golden + "/measures.csv"));
  for (std::string line; std::getline(got, line);) {
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == 7);
    measured[cells[0] + '|' + cells[1] + '|' + cells[2] + '|' + cells[3]] = cells[4];
    if (cells[5].empty() || cells[0] == "section") continue;
    const double low = std::strtod(cells[5].c_str(), nullptr), high = std::strtod(cells[6].c_str(), nullptr);
    CHECK_MESSAGE(low <= high, line);
  }
  std::size_t compared = 0;
  for (std::string line; std::getline(want, line);) {
    const auto cells = cells_of(line);
    if (cells[0] == "section") continue;
    const std::string key = cells[0] + '|' + cells[1] + '|' + cells[2] + '|' + cells[3];
    REQUIRE_MESSAGE(measured.contains(key), key);
    const double mine = std::strtod(measured[key].c_str(), nullptr), wanted = std::strtod(cells[4].c_str(), nullptr);
    CHECK_MESSAGE(std::abs(mine - wanted) <= 1e-5 * (1 + std::abs(wanted)), key, ": ", mine, " against ", wanted);
    ++compared;
  }
  CHECK(compared > 200);
  CHECK_FALSE(fs::exists(scratch.path / "two" / "report.html"));
}

TEST_CASE("malformed lines are named by file, line, column and key, and left out") {
  const scratch_directory scratch;
  const std::string path = golden + "/malformed.jsonl";
  const ex::child_result result = call({path, "--no-report", "--out", scratch / "out", "--resamples", "5"});
  CHECK(result.exit_status == 0);
  for (const char* message :
       {":2:1: responses[0].is_correct is missing", ":3:59: responses[0].scores must be a number",
        ":4:59: responses[0].scores names a judge 'votes'", ":5:32: winner must be \"a\", \"b\", \"tie\" or null",
        ":6:1: b must name one of two candidates", ":8:1: label is missing",
        ":9:42: confidence must be between 0 and 1", ":10:1: ground_truth holds no final answer",
        ":11:1: the line must have one of the keys", ":12:1: the line must be an object"})
    CHECK_MESSAGE(result.errors.find(path + message) != std::string::npos, message, "\n", result.errors);
  CHECK(result.output.find("malformed lines, left out: 10") != std::string::npos);

  const ex::child_result strict = call({path, "--strict", "--out", scratch / "strict"});
  CHECK(strict.exit_status == 1);
  CHECK_FALSE(fs::exists(scratch / "strict"));
}

TEST_CASE("what cannot be done is one sentence, and nothing is half-written") {
  const scratch_directory scratch;
  const std::string out = scratch / "out";
  CHECK(call({"--out", out}, "").exit_status == 1);
  CHECK(call({"--out", out}, "{}\n").errors.find("not one line could be read") != std::string::npos);
  CHECK(call({golden + "/rollouts.jsonl", "--out", out, "--baseline", "nobody"}).exit_status == 2);
  CHECK(call({golden + "/rollouts.jsonl", "--out", out, "--resamples", "0"}).exit_status == 2);
  CHECK(call({scratch / "none.jsonl", "--out", out}).errors.find("No such file") != std::string::npos);
  const ex::child_result untrained = call({"--train", "--out", out}, answer_line(true, 1, false, 0) + "\n");
  CHECK(untrained.exit_status == 1);
  CHECK(untrained.errors.find("--train needs prompts") != std::string::npos);
  CHECK_FALSE(fs::exists(scratch.path / "out" / "report.html"));
  CHECK(call({golden + "/rollouts.jsonl", "--out", "/proc/nowhere"}).exit_status == 1);
}

// The rollouts are not part of the project; where they lie, the rule must agree with the data's own labels.
TEST_CASE("the real rollouts: verdicts as the labels, candidates in their known order, and votes that can be trusted") {
  const std::string path = std::string(JUDGE_SHARED) + "/data/gsm8k-rollouts/rollouts.jsonl";
  if (!fs::exists(path)) {
    MESSAGE("not here: ", path);
    return;
  }
  records r;
  std::istringstream in(read(path));
  for (std::string line; std::getline(in, line);) r.take(line);
  const auto all = study(r, {judges_of(r).front()}, {.resamples = 20});
  CHECK(value_of(all, "data", "rule", "", "answers").point == 2640);
  CHECK(value_of(all, "data", "rule", "", "right").point == doctest::Approx(1008.0 / 2640));
  CHECK(value_of(all, "data", "rule", "", "labels that differ").point == 0);
  const auto rating = [&](const char* who) { return value_of(all, "rating", "rule", who, "Bradley-Terry"); };
  CHECK(rating("175b_verification").low > rating("6b_verification").high);
  CHECK(rating("6b_verification").point > rating("175b_finetuning").point);
  CHECK(rating("175b_finetuning").low > rating("6b_finetuning").high);
  CHECK(value_of(all, "accuracy", "votes", "", "pairs").low > 0.5);
  CHECK(where(all, "alarm", "votes", "choosing by it gains nothing", "quiet").size() == 1);
}

}  // namespace judging
