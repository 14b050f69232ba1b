#pragma once
// Operations on texts, graphs and programs: plain functions of small structs, in double, on the host, with no element
// type and no backend.
//
// An operation X is a struct op::X : host_kind with about, inputs, outputs, options and their lists, as in
// operation.hpp, and a function
//   op::X::outputs X(const op::X::inputs&, const op::X::options& = {})
// which begins with check<op::X>(in, options). Where it is called once per row of a batch, members of shape "B" are one
// text, number or flag of that row, and a list member is that row's part; host_rows runs the batch.

#include <guerdon/core/host_rows.hpp>
#include <guerdon/core/value.hpp>

namespace guerdon { namespace op {

struct host_kind {};

/// The part of a list that belongs to a row: case files give all parts end to end, and their offsets. Of shape "P,4" the
/// offsets count rows of four numbers.
template <class Member>
constexpr field<Member> list_of(const char* name, Member member, const char* shape, const char* offsets,
                                range r = any_real()) {
  field<Member> f{{name, name, shape, "B", field_info::list, false, r}, member};
  f.info.offsets = offsets;
  return f;
}
/// A text among the options: a std::string_view. Tests draw it by the name that `r` gives, or take the default.
template <class Member>
constexpr option_field<Member> text(const char* name, Member member, range r = words()) {
  return {{name, name, "", option_info::text, r, 0, nullptr, false}, member};
}

}}  // namespace guerdon::op
