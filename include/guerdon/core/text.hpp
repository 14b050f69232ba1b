#pragma once
// UTF-8 in, UTF-8 out, for operations that read completions: every byte string is valid input, every pass is
// linear, ASCII never leaves the byte path.

#include <guerdon/core/unicode.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI { namespace unicode {

struct decoded {
  char32_t code_point;
  int size;  ///< bytes read, 1 to 4
};

/// Reads the code point that starts at `at` (at < end). A byte that starts no well-formed sequence (Unicode
/// table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF) is a lone byte of size 1.
constexpr decoded decode_at(const char* at, const char* end) {
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  const unsigned lead = byte(*at);
  if (lead < 0x80) return {lead, 1};
  const decoded lone{lone_byte_base + lead, 1};
  const int size = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
  if (size == 1 || end - at < size) return lone;
  // Only the second byte has a range that depends on the lead.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(at[1]) < low || byte(at[1]) > high) return lone;
  char32_t c = lead & (0x7Fu >> size);
  c = c << 6 | (byte(at[1]) & 0x3Fu);
  for (int k = 2; k < size; ++k) {
    if ((byte(at[k]) & 0xC0u) != 0x80) return lone;
    c = c << 6 | (byte(at[k]) & 0x3Fu);
  }
  return {c, size};
}

/// Reads the code point that ends at `at` (at > begin), as decoding from the beginning would.
constexpr decoded decode_before(const char* begin, const char* at) {
  // A sequence is its lead and nothing but tail bytes: only the nearest lead can reach here.
  const char* lead = at - 1;
  while (lead != begin && at - lead < 4 && (static_cast<unsigned char>(*lead) & 0xC0) == 0x80) --lead;
  const decoded whole = decode_at(lead, at);
  return whole.size == at - lead ? whole : decode_at(at - 1, at);
}

/// Appends c as UTF-8 would, surrogates included. Unlike raw lone bytes, such text can be searched and
/// compared as bytes with the same result as code point by code point.
inline void append_generalised(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
}

/// Appends c as UTF-8, and a lone byte as that byte: the inverse of decode_at.
inline void append_utf8(std::string& out, char32_t c) {
  if (is_lone_byte(c)) {
    out += static_cast<char>(c - lone_byte_base);
  } else {
    append_generalised(out, c);
  }
}

/// The last `count` code points of the text, all of it if it has no more. Reads nothing before them.
constexpr std::string_view last_code_points(std::string_view text, index_t count) {
  if (count >= static_cast<index_t>(text.size())) return text;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* at = end;
  for (; at != begin && count > 0; --count) at -= decode_before(begin, at).size;
  return {at, static_cast<std::size_t>(end - at)};
}

/// The text without white space before it.
constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    const decoded first = decode_at(text.data(), text.data() + text.size());
    if (!is_space(first.code_point)) break;
    text.remove_prefix(static_cast<std::size_t>(first.size));
  }
  return text;
}
/// The text without white space behind it.
constexpr std::string_view trim_right(std::string_view text) {
  while (!text.empty()) {
    const decoded last = decode_before(text.data(), text.data() + text.size());
    if (!is_space(last.code_point)) break;
    text.remove_suffix(static_cast<std::size_t>(last.size));
  }
  return text;
}
/// The text without white space at either end.
constexpr std::string_view trim(std::string_view text) { return trim_right(trim_left(text)); }

/// How many code points the text has.
constexpr index_t count_code_points(std::string_view text) {
  index_t count = 0;
  for (const char *at = text.data(), *end = at + text.size(); at != end; ++count) at += decode_at(at, end).size;
  return count;
}

/// Its code points.
inline std::u32string code_points(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const auto [c, size] = decode_at(at, end);
    out += c;
    at += size;
  }
  return out;
}

/// The text as append_generalised writes its code points: what is cut out and joined is then still compared code point
/// by code point.
inline std::string generalised(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const auto [c, size] = decode_at(at, end);
    if (is_lone_byte(c)) append_generalised(out, c);
    else out.append(at, static_cast<std::size_t>(size));
    at += size;
  }
  return out;
}
/// The text that was generalised: its lone bytes are bytes again.
inline std::string from_generalised(std::string_view text) {
  if (text.find('\xED') == text.npos) return std::string(text);
  std::string out;
  for (std::size_t at; (at = std::min(text.find('\xED'), text.size())) + 2 < text.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[at + k]); };
    const bool lone = byte(1) == 0xB2 || byte(1) == 0xB3;  // U+DC80 to U+DCFF
    out.append(text, 0, at);
    out += lone ? static_cast<char>((byte(1) & 3) << 6 | (byte(2) & 0x3F)) : text[at];
    text.remove_prefix(at + (lone ? 3 : 1));
  }
  return out.append(text);
}

/// Calls emit(code point) for the code point at `at` in lower case, and returns where the next one begins: the simple
/// mapping, U+0130 as i and U+0307, and a capital sigma as final sigma where a letter stands before it and none after.
/// (str.lower of Python asks for a cased neighbour and skips what has no case of its own, such as an apostrophe.)
template <class Emit>
constexpr const char* lower_one(char32_t& before, const char* at, const char* end, Emit emit) {
  const auto [c, size] = decode_at(at, end);
  at += size;
  if (c == 0x0130) {
    emit(U'i');
    emit(U'\u0307');
  } else if (c == 0x03A3) {
    const bool letter_after = at != end && is_letter(decode_at(at, end).code_point);
    emit(is_letter(before) && !letter_after ? U'\u03C2' : U'\u03C3');
  } else {
    emit(lower(c));
  }
  before = c;
  return at;
}
/// The same for all of the text.
template <class Emit>
constexpr void for_each_lower(std::string_view text, Emit emit) {
  char32_t before = 0;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) at = lower_one(before, at, end, emit);
}

/// The text in lower case. ASCII has a loop that vectorises.
inline std::string lower(std::string_view text) {
  std::string ascii(text);
  unsigned char any = 0;
  for (char& c : ascii) {
    any |= static_cast<unsigned char>(c);
    c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
  }
  if (any < 0x80) return ascii;
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const char* const run = at;
    while (at != end && !(*at & 0x80)) ++at;
    if (at != run) {
      out.append(ascii, static_cast<std::size_t>(run - text.data()), static_cast<std::size_t>(at - run));
      before = static_cast<char32_t>(at[-1]);
    }
    if (at != end) at = lower_one(before, at, end, [&](char32_t c) { append_utf8(out, c); });
  }
  return out;
}

/// Whether the pattern occurs in the text in a place [begin, end) that accept(begin, end) takes. Linear whatever the
/// two are (Knuth, Morris, Pratt 1977), where std::string_view::find takes |text| * |pattern| steps on text such as
/// "aaaa...". An empty pattern is not asked about.
template <class Accept>
bool contains(std::string_view text, std::string_view pattern, Accept accept) {
  if (pattern.empty()) return true;
  if (pattern.size() > text.size()) return false;
  std::vector<std::size_t> border(pattern.size());  // longest proper border of pattern[0..k]
  for (std::size_t k = 1, length = 0; k < pattern.size(); ++k) {
    while (length > 0 && pattern[k] != pattern[length]) length = border[length - 1];
    border[k] = length += pattern[k] == pattern[length];
  }
  for (std::size_t at = 0, matched = 0; at < text.size(); ++at) {
    while (matched > 0 && text[at] != pattern[matched]) matched = border[matched - 1];
    matched += text[at] == pattern[matched];
    if (matched < pattern.size()) continue;
    if (accept(at + 1 - matched, at + 1)) return true;
    matched = border[matched - 1];
  }
  return false;
}

inline bool contains(std::string_view text, std::string_view pattern) {
  return contains(text, pattern, [](std::size_t, std::size_t) { return true; });
}

}}}  // namespace guerdon::unicode
