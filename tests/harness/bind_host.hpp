#pragma once
// From the lists of a host operation, or of a value, to a table without types: what a generated source makes per
// operation. All conversions are compiled once, in bind_host.cpp, those of members by what the members are.

#include "dimensions.hpp"
#include "forms.hpp"
#include "listed.hpp"

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <memory>

namespace guerdon::harness {

/// The elements of one argument, of all rows, as the code stores them.
struct host_elements {
  std::vector<double> wide;
  std::vector<index_t> integers;
  std::vector<flag_t> flags;
  const std::vector<std::string>* text = nullptr;
  std::vector<index_t> offsets;  // of a list
  bool given = false;

  std::size_t size() const {
    return text && !text->empty() ? text->size() : std::max({wide.size(), integers.size(), flags.size()});
  }
};

/// What a type of member is to the harness.
struct member_form {
  harness::kind kind;
  std::size_t doubles = 0;     ///< of a struct of doubles, such as running_moments: how many
  bool whole = true;           ///< holds an array; else one element of it
  void (*put)(void* member, const host_elements&, std::size_t first, std::size_t count);  ///< as an argument
  void (*append)(value&, const void* member);                                             ///< as a result
};
struct host_field {
  op::field_info info;
  const member_form* form;
  void* (*at)(void* object);
};
/// A host operation, or a value, as data.
struct host_table {
  op::info about;
  std::vector<host_field> arguments, results;
  std::vector<parameter_field> parameters;
  std::shared_ptr<void> (*make_options)();  // the defaults
  /// Inputs and outputs of so many rows.
  std::shared_ptr<void> (*make_rows)(std::size_t rows);
  void* (*inputs)(void* rows, std::size_t row);
  void* (*outputs)(void* rows, std::size_t row);
  void (*call)(const void* inputs, const void* options, void* outputs);
};

/// The operation that the table says, for all_operations(). Its batches run on the threads that a target has.
operation bind(std::shared_ptr<const host_table> table);
const host_rows& host_rows_of(const target&);

namespace detail {

template <class T>
constexpr kind host_kind_of() {
  if constexpr (op::saved_value<T>) return kind::wide;
  else if constexpr (std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string> ||
                     std::is_same_v<T, text_view>)
    return kind::text;
  else if constexpr (std::is_same_v<T, segments>) return kind::segments;
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, flag_t>) return kind::flag;
  else if constexpr (std::is_integral_v<T>) return kind::integer;
  else if constexpr (std::is_same_v<T, double>) return kind::wide;
  else if constexpr (requires { typename T::value_type; }) return host_kind_of<typename T::value_type>();
  else return host_kind_of<std::remove_cvref_t<decltype(*std::declval<T>().begin())>>();
}
template <class T>
inline constexpr bool is_one_element =
    std::is_arithmetic_v<T> || std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;

void put_texts(text_view&, const host_elements&, std::size_t first, std::size_t count);

template <class Member>
void put_member(void* at, const host_elements& s, std::size_t first, std::size_t count) {
  Member& member = *static_cast<Member*>(at);
  const auto n = static_cast<index_t>(count);
  if constexpr (op::saved_value<Member>)
    std::apply([&](const auto&... f) { std::size_t k = first; ((op::list::at(member, f.member) = s.wide[k++]), ...); },
               Member::fields());
  else if constexpr (std::is_same_v<Member, std::string_view>) member = (*s.text)[first];
  else if constexpr (std::is_same_v<Member, text_view>) put_texts(member, s, first, count);
  else if constexpr (std::is_same_v<Member, segments>) member = segments(s.integers);
  else if constexpr (std::is_same_v<Member, view<const double>>) member = {s.wide.data() + first, n};
  else if constexpr (std::is_same_v<Member, view<const index_t>>) member = {s.integers.data() + first, n};
  else if constexpr (std::is_same_v<Member, view<const flag_t>>) member = {s.flags.data() + first, n};
  else if constexpr (!is_one_element<Member>)  // a std::array of doubles
    std::copy_n(s.wide.begin() + static_cast<std::ptrdiff_t>(first), count, member.begin());
  else if constexpr (host_kind_of<Member>() == kind::wide) member = s.wide[first];
  else if constexpr (host_kind_of<Member>() == kind::integer) member = static_cast<Member>(s.integers[first]);
  else member = s.flags[first] != 0;
}

template <class X>
void append_element(value& v, const X& x) {
  if constexpr (std::is_same_v<X, std::string> || std::is_same_v<X, std::string_view>)
    v.is_text = true, v.text.emplace_back(x);
  else if constexpr (std::is_same_v<X, index_t>) v.push_integer(x);
  else if constexpr (std::is_arithmetic_v<X>) v.data.push_back(static_cast<double>(x));
  else if constexpr (op::saved_value<X>)
    std::apply([&](const auto&... f) { (append_element(v, op::list::at(x, f.member)), ...); }, X::fields());
  else for (const auto& each : x) append_element(v, static_cast<std::remove_cvref_t<typename X::value_type>>(each));
}
template <class Member>
void append_member(value& v, const void* member) { append_element(v, *static_cast<const Member*>(member)); }

template <class Member>
constexpr std::size_t doubles_of_member() {
  if constexpr (op::saved_value<Member>) return sizeof(Member) / sizeof(double);
  else return 0;
}
template <class Member>
inline constexpr member_form form_of_argument{host_kind_of<Member>(), doubles_of_member<Member>(),
                                              !is_one_element<Member>, put_member<Member>, nullptr};
template <class Member>
inline constexpr member_form form_of_result{host_kind_of<Member>(), doubles_of_member<Member>(),
                                            !is_one_element<Member>, nullptr, append_member<Member>};

// What most members are is compiled in bind_host.cpp.
extern template void put_member<double>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<index_t>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<bool>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<std::string_view>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<text_view>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<view<const double>>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<view<const index_t>>(void*, const host_elements&, std::size_t, std::size_t);
extern template void put_member<view<const flag_t>>(void*, const host_elements&, std::size_t, std::size_t);
extern template void append_member<double>(value&, const void*);
extern template void append_member<index_t>(value&, const void*);
extern template void append_member<bool>(value&, const void*);
extern template void append_member<std::string>(value&, const void*);
extern template void append_member<std::vector<double>>(value&, const void*);
extern template void append_member<std::vector<index_t>>(value&, const void*);
extern template void append_member<std::vector<flag_t>>(value&, const void*);
extern template void append_member<std::vector<std::string>>(value&, const void*);

}  // namespace detail

/// An operation by its lists; Call::call is the function.
template <class Op, class Call>
std::shared_ptr<const host_table> host_table_of() {
  using inputs = typename Op::inputs;
  using outputs = typename Op::outputs;
  using options = typename Op::options;
  require_all_listed<Op, inputs, outputs>();
  struct row {
    inputs in{};
    outputs out{};
  };
  auto t = std::make_shared<host_table>();
  t->about = Op::about;
  t->arguments = detail::entries<host_field, inputs, [] { return Op::template arguments<inputs>(); }>(
      []<class Member>() { return &detail::form_of_argument<Member>; });
  t->results = detail::entries<host_field, outputs, [] { return Op::template results<outputs>(); }>(
      []<class Member>() { return &detail::form_of_result<Member>; });
  t->parameters = parameter_fields<Op>();
  t->make_options = detail::make_default<options>;
  t->make_rows = [](std::size_t rows) -> std::shared_ptr<void> {
    return {new row[rows]{}, [](void* p) { delete[] static_cast<row*>(p); }};
  };
  t->inputs = [](void* rows, std::size_t i) -> void* { return &static_cast<row*>(rows)[i].in; };
  t->outputs = [](void* rows, std::size_t i) -> void* { return &static_cast<row*>(rows)[i].out; };
  t->call = [](const void* in, const void* o, void* out) {
    *static_cast<outputs*>(out) = Call::call(*static_cast<const inputs*>(in), *static_cast<const options*>(o));
  };
  return t;
}

template <class Op, class Call>
operation bind_host_kind() { return bind(host_table_of<Op, Call>()); }
template <class Op, class Call>
operation bind_value_kind() { return bind(host_table_of<Op, Call>()); }

}  // namespace guerdon::harness
