#pragma once
// The vocabulary in which an operation describes itself: names, shapes, ranges, defaults. The case runner, the random
// tests, the gradient checks, the fuzz target and the reference pages are derived from descriptions; an argument list
// is spelled in its header and in its description, nowhere else.
//
// A description of operation X is a struct guerdon::describe::X in <guerdon/description/FAMILY/X.hpp> with
//   about                              a summary
//   inputs<T>, outputs<T>, options     the operation's own structs
//   arguments<T>(), results<T>()       tuples of input(...), segments_input(...) and output(...)
//   parameters()                       a tuple of number(...), integer(...), flag(...), choice(...)
//   run<T>(backend, in, out, options)  the call
//   gradients                          optional: which output is the derivative of which (an array of gradient)
//   shape_of(...)                      optional: see output()
// Shapes are comma-separated symbols, each a letter with an optional +1, or a number: "B,T", "G+1", "5". A symbol is
// one number throughout the call. The dimension pair "B,T" is what `rows` may cut raggedly.

#include <guerdon/core/error.hpp>
#include <guerdon/core/segments.hpp>

#include <array>
#include <tuple>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

enum class skeleton {
  map,               ///< each element by itself
  segmented_reduce,  ///< reduce inside each segment, then map
  scan,              ///< first-order recurrence along time
  global_reduce,     ///< reduce the whole array, then map
  sort,              ///< order inside segments
  logits_rows,       ///< softmax-type rows
  text               ///< strings, on the host
};

struct summary {
  std::string_view name;
  std::string_view family;  ///< folder of the header
  std::string_view title;   ///< what it is, in one line
  std::string_view papers;  ///< "arXiv:2402.03300; arXiv:2503.20783", for the index by paper
  describe::skeleton skeleton;
  bool derived = false;      ///< the definition is this project's own, not a paper's
  double tolerance = 1e-5;   ///< relative and absolute error of float results against double
};

/// What values a random test may give an input.
struct domain {
  enum kind_t { normal, uniform, integer, position, flag, text } kind = normal;
  double low = -1, high = 1;
  bool nan_allowed = true;  ///< NaN is a legal value (not an error)
};
constexpr domain any_real() { return {domain::normal, -1, 1}; }
constexpr domain between(double low, double high) { return {domain::uniform, low, high}; }
constexpr domain integers(double low, double high) { return {domain::integer, low, high}; }
/// Of an array "B": an index into row b of "B,T".
constexpr domain position_in_row() { return {domain::position, 0, 0}; }
constexpr domain yes_or_no() { return {domain::flag, 0, 1}; }
constexpr domain words() { return {domain::text, 0, 0}; }

template <class Member>
struct input_t {
  std::string_view name;
  Member member;
  std::string_view shape;
  describe::domain domain;
  bool optional = false;
};
/// An array the caller must give.
template <class Member>
constexpr input_t<Member> input(std::string_view name, Member member, std::string_view shape, domain d) {
  return {name, member, shape, d, false};
}
/// An array that may be left out. Two optional inputs of one name and different shapes are alternatives.
template <class Member>
constexpr input_t<Member> optional_input(std::string_view name, Member member, std::string_view shape, domain d) {
  return {name, member, shape, d, true};
}

/// Segments given as CSR offsets: `count` + 1 numbers that cut the dimension `cut` (or pair of dimensions "B,T").
template <class Member>
struct segments_t {
  std::string_view name;
  Member member;
  std::string_view count, cut;
  bool optional = false;
};
template <class Member>
constexpr segments_t<Member> segments_input(std::string_view name, Member member, std::string_view count,
                                            std::string_view cut, bool optional = false) {
  return {name, member, count, cut, optional};
}
/// The rows of padded [B,T] arrays: not in the case files, where the arrays' shape says it.
template <class Member>
struct rows_t {
  Member member;
};
template <class Member>
constexpr rows_t<Member> rows_input(Member member) { return {member}; }
/// The layout of time-major [T,B] arrays, likewise.
template <class Member>
struct time_t {
  Member member;
};
template <class Member>
constexpr time_t<Member> time_input(Member member) { return {member}; }

/// Where an output's shape depends on an option, `shape` is a function `std::string_view(const options&)`.
template <class Member, class Shape>
struct output_t {
  std::string_view name;
  Member member;
  Shape shape;
};
template <class Member>
constexpr output_t<Member, std::string_view> output(std::string_view name, Member member, const char* shape) {
  return {name, member, shape};
}
template <class Member, class Shape>
  requires(!std::is_convertible_v<Shape, std::string_view>)
constexpr output_t<Member, Shape> output(std::string_view name, Member member, Shape shape) {
  return {name, member, shape};
}

/// Which values an option may take, and from which part of that a random test draws.
struct range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool open_low = false, open_high = false;
  double draw_low = -2, draw_high = 2;
};
constexpr range any_value() { return {}; }
constexpr range at_least(double low, double draw_high) {
  return {low, std::numeric_limits<double>::infinity(), false, false, low, draw_high};
}
constexpr range greater_than(double low, double draw_low, double draw_high) {
  return {low, std::numeric_limits<double>::infinity(), true, false, draw_low, draw_high};
}
constexpr range at_most(double high, double draw_low) {
  return {-std::numeric_limits<double>::infinity(), high, false, false, draw_low, high};
}
constexpr range closed(double low, double high) { return {low, high, false, false, low, high}; }

/// `get` is a member pointer, or a function from options& to the value's reference.
template <class Get>
struct number_t {
  std::string_view name;
  Get get;
  describe::range range;
};
template <class Get>
struct integer_t {
  std::string_view name;
  Get get;
  describe::range range;
};
template <class Get>
struct flag_parameter_t {
  std::string_view name;
  Get get;
};
template <class Get, std::size_t N>
struct choice_t {
  std::string_view name;
  Get get;
  std::array<std::string_view, N> names;  ///< of the enumerators 0, 1, ... in order
};
template <class Get>
constexpr number_t<Get> number(std::string_view name, Get get, range r) { return {name, get, r}; }
template <class Get>
constexpr integer_t<Get> integer(std::string_view name, Get get, range r) { return {name, get, r}; }
template <class Get>
constexpr flag_parameter_t<Get> flag(std::string_view name, Get get) { return {name, get}; }
template <class Get, class... Name>
constexpr choice_t<Get, sizeof...(Name)> choice(std::string_view name, Get get, Name... names) {
  return {name, get, {std::string_view(names)...}};
}

/// Output `name` is the derivative of the sum of output `of` by input `by`, where the options are those of `where`
/// ("level=sequence, importance=none"; elsewhere part of the expression counts as a constant).
struct gradient {
  std::string_view name, of, by;
  std::string_view where = "";
};

}}}  // namespace guerdon::describe
