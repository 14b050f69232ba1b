#pragma once
// Numbers as people and language models write them: "-$1,234.50", "US$18", "1{,}000", "18%". One grammar for all
// rules that look for a number in prose.
//
// A number is [sign][currency]body or [currency][sign]body. Something that stands directly behind it and makes it
// another number ("1/2", "10-14", "2^10", "1e5", "3,14") makes it unreadable: it is one number still, up to the end of
// the last number so joined, but nobody may read a part of it as its value.
//
// Text is UTF-8 of any kind (core/text.hpp). Digits are ASCII. A function `skip_x(text, at)` returns where the x that
// begins at `at` ends, and `at` if there is none; all are linear in what they skip.

#include <guerdon/core/text.hpp>

#include <algorithm>
#include <optional>

namespace guerdon { inline namespace GUERDON_ABI { namespace numerals {

constexpr bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

/// The hyphen and what typesetting makes of it; the em dash is punctuation.
constexpr bool is_minus(char32_t c) {
  return c == '-' || (c >= 0x2010 && c <= 0x2013) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D;
}

constexpr bool is_sign(char32_t c) { return c == '+' || is_minus(c); }

constexpr bool is_currency(char32_t c) {
  return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20CF) || c == 0xFE69 || c == 0xFF04 ||
         c == 0xFFE0 || c == 0xFFE1 || c == 0xFFE5 || c == 0xFFE6;
}

/// Superscripts and fractions of one character.
constexpr bool is_superscript(char32_t c) {
  return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE) || (c >= 0x2070 && c <= 0x2079) ||
         (c >= 0x2150 && c <= 0x215F);
}

/// What stands where there is no text; of no class.
inline constexpr char32_t nothing = 0x110000;

constexpr unicode::decoded peek(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {nothing, 0};
  return unicode::decode_at(text.data() + at, text.data() + text.size());
}

constexpr char32_t before(std::string_view text, std::size_t at) {
  return at == 0 ? nothing : unicode::decode_before(text.data(), text.data() + at).code_point;
}

constexpr bool digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_digit(static_cast<unsigned char>(text[at]));
}

constexpr bool letter_or_number(char32_t c) { return unicode::is_letter(c) || unicode::is_number(c); }

/// Behind the first of the words that stands at `at`.
template <class... Word>
constexpr std::size_t skip_any(std::string_view text, std::size_t at, Word... words) {
  const std::string_view rest = text.substr(at);
  std::size_t end = at;
  (void)((rest.starts_with(words) && (end += std::string_view(words).size())) || ...);
  return end;
}

/// Behind the code point at `at` if it is of the class.
template <class Is>
constexpr std::size_t skip_one(std::string_view text, std::size_t at, Is is) {
  const auto [c, size] = peek(text, at);
  return is(c) ? at + static_cast<std::size_t>(size) : at;
}

template <class Is>
constexpr std::size_t skip_all(std::string_view text, std::size_t at, Is is) {
  for (std::size_t end; (end = skip_one(text, at, is)) != at; at = end) {}
  return at;
}

constexpr std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (digit_at(text, at)) ++at;
  return at;
}

constexpr std::size_t skip_currency_sign(std::string_view text, std::size_t at) {
  const std::size_t escaped = skip_any(text, at, "\\$");
  return escaped != at ? escaped : skip_one(text, at, is_currency);
}

/// "$", "\$", "US$", "EUR", and white space behind it.
constexpr std::size_t skip_currency(std::string_view text, std::size_t at) {
  const auto ascii_letter = [](char32_t c) { return c < 0x80 && unicode::is_letter(c); };
  std::size_t letters = at;
  while (letters - at < 3 && ascii_letter(peek(text, letters).code_point)) ++letters;
  std::size_t end = skip_currency_sign(text, letters);
  if (end == letters) {
    end = skip_any(text, at, "EUR", "USD", "GBP");
    if (end == at || letter_or_number(before(text, at)) || unicode::is_letter(peek(text, end).code_point)) return at;
  }
  return skip_all(text, end, unicode::is_space);
}

/// A comma, as written in prose and in TeX.
constexpr std::size_t skip_comma(std::string_view text, std::size_t at) {
  return skip_any(text, at, "{,}", ",\\!", ",");
}

constexpr std::size_t skip_percent(std::string_view text, std::size_t at) { return skip_any(text, at, "%", "\\%"); }

/// Digits with their thousands groups and their fraction, or a fraction alone; as much as there is.
constexpr std::size_t skip_body(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '.') {
    const char32_t c = before(text, at);
    return is_digit(c) || c == '.' || c == ',' || !digit_at(text, at + 1) ? at : skip_digits(text, at + 1);
  }
  std::size_t end = skip_digits(text, at);
  if (end == at) return at;
  if (end - at <= 3 && text[at] != '0') {
    const auto group_at = [&](std::size_t i) { return skip_digits(text.substr(0, i + 4), i) == i + 3; };
    if (skip_comma(text, end) != end) {
      for (std::size_t group; (group = skip_comma(text, end)) != end && group_at(group);) end = group + 3;
    } else {
      const std::size_t first = skip_any(text, end, " ", "\u00A0", "\u2009", "\u202F", "\\,");
      const std::string_view blank = text.substr(end, first - end);  // all groups are set off by the same
      if (!blank.empty())
        while (text.substr(end).starts_with(blank) && group_at(end + blank.size())) end += blank.size() + 3;
    }
  }
  return end < text.size() && text[end] == '.' && digit_at(text, end + 1) ? skip_digits(text, end + 1) : end;
}

/// What has no width, or turns the direction of writing: a soft hyphen, zero-width blanks and joiners, marks.
constexpr bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
         c == 0xFEFF;
}

/// What joins another number to one that ends at `at`. A superscript needs none behind it.
constexpr std::size_t skip_join(std::string_view text, std::size_t at) {
  const auto [c, size] = peek(text, at);
  std::size_t next = at + static_cast<std::size_t>(size);
  if (is_superscript(c)) return next;
  if (is_invisible(c)) {  // 1 and 8 with nothing to be seen between them are shown as 18
    next = skip_all(text, next, is_invisible);
    return digit_at(text, next) ? next : at;
  }
  if (c == '/' || c == '^') {
    next = skip_currency_sign(text, skip_one(text, skip_any(text, next, "(", "{"), is_sign));
  } else if (c == 'e' || c == 'E') {
    next = skip_one(text, next, is_sign);
  } else if (c == ':' || c == '*' || c == 0xD7 || is_sign(c)) {
    next = skip_currency_sign(text, c == '*' ? skip_any(text, next, "*") : next);
  } else if (c != '.') {
    next = skip_comma(text, at);
    if (next == at) next = skip_any(text, at, "}{");
  }
  return digit_at(text, next) ? next : at;
}

struct number {
  std::size_t begin, end;  ///< prefixes and what is joined included
  std::string_view body;
  bool negative, readable;

  /// Its sign if that is a minus, and its digits and point, without what sets off groups.
  std::string digits() const {
    std::string out(negative, '-');
    for (const char c : body)
      if (is_digit(static_cast<unsigned char>(c)) || c == '.') out += c;
    return out;
  }
};

/// The number that begins at `at`.
constexpr std::optional<number> number_at(std::string_view text, std::size_t at) {
  char32_t sign = nothing;
  const auto skip_sign = [&](std::size_t from) {
    const std::size_t end = skip_one(text, from, is_sign);
    if (end == from || letter_or_number(before(text, from))) return from;
    sign = peek(text, from).code_point;
    return end;
  };
  const std::size_t after_sign = skip_sign(at);
  const std::size_t after_currency = skip_currency(text, after_sign);
  const std::size_t begin = sign == nothing ? skip_sign(after_currency) : after_currency;
  std::size_t end = skip_body(text, begin);
  if (end == begin) return std::nullopt;
  number n{at, 0, text.substr(begin, end - begin), is_minus(sign), true};
  end = skip_percent(text, end);
  for (std::size_t next; (next = skip_join(text, end)) != end; n.readable = false) {
    const std::size_t joined = skip_body(text, next);
    end = joined != next ? skip_percent(text, joined) : next;
  }
  n.end = end;
  return n;
}

/// The first number that begins at or after `from`, which is the beginning or the end of a number.
constexpr std::optional<number> next_number(std::string_view text, std::size_t from) {
  std::size_t digit = from;
  while (digit < text.size() && !digit_at(text, digit)) ++digit;
  if (digit == text.size()) return std::nullopt;
  // Its body begins here, or with a point before. Prefixes that may stand before that: a sign, white space that belongs
  // to a currency, the currency, a sign; of at most 3, 7 and 3 bytes.
  std::size_t at = digit;
  if (at > from && text[at - 1] == '.') --at;
  const auto step_back = [&](auto is) {
    if (at == from) return false;
    const auto [c, size] = unicode::decode_before(text.data() + from, text.data() + at);
    if (is(c)) at -= static_cast<std::size_t>(size);
    return is(c);
  };
  step_back(is_sign);
  while (step_back(unicode::is_space)) {}
  for (int k = 0; k < 6 && step_back([](char32_t) { return true; }); ++k) {}  // sign, three letters, \, currency
  for (; at < digit; at += static_cast<std::size_t>(peek(text, at).size))
    if (const auto n = number_at(text, at)) return n;
  return number_at(text, digit);
}

/// The one form of all texts of number::digits that are the same decimal number: no zeros that say nothing, no -0.
inline std::string canonical(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string_view whole = digits.substr(0, point), fraction = digits.substr(std::min(point + 1, digits.size()));
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  fraction = fraction.substr(0, fraction.find_last_not_of('0') + 1);
  std::string out(negative && !(whole.empty() && fraction.empty()), '-');
  return out.append(whole).append(".").append(fraction);
}

}}}  // namespace guerdon::numerals
