#pragma once
// Numbers as answers of mathematics are written, read exactly: "1,234.5", "-3/4", "1 1/2", "\frac12", "2 \times 10^5",
// "50\%", "$x = 7 \text{ cm}$".
//
// A number is at most 1000 characters and a power of ten at most 400, which bounds what follows.

#include <guerdon/core/text.hpp>
#include <guerdon/verify/big_natural.hpp>
#include <guerdon/verify/math_text.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// (-1)^negative * over / under.
struct rational {
  bool negative = false;
  big_natural over, under{1};

  double nearest() const {
    const double x = nearest_double(over, under);
    return negative && x != 0 ? -x : x;
  }
};

namespace rationals {

inline constexpr std::size_t longest_number = 1000;
inline constexpr index_t highest_power = 400;

/// What is left to read. Every function takes what it reads away from the front, or leaves the text alone and fails.
struct reader {
  std::string_view text;

  bool at_end() const { return text.empty(); }
  bool digit() const { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }
  void blanks() { text = unicode::trim_left(text); }
  bool take(std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
  }
  /// True for a minus.
  bool sign() { return take("-") || (take("+"), false); }
  std::string_view digits() {
    const std::string_view run = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    text.remove_prefix(run.size());
    return run;
  }
};

/// A small integer with an optional sign, as an exponent.
inline std::optional<index_t> exponent(reader& r) {
  const bool negative = r.sign();
  std::string_view digits = r.digits();
  if (digits.empty() || digits.size() > longest_number) return std::nullopt;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > 3) return std::nullopt;
  index_t x = 0;
  for (const char c : digits) x = 10 * x + (c - '0');
  if (x > highest_power) return std::nullopt;
  return negative ? -x : x;
}

inline rational scaled(rational x, index_t power) {
  auto& side = power < 0 ? x.under : x.over;
  side = side * big_natural::power_of_ten(power < 0 ? -power : power);
  return x;
}

/// Sign, digits with thousands or without, point, exponent.
inline std::optional<rational> number(reader& from) {
  reader r = from;
  rational x{r.sign(), {}};
  const std::string_view start = r.text;
  const std::size_t first = r.digits().size();
  bool grouped = false;
  while (first >= 1 && first <= 3 && r.text.starts_with(',')) {
    reader group{r.text.substr(1)};
    if (group.digits().size() != 3) break;
    r = group, grouped = true;
  }
  const std::size_t whole = start.size() - r.text.size();
  const bool point = r.take(".");
  const std::size_t fraction = point ? r.digits().size() : 0;
  if (first + fraction == 0) return std::nullopt;
  const std::string_view mantissa = start.substr(0, start.size() - r.text.size());
  index_t power = 0;
  if (!grouped && (r.text.starts_with('e') || r.text.starts_with('E'))) {
    reader behind{r.text.substr(1)};
    const auto e = exponent(behind);
    if (!e) return std::nullopt;
    power = *e, r = behind;
  }
  if (from.text.size() - r.text.size() > longest_number || (whole == 0 && !point)) return std::nullopt;
  x.over = big_natural::of_digits(mantissa);
  from = r;
  return scaled(std::move(x), power - static_cast<index_t>(fraction));
}

/// Digits alone.
inline std::optional<big_natural> natural(reader& r) {
  const std::string_view digits = r.digits();
  if (digits.empty() || digits.size() > longest_number) return std::nullopt;
  return big_natural::of_digits(digits);
}

inline std::optional<rational> quotient(const rational& a, const rational& b) {
  if (b.over.is_zero()) return std::nullopt;
  return rational{a.negative != b.negative, a.over * b.under, a.under * b.over};
}

/// One part of a fraction: what `read` reads, in braces, or one digit.
template <class Read>
auto part(reader& r, Read read) -> decltype(read(r)) {
  r.blanks();
  if (!r.take("{")) {
    if (!r.digit()) return std::nullopt;
    reader one{r.text.substr(0, 1)};
    r.text.remove_prefix(1);
    return read(one);
  }
  r.blanks();
  auto x = read(r);
  r.blanks();
  if (!r.take("}")) return std::nullopt;
  return x;
}

/// Of a mixed number, behind its whole part.
inline std::optional<rational> mixed(bool negative, const big_natural& whole, const big_natural& a,
                                     const big_natural& b) {
  if (b.is_zero()) return std::nullopt;
  return rational{negative, whole * b + a, b};
}

/// "\frac{1}{2}", "3\frac12", behind an optional sign.
inline std::optional<rational> tex_fraction(reader r) {
  const bool negative = r.sign();
  if (r.take("\\frac")) {
    const auto a = part(r, number);
    if (!a) return std::nullopt;
    const auto b = part(r, number);
    if (!b || !r.at_end()) return std::nullopt;
    auto x = quotient(*a, *b);
    if (x) x->negative = x->negative != negative;
    return x;
  }
  const auto whole = natural(r);
  r.blanks();
  if (!whole || !r.take("\\frac")) return std::nullopt;
  const auto a = part(r, natural);
  if (!a) return std::nullopt;
  const auto b = part(r, natural);
  return b && r.at_end() ? mixed(negative, *whole, *a, *b) : std::nullopt;
}

/// "1 1/2", behind an optional sign.
inline std::optional<rational> mixed_number(reader r) {
  const bool negative = r.sign();
  const auto whole = natural(r);
  const std::size_t before = r.text.size();
  r.blanks();
  if (!whole || r.text.size() == before) return std::nullopt;
  const auto a = natural(r);
  r.blanks();
  if (!a || !r.take("/")) return std::nullopt;
  r.blanks();
  const auto b = natural(r);
  return b && r.at_end() ? mixed(negative, *whole, *a, *b) : std::nullopt;
}

/// "5", "3/4", "2 \times 10^5".
inline std::optional<rational> plain(reader r) {
  auto x = number(r);
  if (!x) return std::nullopt;
  r.blanks();
  if (r.at_end()) return x;
  if (r.take("/")) {
    r.blanks();
    const auto y = number(r);
    return y && r.at_end() ? quotient(*x, *y) : std::nullopt;
  }
  if (!r.take("\\times") && !r.take("\\cdot") && !r.take("*")) return std::nullopt;
  r.blanks();
  if (!r.take("10^")) return std::nullopt;
  r.blanks();
  const bool braced = r.take("{");
  if (braced) r.blanks();
  const auto power = exponent(r);
  if (braced) {
    r.blanks();
    if (!r.take("}")) return std::nullopt;
  }
  return power && r.at_end() ? std::optional(scaled(std::move(*x), *power)) : std::nullopt;
}

/// The text without what TeX and units put around a number.
inline std::string cleaned(std::string_view text) {
  std::string s(unicode::trim(text));
  const auto replace = [&](std::string_view word, std::string_view to) {
    if (s.find(word) != s.npos) s = tags::replaced(s, word, to);
  };
  for (const std::string_view word : {"\\!", "\\,"}) replace(word, "");
  replace("\\ ", " ");
  replace("{,}", ",");
  for (const std::string_view word : {"\\left", "\\right", "\\$", "$", "^{\\circ}", "^\\circ"}) replace(word, "");
  for (const std::string_view word : {"\\dfrac", "\\tfrac"}) replace(word, "\\frac");
  replace("\u2212", "-");
  return s;
}

/// Without a unit in \text{...} behind it.
constexpr std::string_view without_unit(std::string_view s) {
  if (!s.ends_with('}')) return s;
  const std::string_view inner = s.substr(0, s.size() - 1);
  const std::size_t open = inner.find_last_of("{}");
  if (open == inner.npos || inner[open] == '}') return s;
  const std::string_view before = inner.substr(0, open);
  for (const std::string_view command : {"\\text", "\\mathrm", "\\mbox"})
    if (before.ends_with(command)) return unicode::trim(before.substr(0, before.size() - command.size()));
  return s;
}

}  // namespace rationals

/// The number that the whole text is, if it is one.
inline std::optional<rational> rational_of(std::string_view text, answer_units unit = answer_units::dropped) {
  const std::string cleaned = rationals::cleaned(text);
  std::string_view s = cleaned;
  if (tags::count(s, "=", 2) == 1) s.remove_prefix(s.find('=') + 1);
  s = unicode::trim(s);
  if (unit == answer_units::dropped) s = rationals::without_unit(s);
  const bool percent = s.ends_with('%');
  if (percent) s.remove_suffix(s.ends_with("\\%") ? 2 : 1);
  s = unicode::trim(s);
  auto x = rationals::plain({s});
  if (!x) x = rationals::tex_fraction({s});
  if (!x) x = rationals::mixed_number({s});
  if (x && percent) x = rationals::scaled(std::move(*x), -2);
  return x;
}

}}  // namespace guerdon
