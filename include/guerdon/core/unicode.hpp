#pragma once
// What a code point is: white space, letter, word character; and its lower case (Unicode 14.0).

#include <guerdon/core/unicode_tables.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace unicode {

/// A byte that belongs to no well-formed UTF-8 sequence stands as the code point U+DC00 + byte, which
/// well-formed text cannot contain, so decoding loses nothing (Python calls this surrogateescape).
inline constexpr char32_t lone_byte_base = 0xDC00;

constexpr bool is_lone_byte(char32_t c) { return c >= 0xDC80 && c <= 0xDCFF; }

/// The row that begins last among those that begin at or before c, if it reaches c.
template <class Row, decltype(sizeof(0)) count>
constexpr const Row* find_row(const Row (&rows)[count], char32_t c) {
  const Row* low = rows;
  for (auto size = count; size > 1;) {
    const auto half = size / 2;
    if (low[half].first <= c) low += half;
    size -= half;
  }
  return low->first <= c && c <= low->last ? low : nullptr;
}

/// The 29 white-space code points of Python's str.isspace.
constexpr bool is_space(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// General category L*.
constexpr bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return find_row(letter_ranges, c) != nullptr;
}

/// General category N*: decimal digits of every script, letter numbers, fractions, circled numbers.
constexpr bool is_number(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return find_row(number_ranges, c) != nullptr;
}

/// Letters, numbers and the underscore. A combining mark is none of them.
constexpr bool is_word(char32_t c) { return is_letter(c) || is_number(c) || c == '_'; }

/// The simple lower-case mapping: one code point to one, context ignored. text.hpp's for_each_lower adds the
/// two that need more (U+0130, which becomes two code points, and the sigma, which looks at its neighbours).
constexpr char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  const lower_run* run = find_row(lower_runs, c);
  if (!run || (static_cast<int>(c - run->first)) % run->step != 0) return c;
  return static_cast<char32_t>(static_cast<int>(c) + run->delta);
}

}}}  // namespace guerdon::unicode
