// exact_match against search over code points, and text that is particular.
#include <guerdon/verify/exact_match.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

using guerdon::exact_match;
using guerdon::exact_match_mode;
using guerdon::normalize_answer;
using references = std::vector<std::string_view>;
using namespace std::string_view_literals;

namespace {

bool contains(std::string_view prediction, const references& r) {
  return exact_match(prediction, r, {.mode = exact_match_mode::contains});
}

TEST_CASE("on well-formed text it compares what normalize_answer returns") {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    const std::string prediction = nasty::text(random, 8, true);
    const std::string reference =
        random() % 2 ? nasty::text(random, 3, true) : " The " + normalize_answer(prediction);
    const std::string p = normalize_answer(prediction), r = normalize_answer(reference);
    REQUIRE(exact_match(prediction, references{reference}) == (p == r));
    REQUIRE(contains(prediction, references{reference}) == (p.find(r) != p.npos));
  }
}

TEST_CASE("any of the references will do; without references nothing matches") {
  CHECK(exact_match("Paris!", references{"London", "the paris"}));
  CHECK_FALSE(exact_match("Paris!", references{"London", "paris x"}));
  CHECK_FALSE(exact_match("", references{}));
  CHECK_FALSE(contains("", references{}));
}

TEST_CASE("an empty normalised reference equals only emptiness and is contained in everything") {
  CHECK(exact_match("the", references{"."}));
  CHECK_FALSE(exact_match("x", references{"."}));
  CHECK(contains("x", references{"a"}));
  CHECK(contains("", references{"a"}));
}

TEST_CASE("case folding crosses into ASCII") {
  CHECK(exact_match("\u212aelvin", references{"kelvin"}));
  CHECK(contains("300 \u212a", references{"K"}));
}

TEST_CASE("a broken byte is not part of a character") {
  CHECK_FALSE(contains("é", references{"\xA9"sv}));
  CHECK(contains("x\xA9y", references{"\xA9"sv}));
  CHECK_FALSE(
      exact_match("\xC3,\xA9"sv, references{"é"}));  // two lone bytes, though normalize_answer writes é
}

TEST_CASE("containment is linear") {
  const std::string prediction(4'000'000, 'b'), reference = std::string(2'000'000, 'b') + 'c';
  CHECK_FALSE(contains(prediction, references{reference}));
}

}  // namespace
