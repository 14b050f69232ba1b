#pragma once
// Operations on texts, graphs and programs, and values with state: plain functions of small structs, in double, on the
// host, with no element type and no backend.
//
// An operation X is a struct op::X : host_kind with about, inputs, outputs, options and their lists, as in
// operation.hpp, and a function
//   op::X::outputs X(const op::X::inputs&, const op::X::options& = {})
// which begins with check<op::X>(in, options). Where it is called once per row of a batch, members of shape "B" are one
// text, number or flag of that row, and a list member is that row's part; host_rows runs the batch.
//
// A value is a struct that is its state: X{options}.update(...), readings, and fields(), by which it is saved and
// restored. Its op::X : value_kind describes one update: state and event in, state and readings out.

#include <guerdon/core/host_rows.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/core/text_view.hpp>

namespace guerdon {
namespace op {

struct host_kind {};
struct value_kind {};

/// The part of a list that belongs to a row: case files give all parts end to end, and their offsets.
template <class Member>
constexpr field<Member> list_of(const char* name, Member member, const char* shape, const char* offsets,
                                range r = any_real()) {
  field<Member> f{{name, name, shape, "B", field_info::list, false, r}, member};
  f.info.offsets = offsets;
  return f;
}
/// The size of a dimension, which the code needs beside flat arrays.
template <class Member>
constexpr field<Member> extent(const char* name, Member member, const char* symbol) {
  return {{name, name, symbol, {}, field_info::extent, false, {}}, member};
}
/// A text among the options: a std::string_view. Tests draw it by the name that `r` gives, or take the default.
template <class Member>
constexpr option_field<Member> text(const char* name, Member member, range r = words()) {
  return {{name, name, "", option_info::text, r, 0, nullptr, false}, member};
}

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

inline given as_given(const text_view& t) { return {t ? &t : nullptr, t.size(), given::other, nullptr, nullptr}; }
inline option_value as_option(std::string_view) { return {0, 0}; }

/// Arrays of a host call are held against each other; single texts and numbers have no shape.
template <class Member>
inline constexpr bool is_array = false;
template <class T>
inline constexpr bool is_array<view<T>> = true;
template <>
inline constexpr bool is_array<text_view> = true;

}  // namespace detail

/// Checks a host call by the operation's lists: extents against arrays, numbers against their ranges, options.
template <class Op, class In, class Options>
call_rules check(const In& in, const Options& o) {
  std::apply([&](const auto&... f) {
    constexpr std::size_t most = sizeof...(f) + 1;
    op::field_info fields[most];
    detail::given arguments[most];
    int arrays = 0;
    [[maybe_unused]] const auto take = [&](const op::field_info& info, const auto& x) {
      using member = std::remove_cvref_t<decltype(x)>;
      if constexpr (detail::is_array<member>) {
        fields[arrays] = info;
        arguments[arrays++] = detail::as_given(x);
      } else if constexpr (std::is_arithmetic_v<member>) {
        if (info.kind == op::field_info::extent) {
          require(x >= 0, Op::about.name, info.name, "must be at least 0");
          fields[arrays] = info;
          arguments[arrays++] = {nullptr, static_cast<index_t>(x), detail::given::other, nullptr, nullptr};
        } else if (!info.range.holds(static_cast<double>(x))) {
          refuse(Op::about.name, info.name, detail::range_sentence(info.range));
        }
      }
    };
    (take(f.info, op::list::at(in, f.member)), ...);
    detail::call_shapes(Op::about.name, fields, arguments, arrays).look_inside();
  }, Op::template arguments<In>());
  if constexpr (std::tuple_size_v<decltype(Op::parameters())> > 0)
    std::apply([&](const auto&... p) {
      static constexpr auto options = detail::infos_of(Op::parameters());
      const detail::option_value values[] = {detail::as_option(op::list::at(o, p.member))...};
      detail::check_options(Op::about.name, options.data(), values, static_cast<int>(options.size()));
    }, Op::parameters());
  return call_rules(Op::about.name);
}

}}  // namespace guerdon
