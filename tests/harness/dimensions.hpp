#pragma once
// The dimensions of one call as case files spell them: symbols, bound by the arrays as they come.

#include "operation.hpp"

#include <algorithm>
#include <charconv>

namespace guerdon::harness {

/// A fraction is refused, not cut off; what no integer holds becomes the smallest, for the operation to refuse.
inline index_t as_integer(double x, std::string_view operation, std::string_view name) {
  if (!(x >= -9.2e18 && x <= 9.2e18)) return std::numeric_limits<index_t>::min();
  if (x != std::trunc(x)) refuse(operation, name, "must be an integer");
  return static_cast<index_t>(x);
}

inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at)
      parts.emplace_back();
    else if (c != ' ')
      parts.back() += c;
  }
  return parts;
}

/// The dimensions of one call: symbols of the operation's shapes, bound by the arrays as they come.
class dimensions {
 public:
  explicit dimensions(std::string_view operation) : operation_(operation) {}

  /// So many rows, of so many elements together.
  void make_ragged(index_t rows, index_t elements) {
    symbols_["B"] = rows;
    symbols_["B,T"] = elements;
  }
  bool ragged() const { return symbols_.count("B,T") > 0; }

  /// Does an array of this shape fit the description's by its number of dimensions? Ragged arrays are flat,
  /// so there the size decides.
  bool fits(const std::vector<index_t>& given, std::string_view shape) const {
    if (shape == "*") return true;
    if (ragged() && shape == "B,T") return given.size() == 1 && given[0] == symbols_.at("B,T");
    if (ragged() && shape == "B") return given.size() == 1 && given[0] == symbols_.at("B");
    return given.size() == split(shape, ',').size();
  }

  /// Binds or checks. A [T] array where [T,B] is expected counts as [T,1], a [T,A] array where [T,B,A] is as [T,1,A].
  void bind(std::vector<index_t> given, std::string_view shape, std::string_view argument) {
    if (shape == "*") {
      if (any_.empty()) any_ = given;
      if (any_ != given) mismatch(argument, given, shape_text(any_));
      return;
    }
    if (ragged() && shape == "B,T") {
      if (given.size() != 1 || given[0] != symbols_["B,T"])
        mismatch(argument, given, "[" + std::to_string(symbols_["B,T"]) + "]");
      return;
    }
    const auto parts = split(shape, ',');
    if (given.size() + 1 == parts.size()) {
      const auto column = std::find(parts.begin() + 1, parts.end(), "B") - parts.begin();
      given.insert(given.begin() + std::min<std::ptrdiff_t>(column, std::ssize(given)), 1);
    }
    if (given.size() != parts.size()) mismatch(argument, given, "[" + std::string(shape) + "]");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string symbol = symbol_of(parts[i]);
      const op::dimension d = op::shape(parts[i].c_str()).at[0];
      if (const auto fixed = number(symbol)) {
        if (given[i] != *fixed) mismatch(argument, given, "[" + std::string(shape) + "]");
      } else if (const auto [at, fresh] = symbols_.try_emplace(symbol, d.of(given[i]));
                 !fresh && d.at(at->second) != given[i]) {
        mismatch(argument, given, parts[i] + " = " + std::to_string(d.at(at->second)));
      }
    }
  }

  std::vector<index_t> resolve(std::string_view shape) const {
    if (shape == "*") return any_;
    if (ragged() && shape == "B,T") return {symbols_.at("B,T")};
    std::vector<index_t> result;
    for (const std::string& part : split(shape, ',')) {
      const auto fixed = number(part);
      const auto at = symbols_.find(symbol_of(part));
      result.push_back(fixed ? *fixed : op::shape(part.c_str()).at[0].at(at == symbols_.end() ? 0 : at->second));
    }
    return result;
  }

  bool knows(const std::string& symbol) const { return symbols_.count(symbol) > 0; }
  index_t operator[](const std::string& symbol) const { return symbols_.at(symbol); }
  const std::vector<index_t>& any() const { return any_; }

 private:
  static std::string symbol_of(const std::string& part) {
    return part.ends_with("+1") || part.ends_with("-1") ? part.substr(0, part.size() - 2) : part;
  }
  static std::optional<index_t> number(const std::string& symbol) {
    index_t n = 0;
    const auto [end, error] = std::from_chars(symbol.data(), symbol.data() + symbol.size(), n);
    if (error != std::errc() || end != symbol.data() + symbol.size()) return std::nullopt;
    return n;
  }
  [[noreturn]] void mismatch(std::string_view argument, const std::vector<index_t>& given,
                             const std::string& expected) const {
    refuse(operation_, argument,
           "has the wrong shape " + shape_text(given) + " where a dimension says " + expected);
  }

  std::string operation_;
  std::map<std::string, index_t, std::less<>> symbols_;
  std::vector<index_t> any_;
};

}  // namespace guerdon::harness
