#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "atomic_file.hpp"
#include "child_process.hpp"
#include "scratch_directory.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using ex::read;
using ex::scratch_directory;
using nlohmann::json;

namespace {

const std::string golden = SCORE_ROLLOUTS_GOLDEN;

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

/// Runs of blanks as one, so that a test need not know how wide a column is.
std::string squeezed(std::string text) {
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
             text.end());
  return text;
}

ex::child_result score(std::vector<std::string> arguments, const std::string& input = {}) {
  arguments.insert(arguments.begin(), SCORE_ROLLOUTS_PROGRAM);
  return ex::run_child(arguments, input).value();
}

const std::vector<std::string> golden_recipes{"grpo",       "dr_grpo",
                                              "rloo",       "passk",
                                              "copo",       "reinforce_pp_baseline",
                                              "laser+grpo", "laser_d+rloo",
                                              "kimi+grpo",  "overlong+dr_grpo",
                                              "par+grpo",   "bounded+dr_grpo",
                                              "minmax+grpo"};

std::vector<std::string> golden_arguments() {
  std::vector<std::string> a{"--target-length", "9",  "--target-lengths", "12", "8", "5",
                             "--max-length",    "14", "--cache-length",   "6"};
  for (const std::string& r : golden_recipes) a.insert(a.end(), {"--recipe", r});
  return a;
}

/// Equal up to rounding in numbers; `where` names the first difference.
bool same(const json& a, const json& b, const std::string& path, std::string& where) {
  bool equal = a.type() == b.type() || (a.is_number() && b.is_number());
  if (equal && a.is_number())
    equal = std::abs(a.get<double>() - b.get<double>()) <= 1e-9;
  else if (equal && a.is_structured()) {
    equal = a.size() == b.size();
    for (auto i = a.begin(), j = b.begin(); equal && i != a.end(); ++i, ++j) {
      if (a.is_object() && i.key() != j.key()) equal = false;
      if (equal &&
          !same(*i, *j, path + "/" + (a.is_object() ? i.key() : std::to_string(i - a.begin())), where))
        return false;
    }
  } else if (equal)
    equal = a == b;
  if (!equal) where = path + ": " + a.dump().substr(0, 200) + " against " + b.dump().substr(0, 200);
  return equal;
}

}  // namespace

TEST_CASE("the golden rollouts give the golden scores, whatever the number of threads") {
  const scratch_directory scratch;
  std::string first;
  for (const char* threads : {"1", "3"}) {
    auto arguments = golden_arguments();
    arguments.insert(arguments.end(),
                     {"--threads", threads, "-o", scratch / "scored.jsonl", golden + "/rollouts.jsonl"});
    const ex::child_result result = score(arguments);
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    const std::string scored = read(scratch / "scored.jsonl");
    const std::vector<json> got = lines_of(scored), want = lines_of(read(golden + "/scored.jsonl"));
    REQUIRE(got.size() == want.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      std::string where;
      CHECK_MESSAGE(same(got[i], want[i], "line " + std::to_string(i + 1), where), where);
    }
    CHECK(result.output.find("verdicts that differ from the label") != std::string::npos);
    CHECK(result.output.find("rollouts.jsonl:5, responses[0]") != std::string::npos);
    CHECK(read(scratch / "scored.html").find("Correlation of advantages") != std::string::npos);
    if (first.empty()) first = scored;
    CHECK(scored == first);
  }
}

TEST_CASE("standard input and output, and a batch of one group") {
  const std::string text = read(golden + "/rollouts.jsonl");
  const ex::child_result whole = score({"-o", "-"}, text);
  CHECK(whole.exit_status == 0);
  CHECK(lines_of(whole.output).size() == 5);
  CHECK(whole.errors.find("recipe") != std::string::npos);  // the summary gives way to the data
  // GRPO looks at groups only, so the batch changes nothing.
  CHECK(score({"-o", "-", "--batch", "1", "-"}, text).output == whole.output);
}

TEST_CASE("malformed lines are named, counted and left out") {
  const scratch_directory scratch;
  const std::string path = golden + "/malformed.jsonl";
  const ex::child_result result = score({"-o", scratch / "scored.jsonl", "--no-report", path});
  CHECK(result.exit_status == 0);
  for (const char* message :
       {":2:83: responses[1].text must be a string, and is a number", ":4:73: responses[1] is not JSON",
        ":5:1: ground_truth holds no final answer", ":6:68: ground_truth is missing",
        ":7:87: responses[0].length must be at least 0", ":8:1: the line must be an object"})
    CHECK_MESSAGE(result.errors.find(path + message) != std::string::npos, message, "\n", result.errors);
  CHECK(lines_of(read(scratch / "scored.jsonl")).size() == 2);
  CHECK(squeezed(result.output).find("malformed lines, left out 6\n") != std::string::npos);
}

TEST_CASE("--strict stops with status 1 and leaves no file, and an older one alone") {
  const scratch_directory scratch;
  ex::write_atomically(scratch / "scored.jsonl", "older");
  const ex::child_result result =
      score({"--strict", "--batch", "1", "-o", scratch / "scored.jsonl", golden + "/malformed.jsonl"});
  CHECK(result.exit_status == 1);
  CHECK(result.errors.find(":2:83: responses[1].text") != std::string::npos);
  CHECK(result.errors.find(":4:") == std::string::npos);
  CHECK(read(scratch / "scored.jsonl") == "older");
  CHECK(scratch.files() == 1);
}

TEST_CASE("what cannot be done is one sentence, and nothing is half-written") {
  const scratch_directory scratch;
  const std::string out = scratch / "scored.jsonl";
  const auto refused = [&](std::vector<std::string> arguments, int status, const std::string& sentence) {
    arguments.insert(arguments.end(), {"-o", out});
    const ex::child_result result = score(arguments, "");
    CHECK(result.exit_status == status);
    CHECK_MESSAGE(result.errors.find(sentence) != std::string::npos, result.errors);
    CHECK(scratch.files() == 0);
  };
  refused({"--recipe", "grpq"}, 2, "grpq");
  refused({"--recipe", "laser+grpo"}, 2, "--target-length");
  refused({"--recipe", "grpo", "--recipe", "grpo"}, 2, "twice");
  refused({"--batch", "0"}, 2, "--batch");
  refused({"--method", "loose"}, 2, "--method");
  refused({"--rule", "gsm9k"}, 2, "there is no rule 'gsm9k'");
  refused({"--rule", "f1", "--rule", "f1"}, 2, "twice");
  refused({"--rule", "f1:much"}, 2, "the weight behind ':' must be a finite number");
  refused({"--rule", "f1,numbers=all"}, 2, "option numbers must be one of strip, keep, and is 'all'");
  refused({"--rule", "f1,number=keep"}, 2, "option number is not known; there are answer, ");
  refused({"--rule", "f1,special_answers"}, 2, "'special_answers' must be OPTION=VALUE");
  refused({"--rule", "numeric,rel_tol=-1"}, 2, "option rel_tol must be at least 0");
  refused({"--rule", "word_repetition,ngram_size=1.5"}, 2, "option ngram_size must be a whole number");
  refused({"--recipe", "laser,alpha=x+grpo"}, 2, "option alpha must be a finite number");
  for (const char* option : {"--correct-reward", "--wrong-reward", "--alpha", "--k", "--kimi-coef"})
    for (const char* value : {"nan", "inf"})
      refused({option, value}, 2, option + std::string(": must be finite"));
  refused({"--target-lengths", "1", "nan", "1"}, 2, "must be finite");
  refused({scratch / "none.jsonl"}, 1, "none.jsonl': No such file or directory.\n");
  refused({scratch.path.string()}, 1, "is a directory");
  refused({golden + "/rollouts.jsonl", scratch / "none.jsonl"}, 1, "none.jsonl");
  const ex::child_result nothing = score({"-o", out}, "not JSON\n");
  CHECK(nothing.exit_status == 1);
  CHECK(nothing.errors.find("not one line could be read") != std::string::npos);
  CHECK(scratch.files() == 0);
  const ex::child_result nowhere = score({"-o", scratch / "none/x.jsonl", golden + "/rollouts.jsonl"});
  CHECK(nowhere.exit_status == 1);
  CHECK(nowhere.errors.find("none/x.jsonl': its directory does not exist.\n") != std::string::npos);
}

TEST_CASE(
    "a full disk is a failure, of the scores as of the summary, and a device gets no report beside it") {
  if (!fs::exists("/dev/full")) return;
  const scratch_directory scratch;
  const std::string input = golden + "/rollouts.jsonl";
  const ex::child_result full = score({"-o", "/dev/full", input});
  CHECK(full.exit_status == 1);
  CHECK(full.errors.find("cannot write '/dev/full'") != std::string::npos);
  const auto to_full = [&](const std::string& arguments) {
    return ex::run_child({"sh", "-c", "\"$0\" " + arguments + " > /dev/full", SCORE_ROLLOUTS_PROGRAM,
                          scratch / "scored.jsonl", input},
                         "")
        .value();
  };
  const ex::child_result summary = to_full("-o \"$1\" \"$2\"");
  CHECK(summary.exit_status == 1);
  CHECK(summary.errors.find("cannot write the summary to standard output; the scores are complete.\n") !=
        std::string::npos);
  CHECK(lines_of(read(scratch / "scored.jsonl")).size() == 5);
  CHECK(to_full("-o - \"$2\"").exit_status == 1);
  CHECK(to_full("--list").exit_status == 1);
  CHECK(score({"-o", "/dev/null", input}).output.find("report:") == std::string::npos);
}

TEST_CASE("no file is written over another one of the command line, however it is spelled") {
  const scratch_directory scratch;
  const std::string input = scratch / "in.jsonl", text = read(golden + "/rollouts.jsonl");
  ex::write_atomically(input, text);
  fs::create_symlink("in.jsonl", scratch / "link");
  const auto refused = [&](const std::string& arguments, const std::string& one, const std::string& other) {
    const ex::child_result result = ex::run_child({"sh", "-c", "cd \"$1\" && \"$0\" " + arguments,
                                                   SCORE_ROLLOUTS_PROGRAM, scratch.path.string()},
                                                  "")
                                        .value();
    CHECK(result.exit_status == 2);
    for (const std::string& part :
         {"the " + one + " '", "' and the " + other + " '", std::string("are the same file")})
      CHECK_MESSAGE(result.errors.find(part) != std::string::npos, arguments, "\n", result.errors);
    CHECK(read(input) == text);
    CHECK(scratch.files() == 2);
  };
  refused("-o x.jsonl --report x.jsonl in.jsonl", "report", "output");
  refused("-o x.jsonl --report ./x.jsonl in.jsonl", "report", "output");
  refused("-o x.jsonl --report \"$PWD/y/../x.jsonl\" in.jsonl", "report", "output");
  refused("-o in.jsonl in.jsonl", "output", "input");
  refused("-o ./in.jsonl \"$PWD/in.jsonl\"", "output", "input");
  refused("-o link in.jsonl", "output", "input");
  refused("-o in.jsonl - < in.jsonl", "output", "input");
  refused("-o - in.jsonl >> in.jsonl", "output", "input");
  refused("--report in.jsonl in.jsonl", "report", "input");
  refused("--report in.jsonl link", "report", "input");

  // Two names behind a loop of links cannot be looked at, which does not make them one.
  fs::create_symlink("loop", scratch / "loop");
  CHECK(score({"-o", scratch / "loop/x", input}).errors.find("cannot write") != std::string::npos);

  // An output that is called like a report keeps its name, and the report gets another one.
  CHECK(score({"-o", scratch / "a.html", input}).exit_status == 0);
  CHECK(lines_of(read(scratch / "a.html")).size() == 5);
  CHECK(read(scratch / "a.report.html").starts_with("<!DOCTYPE html>"));
}

TEST_CASE("a batch ends early where a recipe that holds its tokens has very many of them") {
  // Each line is as long as a line may be, so each is a batch of its own.
  const std::string text =
      R"({"ground_truth":1,"responses":[{"text":"A: 1","length":16777206},{"text":"A: 2","length":10}]})"
      "\n"
      R"({"ground_truth":1,"responses":[{"text":"A: 1","length":6},{"text":"A: 2","length":16777210}]})"
      "\n";
  const ex::child_result early = score({"-o", "-", "-r", "reinforce_pp_baseline"}, text);
  CHECK(early.exit_status == 0);
  CHECK(early.errors.find("standard input:1: the batch ends here, at 16777216 tokens") != std::string::npos);
  CHECK(early.output == score({"-o", "-", "-r", "reinforce_pp_baseline", "--batch", "1"}, text).output);
  // Other recipes hold no tokens, and keep their batches.
  const ex::child_result whole = score({"-o", "-", "-r", "copo"}, text);
  CHECK(whole.errors.find("the batch ends here") == std::string::npos);
}

TEST_CASE("an interrupt, here in a line without end, stops the program and leaves nothing behind") {
  const scratch_directory scratch;
  const auto result = ex::run_child({"timeout", "--preserve-status", "-s", "INT", "2", SCORE_ROLLOUTS_PROGRAM,
                                     "-o", scratch / "scored.jsonl", golden + "/rollouts.jsonl", "/dev/zero"},
                                    "");
  if (!result) return;  // no timeout(1) on this system
  CHECK(result->exit_status == 130);
  CHECK(result->errors.find("interrupted; nothing was written") != std::string::npos);
  CHECK(scratch.files() == 0);
}

TEST_CASE("the summary's median of two values lies between them") {
  const ex::child_result result =
      score({"-o", "-"}, "{\"ground_truth\":1.0,\"responses\":[{\"text\":\"A: 1\"},{\"text\":\"A: 2\"}]}\n");
  CHECK(squeezed(result.errors).find("-0.707 0.000 0.707") != std::string::npos);
}

TEST_CASE("empty input gives empty output") {
  const ex::child_result result = score({"-o", "-"}, "");
  CHECK(result.exit_status == 0);
  CHECK(result.output.empty());
}

TEST_CASE("a recipe that cannot compare a lone response leaves that line out by name") {
  const ex::child_result result =
      score({"-o", "-", "--recipe", "passk"},
            "{\"ground_truth\":1,\"responses\":[{\"text\":\"A: 1\"}]}\n"
            "{\"ground_truth\":1,\"responses\":[{\"text\":\"A: 1\"},{\"text\":\"\"}]}\n");
  CHECK(result.exit_status == 0);
  CHECK(lines_of(result.output).size() == 1);
  CHECK(result.errors.find("standard input:1:1: responses holds a single response") != std::string::npos);
}

/// The names in that part of --list.
static std::vector<std::string> listed(const std::string& header) {
  std::istringstream in(score({"--list"}).output);
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (line.starts_with(' ')) continue;  // options and keys
    if (first.empty()) inside = false;
    if (inside) names.push_back(first.substr(0, first.find(':')));
    if (line == header) inside = true;
  }
  return names;
}

TEST_CASE("every rule gives its golden rewards") {
  const std::vector<std::string> rules = listed("rule");
  CHECK(rules.size() > 35);
  std::set<std::string> known(rules.begin(), rules.end());
  known.insert("sql");  // the only one that may be left out, without SQLite
  for (const auto& file : fs::directory_iterator(golden + "/rules"))
    CHECK_MESSAGE(known.contains(file.path().stem().string()), file.path().string(), " is of no rule");
  for (const std::string& name : rules) {
    const auto cases = lines_of(read(golden + "/rules/" + name + ".jsonl"));
    CHECK_FALSE(cases.empty());
    for (const json& one : cases) {
      const std::string rule = one["rule"];
      CAPTURE(rule);
      CHECK(rule.substr(0, rule.find(',')) == name);
      const ex::child_result result = score({"--rule", rule, "-o", "-"}, one["line"].dump() + "\n");
      REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
      const auto lines = lines_of(result.output);
      REQUIRE_MESSAGE(lines.size() == 1, result.errors);
      for (const char* key : {"reward", "correct", "extracted"}) {
        if (!one.contains(key)) continue;
        json got = json::array();
        for (const json& r : lines[0]["responses"]) got.push_back(r[key]);
        std::string where;
        CHECK_MESSAGE(same(got, one[key], key, where), where);
      }
    }
  }
}

TEST_CASE("several rules make their weighted sum, and the first says what is right") {
  const std::string text =
      R"({"ground_truth":"#### 4","responses":[{"text":"<think>\n2+2\n</think>\n<answer>\n#### 4\n</answer>"},)"
      R"({"text":"#### 4"},{"text":"#### 5"}]})"
      "\n";
  const ex::child_result result = score({"--rule", "gsm8k", "--rule", "think_answer_format:0.2", "-o", "-"}, text);
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  const json line = lines_of(result.output).at(0);
  CHECK(line["responses"][0]["reward"] == 1.2);
  CHECK(line["responses"][1]["reward"] == 1.0);
  CHECK(line["responses"][1]["rules"] == json{{"gsm8k", 1.0}, {"think_answer_format", 0.0}});
  CHECK(line["responses"][1]["correct"] == true);
  CHECK(line["responses"][2]["correct"] == false);
  CHECK(squeezed(result.errors).find("think_answer_format 0.200 0.333") != std::string::npos);
  // The order decides what is right; the threshold can be told.
  const json turned =
      lines_of(score({"--rule", "think_answer_format:0.2", "--rule", "gsm8k", "-o", "-"}, text).output).at(0);
  CHECK(turned["responses"][1]["correct"] == false);
  const json lower = lines_of(score({"--rule", "f1,answer=whole", "--right-from", "0.3", "-o", "-"},
                                    R"({"ground_truth":"a red apple","responses":[{"text":"red"},{"text":"pear"}]})")
                                  .output)
                         .at(0);
  CHECK(lower["responses"][0]["correct"] == true);
  CHECK(lower["responses"][1]["correct"] == false);
}

TEST_CASE("what a rule cannot read is named by column and key") {
  const auto told = [](const std::string& rule, const std::string& line, const std::string& sentence) {
    const ex::child_result result = score({"--rule", rule, "-o", "-"}, line + "\n");
    CHECK(result.exit_status == 1);
    CHECK_MESSAGE(result.errors.find("standard input:1:" + sentence) != std::string::npos, result.errors);
  };
  told("code_io", R"({"expected":["a"],"responses":[{"text":"x"}]})",
       "44: responses[0].outputs is missing, and a rule reads it");
  told("code_io", R"({"responses":[]})", "17: expected is missing");
  told("code_io", R"({"expected":"a","responses":[{"text":"x","outputs":[]}]})",
       "13: expected must be an array, and is a string");
  told("code_io", R"({"expected":["a",3],"responses":[{"text":"x","outputs":["a","b"]}]})",
       "13: expected[1] must be a string, and is a number");
  told("code_io", R"({"expected":["a"],"responses":[{"text":"x","outputs":["a","b"]}]})",
       "54: responses[0].outputs must hold one output, or null");
  told("boxes", R"({"boxes":[{"bbox_2d":[1,2,3]}],"responses":[{"text":""}]})",
       "10: boxes[0].bbox_2d must be an array of 4 numbers");
  told("gsm8k", R"({"ground_truth":["1"],"responses":[]})",
       "17: ground_truth must be a string or a number, and is an array");
  told("f1", R"({"ground_truth":[["1"]],"responses":[]})", "17: ground_truth must hold strings and numbers alone");
  told("f1", R"({"ground_truth":{},"responses":[]})",
       "17: ground_truth must be a string, a number or an array of them, and is an object");
  told("multiple_choice", R"({"ground_truth":"blue","responses":[]})",
       "1: ground_truth must be one of the letters ABCD");
  told("tool_calls", R"({"ground_truth":"<tool_call>\n{\n</tool_call>","responses":[{"text":"x"}]})",
       "1: the line is refused");
  const std::vector<std::string> rules = listed("rule");
  if (std::find(rules.begin(), rules.end(), "sql") != rules.end()) {
    told("sql", R"({"ground_truth":"SELECT 1","responses":[]})", "1: database or schema must be there");
    told("sql", R"({"ground_truth":"SELEC","schema":"","responses":[]})",
         "1: ground_truth is a query that does not run");
    told("sql", R"({"ground_truth":"SELECT 1","database":"/none/x.sqlite","responses":[]})",
         "39: database cannot be used");
  }
  // What a rule reads may be nested without end.
  const std::string deep =
      R"({"boxes":)" + std::string(100'000, '[') + std::string(100'000, ']') + R"(,"responses":[{"text":""}]})";
  told("boxes", deep, "10: boxes[0] must be an object");
}

TEST_CASE("every shaping can be named, with the options that it needs") {
  const std::string text =
      R"({"ground_truth":1,"responses":[)"
      R"({"text":"A: 1","length":10,"conciseness":1,"prefix_accuracy":[0.5,1],"step_rewards":[0.9,0.2]},)"
      R"({"text":"A: 2","length":20,"conciseness":0.5,"prefix_accuracy":[0.5,0.5],"step_rewards":[0.5]},)"
      R"({"text":"A: 1","length":30,"conciseness":0.4,"prefix_accuracy":[0.5,0],"step_rewards":[0.1,0.1]},)"
      R"({"text":"A: 3","length":40,"conciseness":0,"prefix_accuracy":[0,0],"step_rewards":[1]}]})"
      "\n";
  const auto shaped = [&](const std::string& shaping, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-r", shaping + "+dr_grpo", "-o", "-"});
    const ex::child_result result = score(more, text);
    REQUIRE_MESSAGE(result.exit_status == 0, shaping, ": ", result.errors);
    std::vector<double> values;
    const json line = lines_of(result.output).at(0);
    for (const json& r : line["responses"]) {
      REQUIRE_MESSAGE(r["recipes"][shaping + "+dr_grpo"]["shaped_reward"].is_number(), shaping);
      values.push_back(r["recipes"][shaping + "+dr_grpo"]["shaped_reward"].get<double>());
    }
    return values;
  };
  const std::map<std::string, std::string> needs{{"laser", "target_length=15"},
                                                 {"truncation", "target_length=15"},
                                                 {"l1_exact", "target_length=20"},
                                                 {"l1_max", "target_length=20"},
                                                 {"cosine", "max_length=40"},
                                                 {"overlong", "max_length=30,cache_length=20"},
                                                 {"stop_properly", "coef=0.5,max_length=30"},
                                                 {"clip_delta", "eta=0.5"},
                                                 {"laser_d", "hard_length=30,medium_length=20,easy_length=10"},
                                                 {"laser_de", "hard_length=30,medium_length=20,easy_length=10"}};
  const std::vector<std::string> names = listed("shaping");
  CHECK(names.size() >= 28);
  for (const std::string& name : names) {
    const auto at = needs.find(name);
    if (at != needs.end()) {
      const ex::child_result lacking = score({"-r", name + "+grpo", "-o", "-"}, text);
      CHECK(lacking.exit_status == 2);
      CHECK_MESSAGE(lacking.errors.find("needs ") != std::string::npos, lacking.errors);
    }
    // With what makes them show on so short responses; minmax has nothing to do on rewards from 0 to 1.
    const std::string more = at != needs.end()     ? "," + at->second
                             : name == "linear"    ? ",threshold=15"
                             : name == "grpo_lead" ? ",min_mean_shortest=-1"
                                                   : "";
    CHECK_MESSAGE((shaped(name + more) != shaped("none")) == (name != "none" && name != "minmax"), name);
  }

  const auto near = [&](const std::string& shaping, std::vector<double> want) {
    const auto got = shaped(shaping);
    for (std::size_t i = 0; i < want.size(); ++i) CHECK_MESSAGE(got[i] == doctest::Approx(want[i]), shaping, " ", i);
  };
  near("truncation,target_length=15", {1, -0.5, -0.5, -0.5});
  near("linear,threshold=15,rate=0.01", {1, -0.05, 0.85, -0.25});
  near("l1_exact,target_length=20,alpha=0.01", {0.9, 0, 0.9, -0.2});
  near("centered", {2.0 / 3, -2.0 / 3, 2.0 / 3, -2.0 / 3});
  near("cosine,max_length=40",
       {0.75 + 0.25 * std::cos(std::acos(-1.0) / 4), -0.75, 0.75 - 0.25 * std::cos(std::acos(-1.0) / 4), -0.5});
  near("vsrm,lookahead=0", {1.5, 0, 0.5, 0});
  near("crf,alpha=0.5", {1.75, 0, 1.3, 0});  // half of the prompt's answers are right
  for (const char* wrong : {"1.5", "-0.1", "[1]", "true"}) {
    const ex::child_result result = score(
        {"--strict", "-r", "crf+grpo", "-o", "-"},
        R"({"ground_truth":1,"responses":[{"text":"A: 1","conciseness":)" + std::string(wrong) + "}]}\n");
    CHECK(result.exit_status == 1);
    CHECK_MESSAGE(result.errors.find("responses[0].conciseness must be a number from 0 to 1") != std::string::npos,
                  result.errors);
  }
  // A flag of the command line and an option of the shaping are one, and the option wins.
  CHECK(shaped("truncation", {"--target-length", "15"}) == shaped("truncation,target_length=15"));
  CHECK(shaped("truncation,target_length=15", {"--target-length", "5"}) == shaped("truncation,target_length=15"));
}

// The rollouts are not part of the project; where they lie, every verdict must equal the data's own label.
TEST_CASE("the verdicts on real rollouts equal the data's own labels") {
  const std::string path = std::string(SCORE_ROLLOUTS_SHARED) + "/data/gsm8k-rollouts/rollouts.jsonl";
  if (!fs::exists(path)) {
    MESSAGE("not here: ", path);
    return;
  }
  const ex::child_result result = score({"-o", "-", path});
  CHECK(result.exit_status == 0);
  std::size_t responses = 0, right = 0, differ = 0;
  for (const json& line : lines_of(result.output))
    for (const json& r : line["responses"]) {
      ++responses;
      right += r["correct"].get<bool>();
      differ += r.contains("label_differs");
    }
  CHECK(responses == 2640);
  CHECK(right == 1008);
  CHECK(differ == 0);
  CHECK(squeezed(result.errors).find("verdicts that differ from the label 0 ") != std::string::npos);
}
