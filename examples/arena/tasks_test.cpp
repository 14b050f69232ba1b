// Demonstrations are right in the eyes of the verifier, and nothing held out is trained on.

#include "tasks.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

#include <doctest/doctest.h>

#include <set>

namespace {

using namespace arena;

TEST_CASE("every demonstration earns the reward, uses the alphabet and fits") {
  random_stream random(7);
  std::size_t shortest = 1000, longest = 0;
  for (const problem& p : make_problems(4000, false, random)) {
    const std::string text = demonstrate(p, random);
    CAPTURE(p.prompt);
    CAPTURE(text);
    CHECK(guerdon::gsm8k_reward({.completion = text, .answer = p.answer}).reward == 1);
    CHECK(text.find_first_not_of(alphabet) == text.npos);
    CHECK(p.prompt.find_first_not_of(alphabet) == p.prompt.npos);
    CHECK(p.prompt.size() == static_cast<std::size_t>(prompt_width));
    CHECK(text.size() <= static_cast<std::size_t>(max_response));
    CHECK(text.find('\n') == text.size() - 1);
    shortest = std::min(shortest, text.size());
    longest = std::max(longest, text.size());
  }
  CHECK(shortest < 10);
  CHECK(longest > 80);
}

TEST_CASE("the answers are those of the arithmetic") {
  random_stream random(8);
  for (const problem& p : make_problems(2000, true, random)) {
    int expected = 0;
    if (p.kind == task::addition) {
      expected = std::stoi(p.prompt.substr(0, 2)) + std::stoi(p.prompt.substr(3, 2));
    } else {
      for (const char c : p.prompt) expected += c >= '0' && c <= '9' ? c - '0' : 0;
      expected %= 10;
    }
    CHECK(p.answer == std::to_string(expected));
  }
}

TEST_CASE("held-out problems never occur in training, whatever the seeds") {
  random_stream training(1), held_out(1);
  std::set<std::string> trained;
  for (const problem& p : make_problems(20000, false, training)) trained.insert(p.prompt);
  for (const problem& p : make_problems(2000, true, held_out)) {
    CHECK(is_held_out(p.prompt));
    CHECK(!trained.contains(p.prompt));
  }
}

TEST_CASE("the same seed gives the same problems, another seed others") {
  const auto prompts = [](std::uint64_t seed) {
    random_stream random(seed);
    std::string text;
    for (const problem& p : make_problems(50, false, random)) text += p.prompt;
    return text;
  };
  CHECK(prompts(3) == prompts(3));
  CHECK(prompts(3) != prompts(4));
}

}  // namespace
