// The batch forms of the text operations, and what they refuse.
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;

TEST_CASE("rows on threads give what they give one by one, in order") {
  std::mt19937 random(6);
  std::vector<std::string> texts;
  for (int i = 0; i < 2000; ++i) texts.push_back(nasty::text(random, 8));
  std::vector<op::gsm8k_reward::inputs> solutions;
  std::vector<op::exact_match::inputs> answers;
  for (std::size_t i = 0; i + 2 < texts.size(); ++i) {
    solutions.push_back({texts[i], texts[i + 1]});
    answers.push_back({texts[i], text_view(std::span(texts).subspan(i + 1, i % 3))});
  }
  const op::gsm8k_reward::options flexible{.method = gsm8k_method::flexible, .wrong_reward = .5};
  for (const int threads : {1, 3}) {
    const host_rows rows{threads};
    const auto verdicts = gsm8k_reward(rows, solutions, flexible);
    const auto matches = exact_match(rows, answers, {.mode = exact_match_mode::contains});
    REQUIRE(verdicts.size() == solutions.size());
    for (std::size_t i = 0; i < solutions.size(); ++i) {
      const auto one = gsm8k_reward(solutions[i], flexible);
      REQUIRE(verdicts[i].extracted == one.extracted);
      REQUIRE(verdicts[i].reward == one.reward);
      REQUIRE(matches[i].match == exact_match(answers[i], {.mode = exact_match_mode::contains}).match);
    }
  }
  CHECK(gsm8k_reward(host_rows{2}, {}).empty());
}

TEST_CASE("what is wrong is named") {
  const auto refused = [](auto call, const char* words) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(words), std::invalid_argument);
  };
  refused([] { gsm8k_reward({}, {.method = static_cast<gsm8k_method>(2)}); }, "gsm8k_reward: method");
  refused([] { gsm8k_reward({}, {.compare = static_cast<gsm8k_compare>(2)}); }, "gsm8k_reward: compare");
  refused([] { gsm8k_reward({}, {.clip_chars = -1}); }, "gsm8k_reward: clip_chars");
  refused([] { normalize_answer({}, {.numbers = static_cast<answer_numbers>(2)}); }, "normalize_answer: numbers");
  refused([] { exact_match({}, {.mode = static_cast<exact_match_mode>(9)}); }, "exact_match: mode");
  refused([] { gsm8k_reward(host_rows{2}, std::vector<op::gsm8k_reward::inputs>(3), {.clip_chars = -1}); }, "clip_chars");
}

}  // namespace
