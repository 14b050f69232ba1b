// The batch forms of the text operations: what they write, what they refuse, that threads change nothing.
#include <guerdon/backend/eigen.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/verify/exact_match.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>
#include <guerdon/verify/normalize_answer.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

namespace {

using namespace guerdon;
using strings = std::vector<std::string>;
using flags = std::vector<flag_t>;

const scalar_backend reference;

TEST_CASE("gsm8k_reward writes what is asked for, in any element type") {
  const strings completion{"#### 18", "#### 1,000", "none", "#### 3"}, answer{"18", "1000", "1", "4"};
  const auto all =
      gsm8k_reward(reference, {.completion = completion, .answer = answer}, {.wrong_reward = .1});
  CHECK(all.extracted == strings{"18", "1000", "", "3"});
  CHECK(all.found == flags{1, 1, 0, 1});
  CHECK(all.reward == std::vector<float>{1, 1, 0, .1f});

  std::vector<double> reward(4);
  gsm8k_reward<double>(reference, {.completion = completion, .answer = answer}, {.reward = reward},
                       {.wrong_reward = .1});
  CHECK(reward == std::vector<double>{1, 1, 0, .1});

  std::vector<float16> narrow(4);
  const std::vector<std::string_view> views(completion.begin(), completion.end());
  gsm8k_reward<float16>(reference, {.completion = views, .answer = answer}, {.reward = narrow});
  CHECK(float(narrow[0]) == 1);
  CHECK(float(narrow[3]) == 0);
}

TEST_CASE("an empty batch gives empty outputs") {
  const strings none;
  CHECK(gsm8k_reward(reference, {.completion = none, .answer = none}).reward.empty());
  CHECK(normalize_answer(reference, {.text = none}).empty());
  const std::vector<index_t> offsets{0};
  CHECK(
      exact_match(reference, {.prediction = none, .reference = none, .reference_offsets = offsets}).empty());
}

TEST_CASE("exact_match takes lists of every layout") {
  const strings prediction{"The Eiffel Tower.", "paris"}, names{"eiffel tower", "x", "London", "Paris!"};
  const std::vector<index_t> offsets{0, 1, 4};
  CHECK(
      exact_match(reference, {.prediction = prediction, .reference = names, .reference_offsets = offsets}) ==
      flags{1, 1});
  CHECK(exact_match(reference, {.prediction = prediction,
                                .reference = names,
                                .reference_offsets = segments::uniform(2, 2)}) == flags{1, 1});
}

TEST_CASE("threads change nothing") {
  std::mt19937 random(6);
  strings completion, answer;
  for (int i = 0; i < 40000; ++i) {
    completion.push_back(nasty::text(random, 8));
    answer.push_back(nasty::text(random, 1));
  }
  const gsm8k_reward_options flexible{.method = gsm8k_method::flexible, .wrong_reward = .5};
  const auto want = gsm8k_reward(reference, {.completion = completion, .answer = answer}, flexible);
  const auto normalized = normalize_answer(reference, {.text = completion});
  const auto lists = segments::uniform(40000, 1);
  const auto match =
      exact_match(reference, {.prediction = completion, .reference = answer, .reference_offsets = lists},
                  {.mode = exact_match_mode::contains});
  for (const int threads : {1, 2, 3, 7}) {
    const eigen_backend cpu{threads};
    const auto got = gsm8k_reward(cpu, {.completion = completion, .answer = answer}, flexible);
    CHECK(got.extracted == want.extracted);
    CHECK(got.found == want.found);
    CHECK(got.reward == want.reward);
    CHECK(normalize_answer(cpu, {.text = completion}) == normalized);
    CHECK(exact_match(cpu, {.prediction = completion, .reference = answer, .reference_offsets = lists},
                      {.mode = exact_match_mode::contains}) == match);
  }
}

/// The call is refused with a message that holds all of the words.
template <class Call>
void refused(Call call, std::initializer_list<const char*> words) {
  try {
    call();
    FAIL("was not refused");
  } catch (const std::invalid_argument& error) {
    for (const char* word : words)
      CHECK_MESSAGE(std::string(error.what()).find(word) != std::string::npos, error.what());
  }
}

TEST_CASE("what is wrong is named, and nothing is written") {
  const strings two{"#### 1", "#### 2"}, one{"1"};
  std::vector<float> reward{7, 7};
  const auto call = [&](const strings& answer, gsm8k_reward_options o) {
    gsm8k_reward(reference, {.completion = two, .answer = answer}, {.reward = reward}, o);
  };
  refused([&] { call(one, {}); }, {"gsm8k_reward", "answer", "shape"});
  refused([&] { call(two, {.method = static_cast<gsm8k_method>(2)}); }, {"gsm8k_reward", "method"});
  refused([&] { call(two, {.compare = static_cast<gsm8k_compare>(2)}); }, {"gsm8k_reward", "compare"});
  refused([&] { call(two, {.clip_chars = -1}); }, {"gsm8k_reward", "clip_chars"});
  refused([&] { (void)gsm8k_reward("", "", {.clip_chars = -1}); }, {"gsm8k_reward", "clip_chars"});
  strings three(3);
  refused(
      [&] {
        gsm8k_reward(reference, {.completion = two, .answer = two}, {.extracted = three, .reward = reward});
      },
      {"gsm8k_reward", "extracted", "shape"});
  refused([&] { normalize_answer(reference, {.text = two}, {.normalized = three}); },
          {"normalize_answer", "normalized", "shape"});
  refused([&] { (void)normalize_answer(reference, {.text = two}, {.numbers = static_cast<answer_numbers>(2)}); },
          {"normalize_answer", "numbers"});
  CHECK(reward == std::vector<float>{7, 7});

  flags match{7, 7};
  const auto matched = [&](std::vector<index_t> offsets, exact_match_mode mode = exact_match_mode::exact) {
    exact_match(reference, {.prediction = two, .reference = one, .reference_offsets = offsets},
                {.match = match}, {.mode = mode});
  };
  refused([&] { matched({0, 1}); }, {"exact_match", "reference_offsets", "shape"});
  refused([&] { matched({1, 1, 1}); }, {"exact_match", "reference_offsets", "start at 0"});
  refused([&] { matched({0, 1, 0}); }, {"exact_match", "reference_offsets", "decrease"});
  refused([&] { matched({0, 1, 2}); }, {"exact_match", "reference_offsets", "end at"});
  refused([&] { matched({0, 1, 1}, static_cast<exact_match_mode>(9)); }, {"exact_match", "mode"});
  CHECK(match == flags{7, 7});
}

}  // namespace
