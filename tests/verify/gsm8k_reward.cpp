// gsm8k_reward against a left-to-right scan of the decoded text, and text that is particular.
#include <guerdon/verify/gsm8k_reward.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include "nasty_text.hpp"

using guerdon::gsm8k_method;
using guerdon::gsm8k_reward;
using namespace std::string_view_literals;

namespace {

/// All matches of the pattern, left to right, as a regular expression engine would find them.
std::vector<std::u32string> find_all(std::u32string_view text, std::u32string_view mark) {
  const auto in_number = [](char32_t c) { return U"0123456789.,"sv.find(c) != std::u32string_view::npos; };
  std::vector<std::u32string> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t begin = at, end = at;
    if (text.substr(at).starts_with(mark)) {
      begin = end = at + mark.size();
      if (end < text.size() && text[end] == U'-') ++end;
      const std::size_t digits = end;
      while (end < text.size() && in_number(text[end])) ++end;
      if (end == digits) end = begin = at;
    }
    if (end > begin) found.emplace_back(text.substr(begin, end - begin));
    at = end > begin ? end : at + 1;
  }
  return found;
}

guerdon::gsm8k_verdict by_definition(const std::string& completion, const std::string& answer,
                                     const guerdon::gsm8k_reward_options& options) {
  std::u32string text = nasty::decode(completion);
  const auto clip = static_cast<std::size_t>(options.clip_chars);
  if (clip > 0 && text.size() > clip) text = text.substr(text.size() - clip);
  const bool strict = options.method == gsm8k_method::strict;
  const auto numbers = find_all(text, strict ? U"#### " : U"");
  if (numbers.empty()) return {};
  std::u32string chosen = numbers.back();
  if (!strict) {
    const auto last = std::find_if(numbers.rbegin(), numbers.rend(), [](const auto& n) { return n != U"."; });
    chosen = last == numbers.rend() ? numbers.front() : *last;
  }
  if (strict || options.clean) std::erase(chosen, U',');
  if (options.clean) chosen.erase(chosen.find_last_not_of(U'.') + 1);
  const std::string extracted = nasty::encode(chosen);
  return {extracted, true, extracted == answer ? options.correct_reward : options.wrong_reward};
}

TEST_CASE("gsm8k_reward equals its definition on nasty text") {
  std::mt19937 random(4);
  for (int round = 0; round < 20000; ++round) {
    const std::string completion = nasty::text(random, round % 50 == 0 ? 200 : 12);
    for (const auto method : {gsm8k_method::strict, gsm8k_method::flexible})
      for (const bool clean : {false, true})
        for (const int clip : {0, 1, 7, 300}) {
          const guerdon::gsm8k_reward_options options{
              .method = method, .clip_chars = clip, .wrong_reward = .25, .clean = clean};
          const std::string answer = random() % 2 ? by_definition(completion, "", options).extracted : "42";
          const auto want = by_definition(completion, answer, options);
          const auto got = gsm8k_reward(completion, answer, options);
          REQUIRE(got.found == want.found);
          REQUIRE(got.extracted == want.extracted);
          REQUIRE(got.reward == want.reward);
        }
  }
}

TEST_CASE("gsm8k_reward on text that has something particular") {
  struct row {
    std::string_view completion;
    gsm8k_method method;
    bool clean;
    std::string_view extracted;
    bool found;
  };
  constexpr auto strict = gsm8k_method::strict, flexible = gsm8k_method::flexible;
  const row golden[] = {
      {"##### 5", strict, false, "5", true},          // the last four of five hashes
      {"#### 5 #### x", strict, false, "5", true},    // a mark without a number does not count
      {"#### -3 #### -", strict, false, "-3", true},  // nor one with a sign alone
      {"#### --3", strict, false, "", false},
      {"####  5", strict, false, "", false},  // two blanks
      {"#### $5", strict, false, "", false},
      {"#### ,", strict, false, "", true},
      {"#### 42.", strict, false, "42.", true},
      {"#### 42.", strict, true, "42", true},
      {"#### 1,2.,.", strict, true, "12", true},
      {"#### 3.14.15", strict, false, "3.14.15", true},
      {"1-2", flexible, false, "-2", true},  // a difference reads as a negative number
      {"--2", flexible, false, "-2", true},
      {"-", flexible, false, "", false},
      {"7 -.", flexible, false, "-.", true},  // only the bare point is passed over
      {"7 ..", flexible, false, "..", true},
      {"7 ..", flexible, true, "", true},
      {"7 .", flexible, false, "7", true},
      {"-. .", flexible, true, "-", true},
      {"\u0661\u0662", flexible, false, "", false},  // digits are ASCII
      {"\xFF"
       "12\xC3"sv,
       flexible, false, "12", true},
      {"3\0"
       "4"sv,
       flexible, false, "4", true},
  };
  for (const row& r : golden) {
    CAPTURE(std::string(r.completion));
    const auto got = gsm8k_reward(r.completion, "none", {.method = r.method, .clean = r.clean});
    CHECK(got.extracted == r.extracted);
    CHECK(got.found == r.found);
    CHECK(got.reward == 0);
  }
}

TEST_CASE("an empty extracted text equals an empty answer only") {
  CHECK(gsm8k_reward("#### ,", "").reward == 1);
  CHECK(gsm8k_reward("#### ,", ",", {.wrong_reward = .5}).reward == .5);
  CHECK(gsm8k_reward("nothing", "").reward == 0);
}

TEST_CASE("clipping counts characters, not bytes") {
  const std::string text = "#### 7" + nasty::repeat("é", 2 * 294);
  CHECK(gsm8k_reward(text, "7").found);
  CHECK_FALSE(gsm8k_reward(text + ".", "7").found);
  CHECK(gsm8k_reward(text + ".", "7", {.clip_chars = 0}).found);
  CHECK(gsm8k_reward("-12", "2", {.method = gsm8k_method::flexible, .clip_chars = 1}).reward == 1);
}

TEST_CASE("megabytes are one pass") {
  for (const std::string_view piece : {"#### "sv, "#### -"sv, ". "sv, "-"sv, "\xF0\x9F\x98"sv, "x"sv}) {
    const std::string text = nasty::repeat(piece, 4 << 20);
    CHECK_FALSE(gsm8k_reward(text, "1", {.clip_chars = 0}).found);
    CHECK(
        gsm8k_reward(text + " 1", "1", {.method = gsm8k_method::flexible, .clip_chars = 4'000'000}).reward ==
        1);
  }
}

}  // namespace
