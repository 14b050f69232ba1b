#pragma once
// Decimal numbers in texts and doubles in decimal, as Python reads and rounds them, whatever the locale.

#include <guerdon/core/text.hpp>

#include <charconv>
#include <optional>

namespace guerdon { inline namespace GUERDON_ABI {

/// The whole text as a decimal floating number: optional sign, digits with an optional point among or around them,
/// optional exponent. Nothing where it is none, or too large for a double; what is too small is 0.
inline std::optional<double> decimal_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto digits_from = [&](std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at;
  };
  const std::size_t whole = digits_from(0);
  std::size_t end = whole;
  const bool point = end < text.size() && text[end] == '.';
  if (point) end = digits_from(end + 1);
  if (end == (point ? 1u : 0u)) return std::nullopt;  // no digit
  index_t exponent = 0;
  if (end < text.size()) {
    if (text[end] != 'e' && text[end] != 'E') return std::nullopt;
    std::size_t at = end + 1;
    const bool below = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (at == text.size() || digits_from(at) != text.size()) return std::nullopt;
    for (; at < text.size(); ++at) exponent = std::min<index_t>(exponent * 10 + (text[at] - '0'), index_t(1) << 50);
    if (below) exponent = -exponent;
  }
  double x = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), x).ec == std::errc::result_out_of_range) {
    // Which way, the place of the first digit says that is not 0.
    const std::size_t first = text.find_first_not_of("0.");
    const index_t place = static_cast<index_t>(whole) - static_cast<index_t>(first);
    if (place + exponent > 0) return std::nullopt;
    x = 0;
  }
  return negative ? -x : x;
}

/// The nearest number with that many decimals, half to even on what x is exactly: Python's round(x, decimals).
inline double rounded_to_decimals(double x, int decimals) {
  char digits[400];
  const auto end = std::to_chars(digits, digits + sizeof digits, x, std::chars_format::fixed, decimals).ptr;
  std::from_chars(digits, end, x);
  return x;
}

}}  // namespace guerdon
