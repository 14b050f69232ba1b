// The Unicode tables against CPython 3.11's unicodedata (Unicode 14.0), every code point.
#include <guerdon/core/unicode.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace unicode = guerdon::unicode;

namespace {

constexpr char32_t code_points = 0x110000;

/// FNV-1a over one value per code point. The expected numbers were computed in Python by the same three lines
/// from str.isspace, unicodedata.category and str.lower.
template <class F>
std::uint64_t checksum(F value) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char32_t c = 0; c < code_points; ++c) hash = (hash ^ value(c)) * 0x100000001b3;
  return hash;
}

TEST_CASE("space, letter and number agree with CPython on every code point") {
  CHECK(checksum([](char32_t c) {
          return static_cast<std::uint64_t>(unicode::is_space(c) + 2 * unicode::is_letter(c) +
                                            4 * unicode::is_number(c));
        }) == 0x45860ad1369d55a4);
}

TEST_CASE("simple lower case agrees with CPython on every code point") {
  CHECK(checksum([](char32_t c) { return std::uint64_t(unicode::lower(c)); }) == 0xe351e4efeee4678);
}

TEST_CASE("there are 29 white-space code points, 131756 letters, 1791 numbers, 1432 lower-case pairs") {
  int spaces = 0, letters = 0, numbers = 0, pairs = 0, words = 0;
  for (char32_t c = 0; c < code_points; ++c) {
    spaces += unicode::is_space(c);
    letters += unicode::is_letter(c);
    numbers += unicode::is_number(c);
    words += unicode::is_word(c);
    pairs += unicode::lower(c) != c;
  }
  CHECK(spaces == 29);
  CHECK(letters == 131756);
  CHECK(numbers == 1791);
  CHECK(words == letters + numbers + 1);
  CHECK(pairs == 1432);
}

TEST_CASE("lone bytes and combining marks are neither space nor word") {
  for (char32_t c = 0xDC80; c <= 0xDCFF; ++c) {
    CHECK_FALSE(unicode::is_space(c));
    CHECK_FALSE(unicode::is_word(c));
    CHECK(unicode::lower(c) == c);
  }
  CHECK_FALSE(unicode::is_word(0x0301));
}

}  // namespace
