#pragma once
// A text taken apart at white space, or at line breaks.

#include <guerdon/core/text.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// f(word) for every maximal run of what is not white space.
template <class F>
constexpr void for_each_word(std::string_view text, F f) {
  const char *const begin = text.data(), *const end = begin + text.size();
  const char* word = nullptr;
  for (const char* at = begin; at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    if (unicode::is_space(c)) {
      if (word) f(std::string_view(word, static_cast<std::size_t>(at - word)));
      word = nullptr;
    } else if (!word) {
      word = at;
    }
    at += size;
  }
  if (word) f(std::string_view(word, static_cast<std::size_t>(end - word)));
}

inline std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for_each_word(text, [&](std::string_view word) { words.push_back(word); });
  return words;
}

/// The words with a blank between them.
inline std::string joined_words(std::string_view text) {
  std::string out;
  for_each_word(text, [&](std::string_view word) { (out += out.empty() ? "" : " ").append(word); });
  return out;
}

/// The lines, without their ends, as Python's str.splitlines: \n, \r, \r\n and the breaks U+000B, 000C, 001C to 001E,
/// 0085, 2028 and 2029. A break at the very end adds no empty line.
inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  const char* const end = text.data() + text.size();
  const char* line = text.data();
  for (const char* at = line; at != end;) {
    const auto [c, size] = unicode::decode_at(at, end);
    const char* const next = at + size;
    if ((c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029) {
      lines.emplace_back(line, static_cast<std::size_t>(at - line));
      line = c == '\r' && next != end && *next == '\n' ? next + 1 : next;
      at = line;
    } else {
      at = next;
    }
  }
  if (line != end) lines.emplace_back(line, static_cast<std::size_t>(end - line));
  return lines;
}

}}  // namespace guerdon
