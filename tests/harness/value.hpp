#pragma once
// Values without static types: what a case file, a random generator or a fuzzer hands to an operation.

#include <guerdon/core/config.hpp>

#include <cmath>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace guerdon::harness {

/// A named array: numbers (as doubles) or texts.
struct value {
  std::vector<index_t> shape;
  std::vector<double> data;
  std::vector<std::string> text;
  bool is_text = false;
  std::map<std::size_t, index_t> beyond = {};  ///< integers that a double does not hold, by their place in data

  void push_integer(index_t x) {
    constexpr index_t held = index_t(1) << 53;
    if (x > held || x < -held) beyond[data.size()] = x;
    data.push_back(static_cast<double>(x));
  }
  /// Where one of both does not fit a double: are they the same integer?
  static bool same_beyond(const value& a, const value& b, std::size_t i) {
    const auto x = a.beyond.find(i), y = b.beyond.find(i);
    return x == a.beyond.end() || y == b.beyond.end() || x->second == y->second;
  }

  index_t size() const { return static_cast<index_t>(is_text ? text.size() : data.size()); }
};

inline value numbers(std::vector<index_t> shape, std::vector<double> data) {
  return {std::move(shape), std::move(data), {}, false};
}
inline value offsets(const std::vector<index_t>& from) {
  return {{static_cast<index_t>(from.size())}, {from.begin(), from.end()}, {}, false};
}

/// Where offsets are expected: segments padded to a stride.
inline value padded(index_t stride, const std::vector<index_t>& lengths) {
  value v{{1, static_cast<index_t>(lengths.size()) + 1}, {static_cast<double>(stride)}, {}, false};
  v.data.insert(v.data.end(), lengths.begin(), lengths.end());
  return v;
}
inline bool is_padded(const value& v) { return v.shape.size() == 2; }

/// Inputs by name, or outputs by name. The key "row_offsets" makes the pair of dimensions "B,T" ragged:
/// arrays of that shape are then flat, and row b is [row_offsets[b], row_offsets[b+1]); padded rows leave them [B,T].
using arguments = std::map<std::string, value, std::less<>>;

/// A number (flags are 0 and 1) or the name of an alternative.
using setting = std::variant<double, std::string>;
using settings = std::map<std::string, setting, std::less<>>;

inline std::string shape_text(const std::vector<index_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? "," : "") + std::to_string(shape[i]);
  return text + "]";
}

/// |got - want| <= atol + rtol |want|; NaN equals NaN, an infinity equals itself.
inline bool close(double got, double want, double atol, double rtol) {
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got)) return want == got;
  return std::abs(got - want) <= atol + rtol * std::abs(want);
}

}  // namespace guerdon::harness
