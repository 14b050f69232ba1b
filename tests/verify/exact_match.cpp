// exact_match against search over code points, and text that is particular.
#include <guerdon/verify/exact_match.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

using guerdon::exact_match_mode;
using references = std::vector<std::string_view>;
using namespace std::string_view_literals;

namespace {

using options = guerdon::op::exact_match::options;

bool exact_match(std::string_view prediction, const references& r, const options& o = {}) {
  return guerdon::exact_match({prediction, r}, o).match;
}
std::string normalize_answer(std::string_view text) { return guerdon::normalize_answer({text}).normalized; }

constexpr options official{.numbers = guerdon::answer_numbers::strip,
                           .empty_reference = guerdon::empty_reference_rule::official};

bool contains(std::string_view prediction, const references& r, options o = {}) {
  o.mode = exact_match_mode::contains;
  return exact_match(prediction, r, o);
}

TEST_CASE("the published rule on well-formed text compares what normalize_answer returns") {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    const std::string prediction = nasty::text(random, 8, true);
    const std::string reference =
        random() % 2 ? nasty::text(random, 3, true) : " The " + normalize_answer(prediction);
    const std::string p = normalize_answer(prediction), r = normalize_answer(reference);
    REQUIRE(exact_match(prediction, references{reference}, official) == (p == r));
    REQUIRE(contains(prediction, references{reference}, official) == (p.find(r) != p.npos));
  }
}

TEST_CASE("a text is met by itself, and holds what it equals") {
  std::mt19937 random(6);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = nasty::text(random, 4), other = nasty::text(random, 4);
    REQUIRE(exact_match(text, references{text}));
    REQUIRE(contains(text, references{text}));
    if (exact_match(text, references{other})) REQUIRE(contains(text, references{other}));
  }
}

TEST_CASE("any of the references will do; without references nothing matches") {
  CHECK(exact_match("Paris!", references{"London", "the paris"}));
  CHECK_FALSE(exact_match("Paris!", references{"London", "paris x"}));
  CHECK_FALSE(exact_match("", references{}));
  CHECK_FALSE(contains("", references{}));
}

TEST_CASE("to the published rule what normalises to nothing equals only emptiness and is contained in everything") {
  CHECK(exact_match("the", references{"."}, official));
  CHECK_FALSE(exact_match("x", references{"."}, official));
  CHECK(contains("x", references{"a"}, official));
  CHECK(contains("", references{"a"}, official));
}

TEST_CASE("a reference that ends in an article is compared with its articles, punctuation with itself") {
  CHECK(exact_match("(A)", references{"A"}));
  CHECK_FALSE(exact_match("The", references{"A"}));
  CHECK_FALSE(contains("so a letter", references{"A"}));
  CHECK(contains("it is plan A.", references{"Plan a"}));
  CHECK_FALSE(contains("plan against", references{"Plan A"}));
  CHECK(contains("plan against plan a", references{"Plan A"}));
  CHECK(contains("plan a\xFF"sv, references{"Plan A"}));  // a lone byte is no part of a word
  CHECK(exact_match(" !? ", references{"!?"}));
  CHECK_FALSE(exact_match("!", references{"!?"}));
  CHECK_FALSE(contains("what !?", references{"!?"}));
}

TEST_CASE("containment cuts no number") {
  CHECK_FALSE(contains("it is 31.4 kg", references{"314", "31", "4", "1.4", "31."}));
  CHECK(contains("it is 31.4 kg", references{"31.4 KG"}));
  CHECK(contains("12 or 2", references{"2"}));  // not in 12, but behind it
  CHECK(contains("the 5th", references{"5"}));
  CHECK(contains("it is 31.4 kg", references{"314"}, official));
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
