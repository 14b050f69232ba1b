// JSON as Python reads it.
#include <guerdon/verify/json_reader.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace {

using namespace guerdon;
using namespace std::string_view_literals;

bool same(std::string_view a, std::string_view b) {
  const auto x = json_text::read(a), y = json_text::read(b);
  REQUIRE(x);
  REQUIRE(y);
  return *x == *y;
}

TEST_CASE("what is JSON and what is none") {
  for (const auto text :
       {"null"sv, " \t\r\n{} "sv, "[]"sv, "[1,[2,{}]]"sv, "-0"sv, "1.5e+3"sv, "1E400"sv, "\"\\u0000\""sv, "\"\x7f\""sv,
        "\"\xff\""sv, "NaN"sv, "-Infinity"sv, "{\"a\":1,\"a\":2}"sv, "\"\\/\""sv})
    CHECK_MESSAGE(json_text::read(text), text);
  for (const auto text : {""sv,           " "sv,           "nul"sv,     "01"sv,   "1."sv,      ".5"sv,
                          "+1"sv,         "1e"sv,          "-"sv,       "--1"sv,  "[1,]"sv,    "[,1]"sv,
                          "{\"a\":1,}"sv, "{a:1}"sv,       "{\"a\"}"sv, "'a'"sv,  "\"a"sv,     "\"\n\""sv,
                          "\"\\x\""sv,    "\"\\u12g4\""sv, "1 2"sv,     "[] x"sv, "// c\n1"sv, "\xef\xbb\xbf{}"sv,
                          "-NaN"sv,       "+Infinity"sv,   "\"\0\""sv})
    CHECK_FALSE_MESSAGE(json_text::read(text), text);
}

TEST_CASE("values are equal as Python's are") {
  CHECK(same("1", "1.0"));
  CHECK(same("true", "1e0"));
  CHECK(same("false", "-0.0"));
  CHECK(same("100000000000000000000", "1e20"));
  CHECK(same("1e999", "Infinity"));
  CHECK(same("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1.0}"));
  CHECK(same("{\"a\":0,\"b\":2,\"a\":1}", "{\"a\":1,\"b\":2}"));
  CHECK(same("\"\\ud83d\\ude00\"", "\"\U0001f600\""));
  CHECK(same("\"\\udcff\"", "\"\xff\""));
  CHECK_FALSE(same("\"\\udcc3\\udca9\"", "\"\u00e9\""));
  CHECK_FALSE(same("12345678901234567890", "12345678901234567891"));
  CHECK_FALSE(same("NaN", "NaN"));
  CHECK_FALSE(same("[1,2]", "[2,1]"));
  CHECK_FALSE(same("null", "0"));
  CHECK_FALSE(same("1", "\"1\""));
}

TEST_CASE("members keep the place of their first and the value of their last") {
  const auto object = json_text::read("{\"b\":1,\"a\":2,\"b\":3,\"c\":4,\"a\":5}");
  REQUIRE(object);
  CHECK(object->names == std::vector<std::string>{"b", "a", "c"});
  CHECK(object->find("b")->text == "3");
  CHECK(object->find("a")->text == "5");
  CHECK(object->find("c")->text == "4");
  CHECK(object->find("d") == nullptr);
}

TEST_CASE("512 deep and no deeper") {
  for (const int depth : {512, 513}) {
    const auto n = static_cast<std::size_t>(depth);
    CHECK(json_text::read(std::string(n, '[') + std::string(n, ']')).has_value() == (depth <= json_text::deepest));
  }
  CHECK_FALSE(json_text::read(std::string(1'000'000, '[')));
}

}  // namespace
