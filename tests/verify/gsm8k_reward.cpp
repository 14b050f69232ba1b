// gsm8k_reward: verl's rule against a left-to-right scan of the decoded text, the scan for written numbers against a
// try at every place, and text that is particular.
#include <guerdon/verify/gsm8k_reward.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include "nasty_text.hpp"

namespace numerals = guerdon::numerals;
using guerdon::gsm8k_compare;
using guerdon::gsm8k_method;
using namespace std::string_view_literals;

namespace {

using options_t = guerdon::op::gsm8k_reward::options;
using verdict = guerdon::op::gsm8k_reward::outputs;

verdict gsm8k_reward(std::string_view completion, std::string_view answer, const options_t& o = {}) {
  return guerdon::gsm8k_reward({completion, answer}, o);
}

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

verdict by_definition(const std::string& completion, const std::string& answer, const options_t& options) {
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
  if (strict) std::erase(chosen, U',');
  const std::string extracted = nasty::encode(chosen);
  const bool correct = extracted == answer;
  return {extracted, true, correct, correct ? options.correct_reward : options.wrong_reward};
}

TEST_CASE("verl's rule equals its definition on nasty text") {
  std::mt19937 random(4);
  for (int round = 0; round < 20000; ++round) {
    const std::string completion = nasty::text(random, round % 50 == 0 ? 200 : 12);
    for (const auto method : {gsm8k_method::strict, gsm8k_method::flexible})
      for (const int clip : {0, 1, 7, 300}) {
        const options_t options{.method = method,
                                                    .clip_chars = clip,
                                                    .wrong_reward = .25,
                                                    .clean = false,
                                                    .compare = gsm8k_compare::text};
        const std::string answer = random() % 2 ? by_definition(completion, "", options).extracted : "42";
        const auto want = by_definition(completion, answer, options);
        const auto got = gsm8k_reward(completion, answer, options);
        REQUIRE(got.found == want.found);
        REQUIRE(got.extracted == want.extracted);
        REQUIRE(got.reward == want.reward);
      }
  }
}

TEST_CASE("the next number is the first place where a number begins") {
  constexpr std::string_view pieces[] = {"1", "12", "000", "456", ",", "{,}", " ", "\u2009", "\\,", ".",
                                         "-", "\u2212", "+", "$", "\\$", "US", "EUR", "€", "%", "/",
                                         "^", "{", "e", "x", "*", ":", "½", "\xE2", "é"};
  std::mt19937 random(5);
  for (int round = 0; round < 50000; ++round) {
    std::string text;
    for (auto n = random() % 14; n > 0; --n) text += pieces[random() % std::size(pieces)];
    for (std::size_t at = 0; at < text.size();) {
      const auto next = numerals::next_number(text, at);
      std::size_t first = at;
      while (first < text.size() && !numerals::number_at(text, first))
        first += static_cast<std::size_t>(numerals::peek(text, first).size);
      REQUIRE(next.has_value() == (first < text.size()));
      if (!next) break;
      REQUIRE(next->begin == first);
      REQUIRE(next->end > at);
      REQUIRE(next->end <= text.size());
      at = next->end;
    }
  }
}

TEST_CASE("a decimal number has one canonical form, of any length") {
  using numerals::canonical;
  CHECK(canonical("007.50") == canonical("7.5"));
  CHECK(canonical("-0.00") == canonical("0"));
  CHECK(canonical(".5") == canonical("0.5"));
  CHECK(canonical("-7") != canonical("7"));
  CHECK(canonical("70") != canonical("7"));
  CHECK(canonical("0.07") != canonical("0.7"));
  CHECK(canonical("1" + std::string(40, '0') + "1") != canonical("1" + std::string(40, '0') + "2"));
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
      {"#### 3.14.15", strict, false, "3.14.15", true},
      {"1-2", flexible, false, "-2", true},  // a difference reads as a negative number
      {"--2", flexible, false, "-2", true},
      {"-", flexible, false, "", false},
      {"7 -.", flexible, false, "-.", true},  // only the bare point is passed over
      {"7 ..", flexible, false, "..", true},
      {"7 .", flexible, false, "7", true},
      {"\u0661\u0662", flexible, false, "", false},  // digits are ASCII
      {"\xFF"
       "12\xC3"sv,
       flexible, false, "12", true},
      {"3\0"
       "4"sv,
       flexible, false, "4", true},
      {"##### 5", strict, true, "5", true},
      {"####5", strict, true, "5", true},
      {"#### 42.", strict, true, "42", true},
      {"#### 1,2.,.", strict, true, "", false},
      {"#### --3", strict, true, "", false},  // a sign is no wrapper
      {"#### _-3_", strict, true, "-3", true},
      {"#### \\[ \\boxed{\\$ 1,\\!000.50\\%}", strict, true, "1000.50", true},
      {"#### 1e5 #### x", strict, true, "", false},
      {"\\frac{1}{2}", flexible, true, "", false},
      {"2 1/2", flexible, true, "2", true},  // only what stands directly behind joins
      {"5--3", flexible, true, "-3", true},
      {"x-US$ 1 000 000.5,", flexible, true, "1000000.5", true},
      {"AEUR 5 EURO 6 EUR -7", flexible, true, "-7", true},
      {"10% off 2½", flexible, true, "10", true},
      {"0,500 .5", flexible, true, ".5", true},
      {"\xC3-5", flexible, true, "-5", true},  // a lone byte is no letter
  };
  for (const row& r : golden) {
    CAPTURE(std::string(r.completion));
    const auto got = gsm8k_reward(r.completion, "none", {.method = r.method, .clean = r.clean});
    CHECK(got.extracted == r.extracted);
    CHECK(got.found == r.found);
    CHECK(got.reward == 0);
  }
}

TEST_CASE("a reference is read as a number where it is one") {
  const auto equal = [](const char* completion, const char* answer) {
    return gsm8k_reward(completion, answer, {.method = gsm8k_method::flexible}).reward == 1;
  };
  CHECK(equal("18", " **$18.00** eggs"));
  CHECK(equal("-0", "0"));
  CHECK_FALSE(equal("1", "1/2"));
  CHECK_FALSE(equal("2", "1/2"));
  CHECK_FALSE(equal("5", "five"));
  CHECK_FALSE(equal("18", "eighteen, 18"));
}

TEST_CASE("an empty extracted text equals an empty answer only") {
  CHECK(gsm8k_reward("#### ,", "", {.clean = false}).reward == 1);
  CHECK(gsm8k_reward("#### ,", ",", {.wrong_reward = .5, .clean = false}).reward == .5);
  CHECK(gsm8k_reward("nothing", "").reward == 0);
}

TEST_CASE("clipping counts characters, not bytes") {
  const std::string text = "#### 7" + nasty::repeat("é", 2 * 294);
  CHECK(gsm8k_reward(text, "7", {.clip_chars = 300}).found);
  CHECK_FALSE(gsm8k_reward(text + ".", "7", {.clip_chars = 300}).found);
  CHECK(gsm8k_reward(text + ".", "7").found);
  CHECK(gsm8k_reward("-12", "2", {.method = gsm8k_method::flexible, .clip_chars = 1}).reward == 1);
}

TEST_CASE("megabytes are one pass") {
  for (const std::string_view piece : {"#### "sv, "#### -"sv, ". "sv, "-"sv, "\xF0\x9F\x98"sv, "x"sv, "#### $ "sv,
                                       "US$"sv, "$ \u2009"sv, "#### (*"sv}) {
    const std::string text = nasty::repeat(piece, 4 << 20);
    for (const bool clean : {false, true}) {
      CHECK_FALSE(gsm8k_reward(text, "1", {.clean = clean}).found);
      CHECK(gsm8k_reward(text + " 1", "1", {.method = gsm8k_method::flexible, .clip_chars = 4'000'000, .clean = clean})
                .reward == 1);
    }
  }
  for (const std::string_view piece : {"1/"sv, "1,000,"sv, "1 "sv, "-1½"sv, "1e-"sv, "$1 "sv})
    CHECK(gsm8k_reward(nasty::repeat(piece, 4 << 20) + "x 7", "7", {.method = gsm8k_method::flexible}).reward == 1);
}

}  // namespace
