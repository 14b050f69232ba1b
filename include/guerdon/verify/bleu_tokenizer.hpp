#pragma once
// The tokenizers of sacrebleu that need no other program.

#include <guerdon/verify/tags.hpp>
#include <guerdon/verify/words.hpp>

#include <algorithm>
#include <array>

namespace guerdon {

/// sacrebleu's names; "13a" is that of mteval-v13a, for languages that put blanks between words.
enum class bleu_tokenizer { v13a, zh, character, none };
constexpr auto enumerators(bleu_tokenizer) { return std::array{"13a", "zh", "char", "none"}; }

inline namespace GUERDON_ABI { namespace bleu_text {

/// What the zh tokenizer sets apart. sacrebleu means to include ideographs beyond U+FFFF; its escapes are read as four
/// digits and a character, which makes the last range here, and scores depend on it.
constexpr bool is_chinese(char32_t c) {
  constexpr char32_t ranges[][2] = {
      {0x3400, 0x4DB5}, {0x4E00, 0x9FBB}, {0xF900, 0xFA2D}, {0xFA30, 0xFA6A}, {0xFA70, 0xFAD9}, {0xFF00, 0xFFEF},
      {0x2E80, 0x2EFF}, {0x3000, 0x303F}, {0x31C0, 0x31EF}, {0x2F00, 0x2FDF}, {0x2FF0, 0x2FFF}, {0x3100, 0x312F},
      {0x31A0, 0x31BF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F}, {0x2600, 0x26FF}, {0x2700, 0x27BF}, {0x3200, 0x32FF},
      {0x3300, 0x33FF}, {0x2001, 0x2A6D}};
  for (const auto& r : ranges)
    if (c >= r[0] && c <= r[1]) return true;
  return false;
}

enum mark_class : unsigned char { plain, alone, mark, digit, dash };
/// What the rules for punctuation tell apart. A byte of what is not ASCII is like a letter.
inline constexpr auto mark_classes = [] {
  std::array<mark_class, 256> table{};
  for (int c = '!'; c <= '~'; ++c) {
    const char x = tags::lower_ascii(static_cast<char>(c));
    table[static_cast<std::size_t>(c)] = x >= '0' && x <= '9'   ? digit
                                         : x == '.' || x == ',' ? mark
                                         : x == '-'             ? dash
                                         : x == '\'' || (x >= 'a' && x <= 'z') ? plain
                                                                               : alone;
  }
  return table;
}();

/// The four rules that set punctuation apart, each over the whole of what the one before left.
inline std::string punctuation_apart(std::string_view text) {
  const auto is = [](char c, mark_class k) { return mark_classes[static_cast<unsigned char>(c)] == k; };
  // What is set apart is rare: what lies between goes over in one piece.
  std::string symbols;
  symbols.reserve(2 * text.size());
  std::size_t done = 0;
  bool any[5]{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const mark_class k = mark_classes[static_cast<unsigned char>(text[i])];
    any[k] = true;
    if (k != alone) continue;
    symbols.append(text.substr(done, i - done)).append({' ', text[i], ' '});
    done = i + 1;
  }
  symbols.append(text.substr(done));
  // Pairs are taken from the left and do not overlap.
  const auto pairs = [](std::string& from, auto is_pair, std::string_view before, std::string_view between,
                        std::string_view behind) {
    std::string to;
    std::size_t copied = 0;
    for (std::size_t i = 0; i + 1 < from.size(); ++i) {
      if (!is_pair(from[i], from[i + 1])) continue;
      if (to.empty()) to.reserve(from.size() + from.size() / 4);
      to.append(from, copied, i - copied).append(before).append(1, from[i]).append(between).append(1, from[i + 1]);
      to.append(behind);
      copied = ++i + 1;
    }
    if (copied > 0) from = std::move(to.append(from, copied));
  };
  if (any[mark]) {
    pairs(symbols, [&](char a, char b) { return is(b, mark) && !is(a, digit); }, "", " ", " ");
    pairs(symbols, [&](char a, char b) { return is(a, mark) && !is(b, digit); }, " ", " ", "");
  }
  if (any[dash]) pairs(symbols, [&](char a, char b) { return is(b, dash) && is(a, digit); }, "", " ", " ");
  return symbols;
}

/// The text with blanks, of any kind and number, between its tokens.
inline std::string spaced(std::string_view text, bleu_tokenizer tokenizer, bool lowercase) {
  std::string lower;
  if (lowercase) text = lower = unicode::lower(text);
  text = unicode::trim_right(text);
  std::string s;
  const auto for_each_code_point = [](std::string_view from, auto f) {
    for (const char *at = from.data(), *end = at + from.size(); at != end;) {
      const auto [c, size] = unicode::decode_at(at, end);
      f(c, std::string_view(at, static_cast<std::size_t>(size)));
      at += size;
    }
  };
  const auto replace = [&](std::string_view word, std::string_view to) {
    if (s.find(word) != s.npos) s = tags::replaced(s, word, to);
  };
  switch (tokenizer) {
    case bleu_tokenizer::none: return std::string(text);
    case bleu_tokenizer::character:
      for_each_code_point(text, [&](char32_t, std::string_view c) { (s += s.empty() ? "" : " ").append(c); });
      return s;
    case bleu_tokenizer::zh:
      for_each_code_point(unicode::trim(text), [&](char32_t c, std::string_view bytes) {
        if (is_chinese(c)) (s += ' ').append(bytes) += ' ';
        else s += bytes;
      });
      break;
    case bleu_tokenizer::v13a:
      s.reserve(text.size() + 2);
      (s = ' ').append(text) += ' ';
      replace("<skipped>", "");
      replace("-\n", "");
      std::replace(s.begin(), s.end(), '\n', ' ');
      if (s.find('&') != s.npos) {
        constexpr std::string_view entities[][2] = {{"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}};
        for (const auto& [entity, character] : entities) replace(entity, character);
      }
      break;
  }
  return punctuation_apart(s);
}

/// The tokens, with a blank between them; the text itself where it is not to be tokenized.
inline std::string tokenized(std::string_view text, bleu_tokenizer tokenizer, bool lowercase) {
  std::string s = spaced(text, tokenizer, lowercase);
  return tokenizer == bleu_tokenizer::v13a || tokenizer == bleu_tokenizer::zh ? joined_words(s) : s;
}

}}}  // namespace guerdon::bleu_text
