#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "line_reader.hpp"
#include "read_lines.hpp"
#include "rollout.hpp"
#include "rule.hpp"
#include "scratch_directory.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using ex::scratch_directory;

namespace {

struct expected_error {
  const char* line;
  std::size_t column;
  const char *key, *what;
};

}  // namespace

TEST_CASE("a line is read with its optional keys, and what means nothing is skipped") {
  const ex::rollouts r = ex::parse_rollouts(
      R"({"text": 1, "prompt_id": "p", "ground_truth": 2.50, "x": {"responses": [1, {"text": []}]},)"
      R"( "responses": [{"text": "a\u00e9\n", "is_correct": true, "length": 7, "source": null, "y": [[{}]]}, {"text": ""}]})");
  CHECK(r.prompt_id == "p");
  CHECK(r.ground_truth == "2.50");  // as written
  REQUIRE(r.responses.size() == 2);
  CHECK(r.responses[0].text == "aé\n");
  CHECK(r.responses[0].is_correct == true);
  CHECK(r.responses[0].length == 7);
  CHECK_FALSE(r.responses[1].is_correct);
  CHECK_FALSE(r.responses[1].length);
}

TEST_CASE("a whole number as reference is its digits, however it is written") {
  const std::pair<const char*, const char*> cases[] = {{"18.0", "18"}, {"1e3", "1000"},    {"-2.50e1", "-25"},
                                                       {"-0.0", "0"},  {"25e-1", "25e-1"}, {"1e16", "1e16"}};
  for (const auto& [written, read] : cases)
    CHECK(
        ex::parse_rollouts(R"({"responses":[],"ground_truth":)" + std::string(written) + "}").ground_truth ==
        read);
  CHECK_FALSE(ex::rule().reference_answer("25e-1"));
}

TEST_CASE("a bad line is named by column and key") {
  const expected_error cases[] = {
      {R"({"ground_truth":"3","responses":[{"text":"a"},{"text": 5}]})", 56, "responses[1].text",
       "must be a string, and is a number"},
      {R"({"ground_truth":"é","responses":[{"text":"é", "length":-4}]})", 56, "responses[0].length",
       "at least 0"},
      {R"({"ground_truth":"3","responses":[{"text":"a","length":1.5}]})", 55, "responses[0].length",
       "whole number"},
      {R"({"ground_truth":"3","responses":[{"text":"a","is_correct":2}]})", 59, "responses[0].is_correct",
       "0, 1, true or false"},
      {R"({"ground_truth":"3","responses":[{"text":"a","is_correct":"1"}]})", 59, "responses[0].is_correct",
       "is a string"},
      {R"({"ground_truth":"3","responses":[{"text":null}]})", 42, "responses[0].text", "is null"},
      {R"({"ground_truth":"3","responses":[{"text":["a"]}]})", 42, "responses[0].text", "is an array"},
      {R"({"ground_truth":"3","responses":[{"source":"a"}]})", 48, "responses[0].text", "is missing"},
      {R"({"ground_truth":"3","responses":[[]]})", 34, "responses[0]", "must be an object, and is an array"},
      {R"({"ground_truth":"3","responses":{}})", 33, "responses", "must be an array"},
      {R"({"ground_truth":"3","responses":[],"responses":[]})", 48, "responses", "twice"},
      {R"({"ground_truth":"3","ground_truth":4,"responses":[]})", 36, "ground_truth", "twice"},
      {R"({"prompt_id":null,"prompt_id": 3,"ground_truth":"3","responses":[]})", 32, "prompt_id", "twice"},
      {R"({"ground_truth":"3","responses":[{"text":"a"},{"text":"b","text":"c"}]})", 66, "responses[1].text",
       "twice"},
      {R"({"ground_truth":"3","responses":[{"text":"a","length":1,"length":1}]})", 66, "responses[0].length",
       "twice"},
      {R"({"ground_truth":"3","responses":[{"text":"a","length":16777216},{"text":"b","length":1}]})", 86,
       "responses[1].length", "more than 16777216 together"},
      {R"({"ground_truth":["3"],"responses":[]})", 17, "ground_truth", "is an array"},
      {R"({"prompt_id":{},"ground_truth":"3","responses":[]})", 14, "prompt_id", "is an object"},
      {R"({"responses":[]})", 17, "ground_truth", "is missing"},
      {R"({"ground_truth":"3"})", 21, "responses", "is missing"},
      {R"([])", 1, "", "must be an object"},
      {R"({"ground_truth":"3" "responses":[]})", 31, "ground_truth", "is not JSON"},
      {R"({"ground_truth":"3","responses":[{"text":"a"},)", 47, "responses[1]", "is not JSON"},
      {"{\"ground_truth\":\"\xff\",\"responses\":[]}", 18, "ground_truth", "ill-formed UTF-8"},
      {R"({"ground_truth":1e999,"responses":[]})", 17, "ground_truth", "holds a number that is too large"},
      {R"({"ground_truth":"3","responses":[]} {})", 37, "", "is not JSON"},
      {"", 1, "", "is not JSON"},
  };
  for (const expected_error& expected : cases) {
    CAPTURE(std::string(expected.line));
    try {
      ex::parse_rollouts(expected.line);
      FAIL_CHECK("was accepted");
    } catch (const ex::bad_line& bad) {
      CHECK(bad.column == expected.column);
      CHECK(bad.key == expected.key);
      CHECK(std::string(bad.what()).find(expected.what) != std::string::npos);
    }
  }
}

TEST_CASE("a key that means nothing where it stands may stand twice") {
  CHECK(ex::parse_rollouts(R"({"text":1,"text":2,"x":{"ground_truth":1,"ground_truth":2},"ground_truth":"3",)"
                           R"("responses":[{"text":"a","responses":1,"responses":2},{"text":"b"}]})")
            .ground_truth == "3");
}

TEST_CASE("nesting without end is no danger") {
  const std::string deep = R"({"x":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') +
                           R"(,"ground_truth":1,"responses":[]})";
  CHECK(ex::parse_rollouts(deep).ground_truth == "1");
}

TEST_CASE("lines end with \\n or \\r\\n or the file, and a line too long is skipped") {
  const scratch_directory scratch;
  const std::string path = scratch / "lines";
  std::ofstream(path, std::ios::binary) << "one\r\n\n" << std::string(300'000, 'x') << "\nlast";
  ex::line_reader reader(path);
  std::string line;
  bool too_long = false;
  const auto never = [] { return false; };
  std::vector<std::size_t> sizes;
  while (reader.next(line, too_long, never)) sizes.push_back(line.size());
  CHECK(sizes == std::vector<std::size_t>{3, 0, 300'000, 4});
  CHECK(reader.number() == 4);
  CHECK(reader.bytes_read() == static_cast<std::int64_t>(fs::file_size(path)));

  std::ofstream(path, std::ios::binary) << std::string(ex::line_reader::longest_line + 1, 'x') << "\nnext\n";
  ex::line_reader again(path);
  REQUIRE(again.next(line, too_long, never));
  CHECK(too_long);
  REQUIRE(again.next(line, too_long, never));
  CHECK_FALSE(too_long);
  CHECK(line == "next");
}

TEST_CASE("answers are found behind either mark, at the start of a line") {
  const ex::rule rule;
  CHECK(rule.marked("A: 3\nA: 4\n A: 5\n#### 6") == "#### 3\n#### 4\n A: 5\n#### 6");
  CHECK(rule.marked("") == "");
  CHECK(rule.reference_answer("2 + 1\nA: 1,234.") == "1234");
  CHECK(rule.reference_answer("2 + 1\n#### -3") == "-3");
  CHECK(rule.reference_answer(" 1,000 \n") == "1000");
  CHECK(rule.reference_answer("-7.50") == "-7.50");
  CHECK_FALSE(rule.reference_answer("18 eggs"));
  CHECK_FALSE(rule.reference_answer("3-4"));
  CHECK_FALSE(rule.reference_answer(""));
  CHECK_FALSE(rule.reference_answer("A: ,"));
  const ex::rule plain{.answer_prefixes = {""}};
  CHECK(plain.marked("A: 3") == "A: 3");
}

TEST_CASE("length counts words between Unicode spaces, or code points") {
  CHECK(ex::measure(" one\u00a0two\n\tthree ", ex::length_unit::words) == 3);
  CHECK(ex::measure("", ex::length_unit::words) == 0);
  CHECK(ex::measure("naïve ∑", ex::length_unit::characters) == 7);
}

TEST_CASE("what a program can do without may be missing, and is told apart from what is empty") {
  const ex::wanted_keys all_optional{.ground_truth = ex::wanted_keys::none, .responses = false, .text = false};
  CHECK_FALSE(ex::parse_rollouts("{}", all_optional).has_responses);
  const ex::rollouts r = ex::parse_rollouts(R"({"responses":[{"is_correct":1}]})", all_optional);
  CHECK(r.has_responses);
  CHECK(r.responses.at(0).text.empty());
}

TEST_CASE("lines are read in order, blank ones passed over, and bad ones told by place and key") {
  const scratch_directory scratch;
  const std::string path = scratch / "lines";
  std::ofstream(path) << "one\n \nbad\nlast";
  std::vector<std::string> lines, sentences;
  std::FILE* const nowhere = std::fopen("/dev/null", "w");
  {
    ex::progress bar(0, "", nowhere);
    const auto take = [&](const std::string& line, const std::string& place) {
      if (line == "bad") throw ex::bad_line(2, "key\x1b", "is bad");
      lines.push_back(place + " " + line);
    };
    const auto bad = [&](const std::string& sentence) { sentences.push_back(sentence); };
    CHECK(ex::read_lines(path, bar, true, [] { return false; }, take, bad));
    CHECK(lines == std::vector<std::string>{path + ":1 one", path + ":4 last"});
    CHECK(sentences == std::vector<std::string>{path + ":3:2: key? is bad"});
    CHECK_FALSE(ex::read_lines(path, bar, true, [&] { return lines.size() == 3; }, take, bad));
  }
  std::fclose(nowhere);
}
