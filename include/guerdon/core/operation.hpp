#pragma once
// What an operation says of itself, and what follows from it in every call: its checks and its returning form. Tests,
// pages and bindings read the same lists.
//
// An operation X is a struct op::X, outside the instruction-set namespace, with
//   about                           an info: name, family, title, papers, skeleton
//   inputs<T>, outputs<T, Of>       plain structs of views; options, a plain struct
//   arguments<I>(), results<O>()    tuples of array, optional_array, cuts, rows, time and extent: one per member
//   parameters()                    a tuple of option, choice, flag and nested: one per member
//   gradients                       optional: which result is the derivative of which
//   shape_of(result, options)       optional: the shape of a result where an option decides it
//   ragged_symbol, ragged_size<T>(backend, in, options)
//                                   optional: the dimension that only results have, and its size, for the returning form
//   decided_symbol, decided_size(in, options)
//                                   optional: a dimension that options decide, and its size; -1: the arguments say it
// and two functions of its name: one that writes, which begins with check<op::X>(backend, in, out, options), and one that
// returns, which is returned<op::X>(...).
//
// Shapes are comma-separated dimensions: a letter, a letter with +1 or -1 (of 0 too: 0), or a number. A letter is one
// number throughout the call. "*" is any shape, the same for all arrays that say so. A pair such as "B,T" may be cut
// raggedly.

#include <guerdon/core/launch.hpp>

#include <array>
#include <tuple>
#include <utility>

namespace guerdon {
namespace op {

/// How the arithmetic runs over memory; decides what tests an operation gets, and how many.
enum class skeleton {
  map,               ///< each element by itself
  segmented_reduce,  ///< reduce inside each segment, then map
  scan,              ///< first-order recurrence along time
  global_reduce,     ///< reduce the whole array, then map
  sort,              ///< order inside segments
  pairs,             ///< every element of a segment with every other: tests keep segments short
  logits_rows,       ///< softmax-type rows
  host               ///< texts, graphs, programs: on the host
};

struct info {
  std::string_view name;
  std::string_view family;  ///< folder of the header
  std::string_view title;   ///< what it is, in one line
  std::string_view papers;  ///< "arXiv:2402.03300; arXiv:2503.20783", for the index by paper
  op::skeleton skeleton;
  double tolerance = 1e-5;  ///< relative and absolute error of float results against double
  bool derived = false;     ///< the definition is this project's own, not a paper's
};

/// Which values are legal, and from which part of them tests draw.
struct range {
  enum kind { uniform, normal, whole, position, slots, index, index_of_segment, offsets, yes_no, words };
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  double low = -infinity, high = infinity;
  bool open_low = false, open_high = false, nan = true;
  double draw_low = -2, draw_high = 2;
  kind draws = uniform;
  /// Values that belong together, such as the rows of a policy: drawn by this name. Of indices and offsets: what they
  /// lead into, a dimension, or the name that case files give to cuts.
  const char* generator = nullptr;

  constexpr bool limits() const { return low > -infinity || high < infinity || !nan; }
  constexpr bool holds(double x) const {
    return !(x < low || x > high || (open_low && x == low) || (open_high && x == high)) && (nan || x == x);
  }
  constexpr range drawn(double from, double to) const {
    range r = *this;
    r.draw_low = from, r.draw_high = to;
    return r;
  }
  constexpr range without_nan() const {
    range r = *this;
    r.nan = false;
    return r;
  }
  constexpr range together(const char* name) const {
    range r = *this;
    r.generator = name;
    return r;
  }
};

/// Any number; tests draw from the normal distribution.
constexpr range any_real() { return {.draw_low = -1, .draw_high = 1, .draws = range::normal}; }
/// Any number; tests draw between these.
constexpr range drawn(double low, double high) { return range{}.drawn(low, high); }
/// Any number of an option.
constexpr range any_value() { return {}; }
constexpr range finite() {
  constexpr double most = std::numeric_limits<double>::max();
  return {.low = -most, .high = most, .nan = false, .draw_low = -1, .draw_high = 1, .draws = range::normal};
}
constexpr range at_least(double low, double draw_high) { return range{.low = low}.drawn(low, draw_high); }
constexpr range greater_than(double low, double draw_low, double draw_high) {
  return range{.low = low, .open_low = true}.drawn(draw_low, draw_high);
}
constexpr range at_most(double high, double draw_low) { return range{.high = high}.drawn(draw_low, high); }
constexpr range within(double low, double high) { return range{.low = low, .high = high}.drawn(low, high); }
/// Integers of which every one is legal; tests draw between these.
constexpr range integers(double low, double high) {
  return {.draw_low = low, .draw_high = high, .draws = range::whole};
}
/// Integers between these.
constexpr range whole_within(double low, double high) {
  return {.low = low, .high = high, .draw_low = low, .draw_high = high, .draws = range::whole};
}
/// Lengths, counts, step numbers: at least 0.
constexpr range counts(double draw_high) {
  return {.low = 0, .draw_low = 0, .draw_high = draw_high, .draws = range::whole};
}
constexpr range counts_from(double low, double draw_high) {
  return {.low = low, .draw_low = low, .draw_high = draw_high, .draws = range::whole};
}
/// Of an array "B": an index into row b of "B,T".
constexpr range position_in_row() { return {.draws = range::position}; }
/// Of an array "B,K": different indices into row b of "B,T", or -1 for none; of an array "K": into every row.
constexpr range slots_in_row() { return {.draws = range::slots}; }
/// An index into a dimension of other arrays, at least `low`. The call checks `low`, the operation the other end.
constexpr range index_into(const char* dimension, double low = 0) {
  return {.low = low, .draw_low = low, .draws = range::index, .generator = dimension};
}
/// The same where anything below 0 stands for none.
constexpr range index_or_none(const char* dimension) {
  return {.draw_low = -1, .draws = range::index, .generator = dimension};
}
/// Of an array with one element per segment: an index into the array that these offsets cut, inside the segment.
constexpr range index_in_segment(const char* offsets) {
  return {.draws = range::index_of_segment, .generator = offsets};
}
/// Of an array that is cut as often as `dimension` is: an index into the part of `dimension` beside the element's own.
constexpr range position_in(const char* dimension) { return {.draws = range::position, .generator = dimension}; }
/// Offsets of a host operation that cut this dimension.
constexpr range offsets_of(const char* dimension) { return {.draws = range::offsets, .generator = dimension}; }
constexpr range yes_or_no() { return {.draw_low = 0, .draw_high = 1, .draws = range::yes_no}; }
constexpr range words() { return {.draws = range::words}; }

/// One dimension of a shape.
struct dimension {
  char symbol = 0;  ///< a letter; 0: a fixed number
  bool plus_one = false, minus_one = false;
  index_t fixed = 0;

  /// Its size where the letter is n; and n where it has this size.
  constexpr index_t at(index_t n) const {
    return symbol == 0 ? fixed : plus_one ? n + 1 : minus_one && n > 0 ? n - 1 : n;
  }
  constexpr index_t of(index_t size) const { return plus_one ? size - 1 : minus_one ? size + 1 : size; }
  friend constexpr bool operator==(const dimension&, const dimension&) = default;
};
/// "T+1,B" taken apart, at compile time.
struct shape {
  static constexpr int most = 4;
  const char* text = "";
  dimension at[most] = {};
  int count = 0;

  constexpr shape() = default;
  constexpr shape(const char* shape_text) : text(shape_text) {
    for (const char* c = text; *c != 0;) {
      dimension& d = at[count++];
      if ((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == '*') d.symbol = *c++;
      for (; *c >= '0' && *c <= '9'; ++c) d.fixed = d.fixed * 10 + (*c - '0');
      if (*c == '+' || *c == '-') (*c == '+' ? d.plus_one : d.minus_one) = true, c += 2;
      while (*c == ',' || *c == ' ') ++c;
    }
  }
  constexpr bool is(const shape& other) const {
    if (count != other.count) return false;
    for (int i = 0; i < count; ++i)
      if (!(at[i] == other.at[i])) return false;
    return true;
  }
};

/// What is known of an argument, without its type.
struct field_info {
  enum kind { array, cuts, rows, time, list, extent };  // list: core/host_operation.hpp

  const char* name;       ///< as the code writes it
  const char* file_name;  ///< as case files write it
  op::shape shape;        ///< of an array; of cuts: what they cut
  op::shape count = {};   ///< of cuts: the symbol that counts the segments
  field_info::kind kind = array;
  bool optional = false;
  op::range range = {};
  bool governs = true;  ///< of a mask: what it masks is not looked at
  bool may_be_nan = false;   ///< of a result: NaN is its answer where there is nothing to tell
  const char* group = "";    ///< the nested struct it stands in
  const char* offsets = "";  ///< of a list: what case files call where its parts begin
};
template <class Member>
struct field {
  field_info info;
  Member member;

  /// Case files call it otherwise.
  constexpr field in_files(const char* file_name) const {
    field f = *this;
    f.info.file_name = file_name;
    return f;
  }
  /// A result that is NaN where there is nothing to tell, such as the mean of nobody.
  constexpr field or_nan() const {
    field f = *this;
    f.info.may_be_nan = true;
    return f;
  }
  /// A mask under which values still count for something.
  constexpr field hiding_nothing() const {
    field f = *this;
    f.info.governs = false;
    return f;
  }
};

template <class Member>
constexpr field<Member> array(const char* name, Member member, const char* shape, range r = any_real()) {
  return {{name, name, shape, {}, field_info::array, false, r}, member};
}
/// An array that may be left out. Two of one name in case files, and of different shapes, are alternatives.
template <class Member>
constexpr field<Member> optional_array(const char* name, Member member, const char* shape, range r = any_real()) {
  return {{name, name, shape, {}, field_info::array, true, r}, member};
}
/// Segments that cut the dimension, or the pair of dimensions, `cut` into `count` pieces. Case files give CSR offsets.
template <class Member>
constexpr field<Member> cuts(const char* name, Member member, const char* count, const char* cut) {
  return {{name, name, cut, count, field_info::cuts, false, {}}, member};
}
template <class Member>
constexpr field<Member> optional_cuts(const char* name, Member member, const char* count, const char* cut) {
  return {{name, name, cut, count, field_info::cuts, true, {}}, member};
}
/// The rows of token arrays: in case files the arrays' shape says them, or row_offsets.
template <class Member>
constexpr field<Member> rows(Member member, const char* cut = "B,T") {
  return {{"rows", "row_offsets", cut, "B", field_info::rows, false, {}}, member};
}
/// Rows that only some options need.
template <class Member>
constexpr field<Member> optional_rows(Member member, const char* cut = "B,T") {
  return {{"rows", "row_offsets", cut, "B", field_info::rows, true, {}}, member};
}
/// The layout of time-major "T,B" arrays, likewise.
template <class Member>
constexpr field<Member> time(Member member) {
  return {{"time", "time", "T,B", {}, field_info::time, false, {}}, member};
}
/// The size of a dimension that the arrays, which are flat, do not tell.
template <class Member>
constexpr field<Member> extent(const char* name, Member member, const char* symbol) {
  return {{name, name, symbol, {}, field_info::extent, false, {}}, member};
}

/// What is known of an option, without its type.
struct option_info {
  enum kind { number, integer, flag, choice, text };

  const char* name;        ///< as the code writes it
  const char* file_name;   ///< as case files write it
  const char* group = "";  ///< the nested struct it stands in
  option_info::kind kind = number;
  op::range range = {};
  int alternatives = 0;                  ///< of a choice
  const char* const* names = nullptr;    ///< of a choice's enumerators, in order
  bool required = false;                 ///< has no default
};
template <class Member>
struct option_field {
  option_info info;
  Member member;  ///< a member pointer, or a path of them

  constexpr option_field in_files(const char* file_name) const {
    option_field f = *this;
    f.info.file_name = file_name;
    return f;
  }
  /// Of a choice: its first alternatives only.
  constexpr option_field first(int alternatives) const {
    option_field f = *this;
    f.info.alternatives = alternatives;
    return f;
  }
};

namespace list {

template <class Member>
struct member_type;
template <class Struct, class Type>
struct member_type<Type Struct::*> {
  using type = Type;
  using owner = Struct;
};
template <class Member>
using type_of = typename member_type<Member>::type;

/// A member of a member.
template <class Outer, class Inner>
struct path {
  Outer outer;
  Inner inner;
};
template <class Outer, class Inner>
struct member_type<path<Outer, Inner>> : member_type<Inner> {};

/// The names beside an enumeration: `constexpr auto enumerators(laser_mode) { return std::array{"reward", ...}; }`.
template <class E>
inline constexpr auto names_of = enumerators(E{});

template <class Struct, class Type, class Owner>
[[gnu::always_inline]] GUERDON_HD constexpr auto& at(Struct& s, Type Owner::*member) {
  return s.*member;
}
template <class Struct, class Outer, class Inner>
[[gnu::always_inline]] GUERDON_HD constexpr auto& at(Struct& s, const path<Outer, Inner>& p) {
  return at(at(s, p.outer), p.inner);
}

template <class Member>
constexpr bool default_is_missing(Member member) {
  typename member_type<Member>::owner standard{};
  const auto& x = standard.*member;
  if constexpr (std::is_enum_v<type_of<Member>>) return static_cast<index_t>(x) == -1;
  else if constexpr (std::is_same_v<type_of<Member>, index_t>) return x == static_cast<index_t>(required);
  else return x != x;
}

template <template <class> class Field, class Outer, class... Inner>
constexpr auto inside(const char* group, Outer outer, const Field<Inner>&... fields) {
  const auto nest = [&]<class Member>(const Field<Member>& f) {
    Field<path<Outer, Member>> g{f.info, {outer, f.member}};
    g.info.group = group;
    return g;
  };
  return std::tuple(nest(fields)...);
}

}  // namespace list

/// A number (double) or an integer (index_t). NaN is refused, and so is what lies outside the range.
template <class Member>
constexpr option_field<Member> option(const char* name, Member member, range r = any_value()) {
  constexpr bool whole = std::is_same_v<list::type_of<Member>, index_t>;
  return {{name, name, "", whole ? option_info::integer : option_info::number, r.without_nan(), 0, nullptr,
           list::default_is_missing(member)}, member};
}
/// A number that may be NaN.
template <class Member>
constexpr option_field<Member> option_or_nan(const char* name, Member member, range r = any_value()) {
  return {{name, name, "", option_info::number, r, 0, nullptr, false}, member};
}
template <class Member>
constexpr option_field<Member> flag(const char* name, Member member) {
  return {{name, name, "", option_info::flag, within(0, 1)}, member};
}
/// One of an enumeration's alternatives, whose names stand beside it in `enumerators`.
template <class Member>
constexpr option_field<Member> choice(const char* name, Member member) {
  constexpr auto& names = list::names_of<list::type_of<Member>>;
  return {{name, name, "", option_info::choice, {}, static_cast<int>(names.size()), names.data(),
           list::default_is_missing(member)}, member};
}
/// The options of a struct inside the options, which lists its own: std::tuple_cat(..., nested("clip", &options::clip)).
template <class Member>
constexpr auto nested(const char* name, Member member) {
  return std::apply([&](const auto&... f) { return list::inside<option_field>(name, member, f...); },
                    list::type_of<Member>::parameters());
}
/// The arguments of a struct inside the inputs, likewise.
template <class Member>
constexpr auto nested_arguments(const char* name, Member member) {
  using inner = list::type_of<Member>;
  return std::apply([&](const auto&... f) { return list::inside<field>(name, member, f...); },
                    inner::template arguments<inner>());
}

/// Result `name` is the derivative of the sum of result `of` by argument `by`, where the options are those of `where`
/// ("level=sequence, importance=none"; elsewhere part of the expression counts as a constant).
struct gradient {
  const char *name, *of, *by;
  const char* where = "";
};

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// An argument of a call, without its type.
struct given {
  const void* data = nullptr;
  index_t size = 0;
  bool (*outside)(const void* data, index_t from, index_t n, const op::range&) = nullptr;  // of an array with a range
  const segments* cut = nullptr;
  const time_layout* time = nullptr;
};
inline given as_given(const segments& s) { return {nullptr, 0, nullptr, &s, nullptr}; }
inline given as_given(const time_layout& t) { return {nullptr, 0, nullptr, nullptr, &t}; }
inline given as_given(index_t extent) { return {nullptr, extent, nullptr, nullptr, nullptr}; }
template <class T>
given as_given(const view<T>& v) { return {v.data(), v.size(), nullptr, nullptr, nullptr}; }

/// Does one of the elements lie outside the range? Loops that vectorise.
template <class T>
[[gnu::noinline]] bool any_outside(const void* data, index_t from, index_t n, const op::range& r) {
  using R = std::conditional_t<std::is_same_v<T, index_t>, index_t, real_t<T>>;
  const T* const x = static_cast<const T*>(data) + from;
  int bad = 0;
  if constexpr (std::is_same_v<T, index_t>) {
    const double least = r.low > -9e18 ? r.low : -9e18, most = r.high < 9e18 ? r.high : 9e18;
    const index_t low = static_cast<index_t>(least), high = static_cast<index_t>(most);
    for (index_t i = 0; i < n; ++i) bad |= (x[i] < low) | (x[i] > high);
  } else {
    const double most = static_cast<double>(std::numeric_limits<R>::max()), inf = op::range::infinity;
    R low = R(r.low < -most && r.low > -inf ? -most : r.low), high = R(r.high > most && r.high < inf ? most : r.high);
    if (r.open_low) low = std::nextafter(low, R(inf));
    if (r.open_high) high = std::nextafter(high, R(-inf));
    const bool no_nan = !r.nan;
    for (index_t i = 0; i < n; ++i) {
      const R y = R(x[i]);
      bad |= (y < low) | (y > high) | (no_nan & (y != y));
    }
  }
  return bad != 0;
}
/// An array whose elements have a range to lie in.
template <class T>
given as_ranged(const view<T>& v) {
  using E = std::remove_const_t<T>;
  given g = as_given(v);
  if constexpr (storage<E> || std::is_same_v<E, index_t>) g.outside = any_outside<E>;
  return g;
}
template <class Other>
given as_ranged(const Other& x) { return as_given(x); }

[[gnu::cold, gnu::noinline]] inline sentence& operator<<(sentence& s, double x) {
  if (x == static_cast<double>(static_cast<index_t>(x))) return s << static_cast<index_t>(x);
  std::string digits = std::to_string(x);
  while (digits.back() == '0') digits.pop_back();
  return s << std::string_view(digits);
}
[[gnu::cold, gnu::noinline]] inline sentence& operator<<(sentence& s, const op::range& r) {
  const bool low = r.low > -std::numeric_limits<double>::max(), high = r.high < std::numeric_limits<double>::max();
  if (!low && !high)
    return s << (r.high < std::numeric_limits<double>::infinity() ? "must be finite" : "must be a number");
  if (low && high && !r.open_low && !r.open_high) return s << "must lie between " << r.low << " and " << r.high;
  s << "must be ";
  if (low) s << (r.open_low ? "greater than " : "at least ") << r.low;
  if (low && high) s << " and ";
  if (high) s << (r.open_high ? "less than " : "at most ") << r.high;
  return s;
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_range(std::string_view operation, const char* name,
                                                                const op::range& r) {
  sentence problem;
  refuse(operation, name, (problem << r).text());
}

/// A dimension that options decide.
struct decided_dimension {
  char symbol = 0;
  index_t size = -1;
};
template <class Op, class In, class Options>
decided_dimension decided_by(const In& in, const Options& o) {
  if constexpr (requires { Op::decided_symbol; }) return {Op::decided_symbol, Op::decided_size(in, o)};
  else return {};
}

/// The dimensions of one call: bound by the arguments as they come, held against each other. No heap, nothing that
/// depends on the operation's type.
class call_shapes {
 public:
  [[gnu::noinline]] call_shapes(std::string_view operation, const op::field_info* fields, const given* arguments,
                                int count, decided_dimension decided = {})
      : operation_(operation), fields_(fields), arguments_(arguments), count_(count) {
    if (decided.size >= 0) bind(decided.symbol, decided.size, -1);
    for (int i = 0; i < count; ++i) {  // what says dimensions, before what has them
      if (fields[i].kind == op::field_info::extent) {
        require(arguments[i].size >= 0, operation, fields[i].name, "must be at least 0");
        bind(fields[i].shape.at[0], arguments[i].size, i);
      } else if (const time_layout* t = arguments[i].time) {
        require(t->steps >= 0 && t->columns >= 0, operation, fields[i].name,
                "must have a shape of T >= 0 steps and B >= 0 columns");
        bind(fields[i].shape.at[0], t->steps, i);
        bind(fields[i].shape.at[1], t->columns, i);
      } else if (const segments* s = arguments[i].cut; s != nullptr && *s) {
        require(s->count() >= 0, operation, fields[i].name,
                "offsets must hold at least one number, the 0 they start with");
        if (fields[i].shape.count > 1)
          flat_[flats_++] = {&fields[i].shape, s->ragged() ? -1 : s->count() * s->stride(), i, true};
      }
    }
    for (int i = 0; i < count; ++i)
      if (has_elements(fields[i]) && (arguments[i].data || !fields[i].optional))
        bind(fields[i].shape, arguments[i].size, i, fields[i].name);
    for (int i = 0; i < count; ++i)
      if (const segments* s = arguments[i].cut) {
        if (*s) bind(fields[i].count.at[0], s->count(), i);
        else require(fields[i].optional, operation, fields[i].name, "is required and was not given");
      }
    for (int i = 0; i < count && flats_ > 0; ++i) settle(fields[i], arguments[i].size, i);
  }

  /// Results have the shapes that the arguments have bound. A size that only results have, they share.
  [[gnu::noinline]] void require_result(const op::field_info& f, const op::shape& shape, const given& result) {
    if (f.optional && !result.data) return;
    if (flat(shape) < 0 && !known(shape)) return bind(shape, result.size, 0, f.name);
    if (const index_t wanted = size(shape); result.size != wanted)
      mismatch(f.name, result.size, wanted, who(shape), shape);
  }

  /// Elements of an array of this shape.
  [[gnu::noinline]] index_t size(const op::shape& s) const {
    if (const int k = flat(s); k >= 0) return flat_[k].size < 0 ? 0 : flat_[k].size;
    index_t n = 1;
    for (int i = 0; i < s.count; ++i) n *= s.at[i].at(size_of(s.at[i].symbol));
    return n;
  }
  index_t operator[](char symbol) const { return size_of(symbol); }
  void bind(char symbol, index_t size, int who) { bind(op::dimension{symbol}, size, who); }

  /// Looks at memory: cuts are cuts, elements lie in their ranges. For host backends.
  void look_inside() const {
    for (int i = 0; i < count_; ++i)
      if (const segments* s = arguments_[i].cut; s != nullptr && *s)
        require_segments(*this, *s, size_cut(*s, fields_[i].shape), operation_, fields_[i].name);
    for (int i = 0; i < count_; ++i)  // now that the cuts are known to be cuts
      if (fields_[i].range.limits() && has_elements(fields_[i])) look_at(fields_[i], arguments_[i]);
  }
  /// What can be said of cuts without looking at memory.
  void look_outside() const {
    for (int i = 0; i < count_; ++i)
      if (const segments* s = arguments_[i].cut; s != nullptr && *s && !s->ragged())
        require(s->stride() >= 0 && s->count() * s->stride() == size_cut(*s, fields_[i].shape), operation_,
                fields_[i].name, "has a shape (count x length) that does not match the size of the array it cuts");
  }
  static constexpr bool on_host = true;  // for require_segments

 private:
  struct flat_dimensions {
    const op::shape* shape;
    index_t size;
    int who;
    bool cut = false;  // raggedly, or by known rows: only as a whole has it a size
  };

  static bool has_elements(const op::field_info& f) {
    return f.kind == op::field_info::array || f.kind == op::field_info::list;
  }
  static int slot(char symbol) { return symbol == '*' ? 63 : symbol - 'A'; }
  bool bound(char symbol) const { return symbol != 0 && (bound_ >> slot(symbol) & 1) != 0; }
  index_t size_of(char symbol) const { return bound(symbol) ? size_[slot(symbol)] : 0; }
  /// Elements that cuts of this shape cut: those of the arrays; where none has the shape, the cuts' own end. Rows of no
  /// elements, which no array can count, are none.
  index_t size_cut(const segments& s, const op::shape& shape) const {
    if (flat(shape) >= 0 || known(shape)) return size(shape);
    if (shape.count == 1 && untold_ >> slot(shape.at[0].symbol) & 1) return 0;
    return s.ragged() ? s.offsets()[s.count()] : s.count() * s.stride();
  }
  bool known(const op::shape& s) const {
    for (int i = 0; i < s.count; ++i)
      if (s.at[i].symbol != 0 && !bound(s.at[i].symbol)) return false;
    return true;
  }
  [[gnu::noinline]] int flat(const op::shape& s) const {
    for (int k = 0; k < flats_; ++k)
      if (flat_[k].shape->is(s)) return k;
    return -1;
  }

  [[gnu::noinline]] void bind(const op::dimension& d, index_t size, int who) {
    const index_t n = d.of(size);
    if (d.symbol == 0) {
      if (size != d.fixed) mismatch(fields_[who].name, size, d.fixed, -1, fields_[who].shape);
    } else if (!bound(d.symbol)) {
      bound_ |= std::uint64_t(1) << slot(d.symbol);
      size_[slot(d.symbol)] = n;
      who_[slot(d.symbol)] = who;
    } else if (const index_t wanted = d.at(size_of(d.symbol)); wanted != size) {
      mismatch(fields_[who].name, size, wanted, who_[slot(d.symbol)], fields_[who].shape);
    }
  }
  [[gnu::noinline]] void bind(const op::shape& s, index_t size, int who, const char* name) {
    if (s.count == 1) return bind(s.at[0], size, who);
    const int k = flat(s);
    const auto [unknown, last, known] = missing_of(s);
    if (k >= 0) {
      if (flat_[k].size < 0) flat_[k].size = size, flat_[k].who = who;
      else if (flat_[k].size != size) mismatch(name, size, flat_[k].size, flat_[k].who, s);
    } else if (unknown > 1) {
      require(flats_ < most_flats, operation_, name, "has a shape that nothing else tells");
      flat_[flats_++] = {&s, size, who};
    } else if (unknown == 0 || known == 0) {
      if (size != known) mismatch(name, size, known, this->who(s), s);
      if (unknown == 1) untold_ |= std::uint64_t(1) << slot(s.at[last].symbol);
    } else {
      if (size % known != 0) mismatch(name, size, known, this->who(s), s);
      bind(s.at[last], size / known, who);
    }
  }
  /// An array that came before the one which says its other dimension.
  [[gnu::cold, gnu::noinline]] void settle(const op::field_info& f, index_t size, int who) {
    const int k = f.kind == op::field_info::array ? flat(f.shape) : -1;
    if (k < 0 || flat_[k].cut || flat_[k].who != who) return;
    const auto [unknown, last, known] = missing_of(f.shape);
    if (unknown > 1 || known == 0) return;
    if (unknown == 0 ? size != known : size % known != 0) mismatch(f.name, size, known, this->who(f.shape), f.shape);
    if (unknown == 1) bind(f.shape.at[last], size / known, who);
  }
  struct missing {
    int unknown, last;  ///< dimensions without a size: how many, and the last of them
    index_t known;      ///< the product of the others
  };
  [[gnu::cold, gnu::noinline]] missing missing_of(const op::shape& s) const {
    missing m{0, 0, 1};
    for (int i = 0; i < s.count; ++i) {
      if (s.at[i].symbol != 0 && !bound(s.at[i].symbol)) ++m.unknown, m.last = i;
      else m.known *= s.at[i].at(size_of(s.at[i].symbol));
    }
    return m;
  }
  /// An argument that has said one of the dimensions.
  int who(const op::shape& s) const {
    if (const int k = flat(s); k >= 0) return flat_[k].who;
    for (int i = 0; i < s.count; ++i)
      if (s.at[i].symbol != 0 && bound(s.at[i].symbol)) return who_[slot(s.at[i].symbol)];
    return -1;
  }
  [[noreturn, gnu::cold, gnu::noinline]] void mismatch(const char* name, index_t size, index_t wanted, int who,
                                                       const op::shape& s) const {
    for (int i = 0; i < count_; ++i)  // an array of nothing among others: it was forgotten
      if (has_elements(fields_[i]) && !fields_[i].optional && !arguments_[i].data &&
          ((i == who && wanted == 0) || std::string_view(fields_[i].name) == name))
        refuse(operation_, fields_[i].name, "is required and was not given");
    sentence problem;
    problem << "has the wrong shape: " << size << " elements where ";
    if (who >= 0) problem << fields_[who].name << " asks for ";
    else problem << "there must be ";
    problem << wanted << " ([" << s.text << "])";
    refuse(operation_, name, problem.text());
  }

  [[gnu::cold, gnu::noinline]] void look_at(const op::field_info& f, const given& a) const {
    const segments* padded = nullptr;  // what lies behind padded segments is not looked at
    for (int i = 0; i < count_; ++i)
      if (const segments* s = arguments_[i].cut; s != nullptr && s->padded() && fields_[i].shape.is(f.shape))
        padded = s;
    bool bad = false;
    if (!a.outside || !a.data) return;
    if (!padded) bad = a.outside(a.data, 0, a.size, f.range);
    else
      for (index_t s = 0; s < padded->count(); ++s)
        bad |= a.outside(a.data, padded->begin(s), padded->size(s), f.range);
    if (bad) refuse_range(operation_, f.name, f.range);
  }

  static constexpr int most_flats = 8;
  std::string_view operation_;
  const op::field_info* fields_;
  const given* arguments_;
  int count_;
  std::uint64_t bound_ = 0, untold_ = 0;
  index_t size_[64];
  int who_[64];
  flat_dimensions flat_[most_flats];
  int flats_ = 0;
};

struct option_value {
  double number;
  index_t integer;
  bool given = true;  ///< false: a std::optional without a value
};
inline option_value as_option(double x) { return {x, 0}; }
inline option_value as_option(index_t x) { return {0, x}; }
inline option_value as_option(bool) { return {0, 0}; }
template <class E>
  requires std::is_enum_v<E>
option_value as_option(E x) { return {0, static_cast<index_t>(x)}; }

[[gnu::cold, gnu::noinline]] inline std::string written(const op::option_info& o) {
  sentence s;
  return (*o.group == 0 ? s << o.name : s << o.group << "." << o.name).text();
}

inline bool is_legal(const op::option_info& o, const option_value& x) {
  switch (o.kind) {
    case op::option_info::number: return o.range.holds(x.number);
    case op::option_info::integer:
      return o.range.holds(static_cast<double>(x.integer)) && !(o.required && is_missing(x.integer));
    case op::option_info::choice: return x.integer >= 0 && x.integer < o.alternatives;
    case op::option_info::flag:
    case op::option_info::text: break;
  }
  return true;
}
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_option(std::string_view operation, const op::option_info& o,
                                                                 const option_value& x) {
  const bool choice = o.kind == op::option_info::choice;
  const bool missing = choice                              ? x.integer == -1
                       : o.kind == op::option_info::number ? x.number != x.number
                                                           : is_missing(x.integer);
  if (o.required && missing) refuse(operation, written(o), "is required and was not given");
  sentence problem;
  if (choice) problem << "is not one of its alternatives: ";
  else problem << o.range;
  for (int k = 0; k < o.alternatives; ++k) problem << (k > 0 ? ", " : "") << o.names[k];
  refuse(operation, written(o), problem.text());
}
[[gnu::noinline]] inline void check_options(std::string_view operation, const op::option_info* options,
                                            const option_value* values, int count) {
  for (int i = 0; i < count; ++i)
    if (values[i].given && !is_legal(options[i], values[i])) refuse_option(operation, options[i], values[i]);
}

/// The lists of an operation as tables.
template <class Tuple>
constexpr auto infos_of(const Tuple& fields) {
  return std::apply([](const auto&... f) { return std::array{f.info...}; }, fields);
}
template <class Op, class I>
inline constexpr auto arguments_of = Op::template arguments<I>();
template <class Op, class I>
inline constexpr auto argument_infos = infos_of(arguments_of<Op, I>);
template <class Op, class O>
inline constexpr auto results_of = Op::template results<O>();
template <class Op>
inline constexpr auto parameters_of = Op::parameters();

template <class Op, class In>
auto all_given(const In& in) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    const auto one = [&]<std::size_t i>() {
      constexpr auto& field = std::get<i>(arguments_of<Op, In>);
      if constexpr (field.info.range.limits()) return as_ranged(op::list::at(in, field.member));
      else return as_given(op::list::at(in, field.member));
    };
    return std::array<given, sizeof...(k)>{one.template operator()<k>()...};
  }(std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(arguments_of<Op, In>)>>>());
}
template <class Op, class Options>
op::shape result_shape(const op::field_info& f, const Options& o) {
  if constexpr (requires { Op::shape_of(f.name, o); }) return op::shape(Op::shape_of(f.name, o));
  else return f.shape;
}

}  // namespace detail

/// What is left for an operation to check itself: rules across arguments.
/// `rule(o.std_kind == std_kind::all, "std_kind", "must be all where std_scope is batch")`.
class call_rules {
 public:
  explicit call_rules(std::string_view operation) : operation_(operation) {}
  void operator()(bool holds, const char* argument, const char* problem) const {
    if (!holds) refuse(operation_, argument, problem);
  }

 private:
  std::string_view operation_;
};

/// Checks the arguments alone.
template <class Op, class Backend, class In>
void check_arguments(const Backend&, const In& in) {
  const auto& fields = detail::argument_infos<Op, In>;
  const auto arguments = detail::all_given<Op>(in);
  const detail::call_shapes shapes(Op::about.name, fields.data(), arguments.data(), static_cast<int>(fields.size()));
  if constexpr (Backend::on_host) shapes.look_inside();
  else shapes.look_outside();
}

namespace detail {
template <class Op, class Options>
void check_options_of(const Options& o) {
  if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(parameters_of<Op>)>> > 0)
    std::apply([&](const auto&... p) {
      static constexpr auto options = infos_of(parameters_of<Op>);
      const option_value values[] = {as_option(op::list::at(o, p.member))...};
      check_options(Op::about.name, options.data(), values, static_cast<int>(options.size()));
    }, parameters_of<Op>);
}
/// Do options decide a dimension? Then they are looked at before the arrays.
template <class Op>
inline constexpr bool decides = requires { Op::decided_symbol; };
}  // namespace detail

namespace detail {
/// check() of these arguments.
template <class Op, class Backend, class In, class Out, class Options, std::size_t n>
call_rules check_call(const Backend&, const In& in, const Out& out, const Options& o,
                      const std::array<given, n>& arguments) {
  const auto& fields = argument_infos<Op, In>;
  if constexpr (decides<Op>) check_options_of<Op>(o);
  call_shapes shapes(Op::about.name, fields.data(), arguments.data(), static_cast<int>(n), decided_by<Op>(in, o));
  std::apply([&](const auto&... f) {
    (shapes.require_result(f.info, result_shape<Op>(f.info, o), as_given(op::list::at(out, f.member))), ...);
  }, results_of<Op, Out>);
  if constexpr (!decides<Op>) check_options_of<Op>(o);
  if constexpr (Backend::on_host) shapes.look_inside();
  else shapes.look_outside();
  return call_rules(Op::about.name);
}
/// The same of an operation that is a part of another call, which has its results.
template <class Op, class Backend, class In, class Options, std::size_t n>
void check_part(const Backend&, const In&, const Options& o, const std::array<given, n>& arguments) {
  const call_shapes shapes(Op::about.name, argument_infos<Op, In>.data(), arguments.data(), static_cast<int>(n));
  check_options_of<Op>(o);
  if constexpr (Backend::on_host) shapes.look_inside();
  else shapes.look_outside();
}
}  // namespace detail

/// Checks a call by the operation's lists: sizes against each other, cuts, elements (on host backends), options.
/// Throws std::invalid_argument naming the argument. Costs tens of nanoseconds and no memory.
template <class Op, class Backend, class In, class Out, class Options>
call_rules check(const Backend& backend, const In& in, const Out& out, const Options& o) {
  return detail::check_call<Op>(backend, in, out, o, detail::all_given<Op>(in));
}

/// The returning form of an operation: makes the arrays, has `write` fill them, returns them: the one array of an
/// operation with one result, else its outputs struct.
template <class Op, class T, class Backend, class In, class Options, class Write>
auto returned(const Backend& backend, const In& in, const Options& o, Write write) {
  using owned = typename Op::template outputs<T, Backend::template array>;
  using views = typename Op::template outputs<T, view>;
  const auto& fields = detail::argument_infos<Op, In>;
  const auto arguments = detail::all_given<Op>(in);
  if constexpr (detail::decides<Op>) detail::check_options_of<Op>(o);
  detail::call_shapes shapes(Op::about.name, fields.data(), arguments.data(), static_cast<int>(fields.size()),
                             detail::decided_by<Op>(in, o));
  if constexpr (requires { Op::template ragged_size<T>(backend, in, o); }) {
    check_arguments<Op>(backend, in);
    shapes.bind(Op::ragged_symbol, Op::template ragged_size<T>(backend, in, o), 0);
  }
  owned result{};
  views out{};
  std::apply([&](const auto&... mine) {
    std::apply([&](const auto&... seen) {
      ((result.*mine.member = backend.template make<std::remove_reference_t<decltype((out.*seen.member)[0])>>(
            shapes.size(detail::result_shape<Op>(mine.info, o))),
        out.*seen.member = result.*mine.member), ...);
    }, detail::results_of<Op, views>);
  }, detail::results_of<Op, owned>);
  write(out);
  if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(detail::results_of<Op, owned>)>> == 1)
    return std::move(result.*(std::get<0>(detail::results_of<Op, owned>).member));
  else
    return result;
}

}}  // namespace guerdon
