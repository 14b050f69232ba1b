#pragma once
// Which values are legal, in words.

#include "operation.hpp"

#include <charconv>

namespace guerdon::docs {

/// Shortest text that reads back as x.
template <class Number>
std::string shortest(Number x) {
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, x);
  return std::string(buffer, end);
}

inline std::string number_text(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x < 0 ? "-infinity" : "infinity";
  return shortest(x);
}

/// The numbers of a range.
inline std::string range_text(const op::range& r, bool whole) {
  constexpr double most = std::numeric_limits<double>::max();
  const bool low = r.low > -most, high = r.high < most;
  std::string text;
  if (low && high && !r.open_low && !r.open_high)
    text = number_text(r.low) + (whole && r.high == r.low + 1 ? " or " : " to ") + number_text(r.high);
  else if (low || high)
    text = (low ? (r.open_low ? "above " : "at least ") + number_text(r.low) : "") + (low && high ? ", " : "") +
           (high ? (r.open_high ? "below " : "at most ") + number_text(r.high) : "");
  else
    text = r.high < std::numeric_limits<double>::infinity() ? "finite" : "any";
  return text;
}

/// What an argument may hold.
inline std::string values_text(const op::field_info& f, harness::kind k) {
  if (f.kind == op::field_info::cuts || f.kind == op::field_info::rows) return "ragged, uniform, padded";
  if (f.kind == op::field_info::time) return "time-major, batch-major";
  if (f.kind == op::field_info::extent) return "";
  switch (f.range.draws) {
    case op::range::position:
      return "index into its row";
    case op::range::slots:
      return "indices into its row, or -1";
    case op::range::index:
      return std::string("index into ") + f.range.generator;
    case op::range::index_of_segment:
      return std::string("index inside its segment");
    case op::range::offsets:
      return std::string("offsets that cut ") + f.range.generator;
    case op::range::yes_no:
      return "0 or not 0";
    case op::range::words:
      return "text";
    default:
      break;
  }
  if (k == harness::kind::flag) return "0 or not 0";
  const std::string text = range_text(f.range, k == harness::kind::integer);
  return f.range.nan || k == harness::kind::integer || text == "finite" ? text : text + ", not NaN";
}

}  // namespace guerdon::docs
