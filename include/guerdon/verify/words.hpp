#pragma once
// A text taken apart at white space, or at line breaks.

#include <guerdon/core/text.hpp>

#include <bit>
#include <cstdint>
#include <cstring>

namespace guerdon { inline namespace GUERDON_ABI {

/// f(word) for every maximal run of what is not white space.
template <class F>
constexpr void for_each_word(std::string_view text, F f) {
  const char* const end = text.data() + text.size();
  const auto visible = [](char c) { return c > ' ' && c < '\x7F'; };  // of ASCII; what is not may be a blank
  for (const char* at = text.data(); at != end;) {
    const char* const word = at;
    int blank = 0;  // bytes of the one that ends the word
    while (at != end) {
      if (visible(*at)) {
        ++at;
        continue;
      }
      const auto [c, size] = unicode::decode_at(at, end);
      if (unicode::is_space(c)) {
        blank = size;
        break;
      }
      at += size;
    }
    if (at != word) f(std::string_view(word, static_cast<std::size_t>(at - word)));
    at += blank;
  }
}

/// What to reserve for; where words are shorter, memory grows.
inline constexpr std::size_t some_bytes_a_word = 6;

inline std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  words.reserve(text.size() / some_bytes_a_word);
  for_each_word(text, [&](std::string_view word) { words.push_back(word); });
  return words;
}

/// The words with a blank between them.
inline std::string joined_words(std::string_view text) {
  std::string out;
  for_each_word(text, [&](std::string_view word) { (out += out.empty() ? "" : " ").append(word); });
  return out;
}

/// The next byte that may begin a line break: below the blank, or the lead of U+0085 or of U+2028 (0xC2, 0xE2). Eight
/// bytes at a time.
inline const char* next_control(const char* at, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
  for (; end - at >= 8; at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, at, 8);
    const std::uint64_t lead = (eight & 0xDF * ones) ^ 0xC2 * ones;
    // The high bits of the bytes that are one. Borrows make false ones, but only above a true one.
    const std::uint64_t found = (((eight - 0x20 * ones) & ~eight) | ((lead - ones) & ~lead)) & high;
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(found) / 8;
    break;
  }
  const auto may_break = [](unsigned char c) { return c < 0x20 || (c & 0xDF) == 0xC2; };
  while (at != end && !may_break(static_cast<unsigned char>(*at))) ++at;
  return at;
}

/// f(line) for every line, without its end, as Python's str.splitlines: \n, \r, \r\n and the breaks U+000B, 000C, 001C
/// to 001E, 0085, 2028 and 2029. A break at the very end adds no empty line.
template <class F>
void for_each_line(std::string_view text, F f) {
  const char* const end = text.data() + text.size();
  /// How long the break is that begins there; 0: none does. A lead stands in no other sequence, so bytes will do.
  const auto break_at = [&](const char* at) {
    const auto byte = [&](int k) { return end - at > k ? static_cast<unsigned char>(at[k]) : 0u; };
    if (byte(0) < 0x20) return byte(0) == '\r' && byte(1) == '\n' ? 2 : static_cast<int>(0x70003C00u >> byte(0) & 1);
    if (byte(0) == 0xC2) return byte(1) == 0x85 ? 2 : 0;
    return byte(1) == 0x80 && (byte(2) | 1u) == 0xA9 ? 3 : 0;
  };
  const char* line = text.data();
  for (const char* at = line; (at = next_control(at, end)) != end;) {
    const int size = break_at(at);
    if (size == 0) {
      ++at;
      continue;
    }
    f(std::string_view(line, static_cast<std::size_t>(at - line)));
    line = at += size;
  }
  if (line != end) f(std::string_view(line, static_cast<std::size_t>(end - line)));
}

}}  // namespace guerdon
