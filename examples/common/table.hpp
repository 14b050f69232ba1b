#pragma once
// A table of text: printed in aligned columns on a terminal, or put into a report as HTML.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

namespace guerdon::examples {

struct table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::string caption = {};
};

/// `value` with `digits` after the point; "-" for NaN.
inline std::string format_number(double value, int digits = 3) {
  if (std::isnan(value)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  // -0.000 says nothing that 0.000 does not.
  std::string result = text;
  if (result.starts_with('-') && result.find_first_not_of("-0.") == std::string::npos) result.erase(0, 1);
  return result;
}

namespace detail {

inline std::size_t columns_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

inline bool looks_numeric(const std::string& cell) {
  return cell.empty() || cell == "-" ||
         (cell.find_first_of("0123456789") != std::string::npos &&
          !std::isalpha(static_cast<unsigned char>(cell[0])));
}

/// A column whose every cell begins like a number is set flush right; the first holds names, "6b" among them.
inline std::vector<bool> numeric_columns(const table& t) {
  std::vector<bool> numeric(t.header.size(), !t.rows.empty());
  if (!numeric.empty()) numeric[0] = false;
  for (const auto& row : t.rows)
    for (std::size_t c = 0; c < numeric.size() && c < row.size(); ++c)
      if (!looks_numeric(row[c])) numeric[c] = false;
  return numeric;
}

}  // namespace detail

inline std::ostream& operator<<(std::ostream& out, const table& t) {
  const std::vector<bool> numeric = detail::numeric_columns(t);
  std::vector<std::size_t> width(t.header.size());
  const auto widen = [&](const std::vector<std::string>& row) {
    for (std::size_t c = 0; c < width.size() && c < row.size(); ++c)
      width[c] = std::max(width[c], detail::columns_of(row[c]));
  };
  widen(t.header);
  for (const auto& row : t.rows) widen(row);
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < width.size(); ++c) {
      const std::string cell = c < row.size() ? row[c] : "";
      const std::string pad(width[c] - detail::columns_of(cell), ' ');
      line += (c ? "  " : "") + (numeric[c] ? pad + cell : cell + pad);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  if (!t.caption.empty()) out << t.caption << '\n';
  print(t.header);
  std::size_t total = 0;
  for (const std::size_t w : width) total += w + 2;
  out << std::string(total > 2 ? total - 2 : 0, '-') << '\n';
  for (const auto& row : t.rows) print(row);
  return out;
}

}  // namespace guerdon::examples
