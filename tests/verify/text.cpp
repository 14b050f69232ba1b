// Decoding, encoding, lower case in context and linear search.
#include <guerdon/core/text.hpp>

#include <doctest/doctest.h>

#include "nasty_text.hpp"

namespace unicode = guerdon::unicode;
using namespace std::string_view_literals;
using unicode::lower;

namespace {

bool well_formed(std::string_view bytes) {
  const auto [c, size] = unicode::decode_at(bytes.data(), bytes.data() + bytes.size());
  return size == static_cast<int>(bytes.size()) && !unicode::is_lone_byte(c);
}

TEST_CASE("every code point survives encoding and decoding") {
  std::string bytes;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    bytes.clear();
    unicode::append_utf8(bytes, c);
    const auto [back, size] = unicode::decode_at(bytes.data(), bytes.data() + bytes.size());
    REQUIRE(back == c);
    REQUIRE(size == static_cast<int>(bytes.size()));
  }
}

TEST_CASE("exactly the sequences of Unicode table 3-7 are well-formed") {
  int one = 0, two = 0, three = 0, four = 0;
  for (int a = 0; a < 256; ++a) {
    const char x = static_cast<char>(a);
    one += well_formed({&x, 1});
    for (int b = 0; b < 256; ++b) {
      const char xy[] = {x, static_cast<char>(b)};
      two += well_formed({xy, 2});
      for (int c = 0; c < 256; ++c) {
        const char xyz[] = {x, xy[1], static_cast<char>(c)};
        three += well_formed({xyz, 3});
      }
      for (const char c : {'\x7f', '\x80', '\xbf', '\xc0'})
        for (const char d : {'\x7f', '\x80', '\xbf', '\xc0'}) {
          const char xyzw[] = {x, xy[1], c, d};
          four += well_formed({xyzw, 4});
        }
    }
  }
  CHECK(one == 0x80);
  CHECK(two == 0x800 - 0x80);
  CHECK(three == 0x10000 - 0x800 - 0x800);
  CHECK(four == (0x110000 - 0x10000) / (64 * 64) * 2 * 2);
}

TEST_CASE("an ill-formed byte stands alone and decoding goes on at the next") {
  CHECK(nasty::decode("\xE2\x82z\xE2\x82\xAC"sv) == U"\xDCE2\xDC82z\u20AC"sv);
  CHECK(nasty::decode("\xED\xA0\x80"sv) == U"\xDCED\xDCA0\xDC80"sv);
  CHECK(nasty::decode("\xF0\x9F\x98"sv) == U"\xDCF0\xDC9F\xDC98"sv);
  CHECK(nasty::decode("\xC0\x80\xFF"sv) == U"\xDCC0\xDC80\xDCFF"sv);
}

TEST_CASE("any bytes decode and encode to themselves, and the last n code points are the last n") {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = nasty::text(random, 12);
    const std::u32string code_points = nasty::decode(text);
    REQUIRE(nasty::encode(code_points) == text);
    const auto count = random() % (code_points.size() + 3);
    const auto kept =
        code_points.size() > count ? code_points.substr(code_points.size() - count) : code_points;
    REQUIRE(unicode::last_code_points(text, static_cast<guerdon::index_t>(count)) == nasty::encode(kept));
  }
}

TEST_CASE("trimming removes white space at both ends, of any kind") {
  CHECK(unicode::trim("\u3000 a\u00a0b \n\u2028"sv) == "a\u00a0b"sv);
  CHECK(unicode::trim(" \t\u00a0").empty());
  CHECK(unicode::trim("").empty());
  CHECK(unicode::trim("\xA0 "sv) == "\xA0"sv);  // half a blank is none
}

TEST_CASE("lower case looks at the neighbours of a sigma and splits the dotted I") {
  CHECK(lower("ΟΔΟΣ") == "οδος");
  CHECK(lower("ΟΔΟΣ.") == "οδος.");
  CHECK(lower("ΟΔΟΣΑ") == "οδοσα");
  CHECK(lower("Σ") == "σ");
  CHECK(lower("ΣΣ") == "σς");
  CHECK(lower("1Σ") == "1σ");
  CHECK(lower("Α'Σ") == "α'σ");              // CPython looks past the apostrophe: α'ς
  CHECK(lower("ΑΣ\u0301Α") == "ας\u0301α");  // and past the mark: ασ́α
  CHECK(lower("\u0130") == "i\u0307");
  CHECK(lower("\u0130Σ") == "i\u0307ς");  // the letter before is the dotted I, not the dot
  CHECK(lower("ẞK") == "ßk");             // U+1E9E, U+212A
  CHECK(lower("\xC3\xCE\xA3"sv) == "\xC3σ"sv);
}

TEST_CASE("contains agrees with find and stays linear where find does not") {
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    std::string text, pattern;
    for (auto n = random() % 20; n > 0; --n) text += static_cast<char>('a' + random() % 2);
    for (auto n = random() % 6; n > 0; --n) pattern += static_cast<char>('a' + random() % 2);
    REQUIRE(unicode::contains(text, pattern) == (text.find(pattern) != text.npos));
  }
  // |text| * |pattern| steps would be 1e13 here.
  CHECK_FALSE(unicode::contains(std::string(4'000'000, 'a'), std::string(2'000'000, 'a') + 'b'));
}

}  // namespace
