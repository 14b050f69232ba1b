#pragma once
// The dimensions of one call as case files spell them: symbols, bound by the arrays as they come.

#include "operation.hpp"

#include <algorithm>
#include <array>

namespace guerdon::harness {

/// A fraction is refused, not cut off; what no integer holds becomes the smallest, for the operation to refuse.
inline index_t as_integer(double x, std::string_view operation, std::string_view name) {
  if (!(x >= -9.2e18 && x <= 9.2e18)) return std::numeric_limits<index_t>::min();
  if (x != std::trunc(x)) refuse(operation, name, "must be an integer");
  return static_cast<index_t>(x);
}

/// The dimensions of one call: symbols of the operation's shapes, bound by the arrays as they come.
class dimensions {
 public:
  explicit dimensions(std::string_view operation) : operation_(operation) {}

  /// So many rows, of so many elements together.
  void make_ragged(index_t rows, index_t elements) {
    size_of('B') = rows;
    ragged_ = elements;
  }
  bool ragged() const { return ragged_ >= 0; }

  /// Does an array of this shape fit the description's by its number of dimensions? Ragged arrays are flat,
  /// so there the size decides.
  bool fits(const std::vector<index_t>& given, std::string_view shape) const {
    if (shape == "*") return true;
    if (ragged() && shape == "B,T") return given.size() == 1 && given[0] == ragged_;
    if (ragged() && shape == "B") return given.size() == 1 && given[0] == size_of('B');
    return given.size() == static_cast<std::size_t>(parsed(shape).count);
  }

  /// Binds or checks. A [T] array where [T,B] is expected counts as [T,1], a [T,A] array where [T,B,A] is as [T,1,A].
  void bind(const std::vector<index_t>& given, std::string_view shape, std::string_view argument) {
    if (shape == "*") {
      if (any_.empty()) any_ = given;
      if (any_ != given) mismatch(argument, given, shape_text(any_));
      return;
    }
    if (ragged() && shape == "B,T") {
      if (given.size() != 1 || given[0] != ragged_) mismatch(argument, given, "[" + std::to_string(ragged_) + "]");
      return;
    }
    const op::shape s = parsed(shape);
    const auto count = static_cast<std::size_t>(s.count);
    std::size_t column = count;  // where a dimension of one is left out
    if (given.size() + 1 == count) {
      column = 1;
      while (column < count && !(s.at[column] == op::dimension{'B'})) ++column;
      column = std::min(column, given.size());
    } else if (given.size() != count) {
      mismatch(argument, given, "[" + std::string(shape) + "]");
    }
    for (std::size_t i = 0; i < count; ++i) {
      const op::dimension d = s.at[i];
      const index_t size = i == column ? 1 : given[i - (i > column)];
      if (d.symbol == 0) {
        if (size != d.fixed) mismatch(argument, given, "[" + std::string(shape) + "]");
      } else if (index_t& known = size_of(d.symbol); known == unknown) {
        known = d.of(size);
      } else if (d.at(known) != size) {
        const char* const beside = d.plus_one ? "+1" : d.minus_one ? "-1" : "";
        mismatch(argument, given, d.symbol + std::string(beside) + " = " + std::to_string(d.at(known)));
      }
    }
  }

  std::vector<index_t> resolve(std::string_view shape) const {
    if (shape == "*") return any_;
    if (ragged() && shape == "B,T") return {ragged_};
    const op::shape s = parsed(shape);
    std::vector<index_t> result;
    for (int i = 0; i < s.count; ++i) {
      const index_t known = s.at[i].symbol == 0 ? 0 : size_of(s.at[i].symbol);
      result.push_back(s.at[i].at(known == unknown ? 0 : known));
    }
    return result;
  }

  bool knows(std::string_view symbol) const { return size_of(symbol[0]) != unknown; }
  index_t operator[](std::string_view symbol) const {
    if (!knows(symbol)) throw harness_error("no array says the dimension " + std::string(symbol));
    return size_of(symbol[0]);
  }
  const std::vector<index_t>& any() const { return any_; }

 private:
  static constexpr index_t unknown = std::numeric_limits<index_t>::min();

  static op::shape parsed(std::string_view text) {
    char terminated[32] = {};
    text.copy(terminated, sizeof terminated - 1);
    op::shape s(terminated);
    s.text = "";
    return s;
  }
  index_t& size_of(char symbol) { return sizes_[static_cast<std::size_t>(symbol - 'A')]; }
  index_t size_of(char symbol) const { return sizes_[static_cast<std::size_t>(symbol - 'A')]; }
  [[noreturn]] void mismatch(std::string_view argument, const std::vector<index_t>& given,
                             const std::string& expected) const {
    refuse(operation_, argument,
           "has the wrong shape " + shape_text(given) + " where a dimension says " + expected);
  }
  static std::array<index_t, 64> none_known() {
    std::array<index_t, 64> sizes;
    sizes.fill(unknown);
    return sizes;
  }

  std::string_view operation_;
  std::array<index_t, 64> sizes_ = none_known();  // by letter
  index_t ragged_ = -1;                           // elements of ragged rows
  std::vector<index_t> any_;
};

}  // namespace guerdon::harness
