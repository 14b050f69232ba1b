#pragma once
// Random text that breaks careless text code: articles, punctuation, sigmas, marks, every kind of blank,
// ill-formed UTF-8 of every kind, all next to each other.

#include <guerdon/core/text.hpp>

#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace nasty {

using namespace std::string_view_literals;

inline constexpr std::string_view whole[] = {
    "a"sv,      "an"sv,     "the"sv,        "The"sv,        "AN"sv,         "x"sv,      "42"sv,
    "#### "sv,  "#### -"sv, "#"sv,          "-"sv,          "."sv,          ","sv,      "1,000"sv,
    "3.50"sv,   "$"sv,      "_"sv,          "'"sv,          "~"sv,          " "sv,      "\t"sv,
    "\n"sv,     "\r\n"sv,   "\x1c"sv,       "\x00"sv,       "\x7f"sv,       "\u0085"sv, "\u00a0"sv,
    "\u2028"sv, "\u3000"sv, "\u0130"sv,     "\u03a3"sv,     "\u03c3"sv,     "\u0391"sv, "\u0307"sv,
    "\u0301"sv, "\u2019"sv, "\u212a"sv,     "\u1e9e"sv,     "\u01c5"sv,     "\u00c9"sv, "\u00b2"sv,
    "\u0661"sv, "\u4e2d"sv, "\U00010400"sv, "\U0001f600"sv, "\U0010ffff"sv, "\u00ab"sv, "\u2014"sv};

/// Lone tails and leads, overlong forms, surrogates, beyond U+10FFFF, sequences cut short.
inline constexpr std::string_view broken[] = {"\x80"sv,
                                              "\xbf"sv,
                                              "\xc3"sv,
                                              "\xff"sv,
                                              "\xc0\x80"sv,
                                              "\xe0\x80\xaf"sv,
                                              "\xed\xa0\x80"sv,
                                              "\xf0\x80\x80\x80"sv,
                                              "\xf4\x90\x80\x80"sv,
                                              "\xe2\x82"sv,
                                              "\xf0\x9f\x98"sv,
                                              "\xf8\x88\x80\x80\x80"sv};

/// Up to max_pieces pieces, a quarter of them ill-formed unless well_formed.
inline std::string text(std::mt19937& random, unsigned max_pieces, bool well_formed = false) {
  std::string out;
  for (auto n = random() % (max_pieces + 1); n > 0; --n) {
    const auto kind = well_formed ? 7 : random() % 8;
    if (kind == 0) {
      out += static_cast<char>(random() % 256);
    } else if (kind == 1) {
      out += broken[random() % std::size(broken)];
    } else {
      out += whole[random() % std::size(whole)];
    }
  }
  return out;
}

inline std::u32string decode(std::string_view text) {
  std::u32string out;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const auto [c, size] = guerdon::unicode::decode_at(at, end);
    out += c;
    at += size;
  }
  return out;
}

inline std::string encode(const std::u32string& text) {
  std::string out;
  for (const char32_t c : text) guerdon::unicode::append_utf8(out, c);
  return out;
}

inline std::string repeat(std::string_view piece, std::size_t size) {
  std::string out;
  while (out.size() < size) out += piece;
  return out;
}

}  // namespace nasty
