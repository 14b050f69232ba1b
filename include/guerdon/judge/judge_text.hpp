#pragma once
// What judges' texts are read by: the white space of the attack strings, words that ASCII letters end.

#include <guerdon/core/text.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace judge_text {

/// Space, tab, line ends, vertical tab, form feed, and the ideographic space.
constexpr bool is_blank(char32_t c) { return c == U' ' || (c >= 0x09 && c <= 0x0D) || c == 0x3000; }

constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    const auto [c, size] = unicode::decode_at(text.data(), text.data() + text.size());
    if (!is_blank(c)) break;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return text;
}
/// The text without what `drop` takes behind it.
template <class Drop>
constexpr std::string_view trim_right(std::string_view text, Drop drop) {
  while (!text.empty()) {
    const auto [c, size] = unicode::decode_before(text.data(), text.data() + text.size());
    if (!drop(c)) break;
    text.remove_suffix(static_cast<std::size_t>(size));
  }
  return text;
}
constexpr std::string_view trim_right(std::string_view text) { return trim_right(text, is_blank); }
constexpr std::string_view trim(std::string_view text) { return trim_right(trim_left(text)); }

/// Is the byte one of an ASCII word?
constexpr bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
/// Does no word go on before or behind text[begin, begin + size)?
constexpr bool stands_alone(std::string_view text, std::size_t begin, std::size_t size) {
  return (begin == 0 || !is_word(text[begin - 1])) && (begin + size == text.size() || !is_word(text[begin + size]));
}

}}}  // namespace guerdon::judge_text
