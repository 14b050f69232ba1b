#pragma once
// Values with state (schedules, controllers, counters, running moments), in double, on the host: a struct that is its
// state, X{options}.update(...), readings, and fields(), by which it is saved and restored (adapt/json.hpp).
//
// Its op::X : value_kind describes one update, state and event in, state and readings out, by lists (operation.hpp):
//   op::X::outputs updated(op::X, const op::X::inputs&, const op::X::options&)
// which begins with check<op::X>(in, options).
//
// An option whose default another option decides is a std::optional<double>.

#include <guerdon/core/operation.hpp>
#include <guerdon/core/text_view.hpp>

#include <optional>

namespace guerdon {
namespace op {

struct value_kind {};

/// A member that is saved: `fields()` of a value is the tuple of all of them.
template <class Member>
struct saved_field {
  const char* name;
  Member member;  ///< a member pointer, or a path of them
};
template <class Member>
constexpr saved_field<Member> saved(const char* name, Member member) {
  return {name, member};
}
/// The options of an operation that a value keeps, one by one: std::tuple_cat(..., saved_options<op::X>(&X::options)).
template <class Op, class Member>
constexpr auto saved_options(Member options) {
  return std::apply([&]<class... Inner>(const option_field<Inner>&... p) {
    return std::tuple(saved_field<list::path<Member, Inner>>{p.info.file_name, {options, p.member}}...);
  }, Op::parameters());
}

/// A struct that says what is saved of it.
template <class V>
concept saved_value = requires { V::fields(); };

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

inline given as_given(const text_view& t) { return {t ? &t : nullptr, t.size(), nullptr, nullptr, nullptr}; }
inline given as_ranged(const text_view& t) { return as_given(t); }
inline option_value as_option(std::string_view) { return {0, 0}; }
inline option_value as_option(const std::optional<double>& x) { return {x.value_or(0), 0, x.has_value()}; }

/// Arrays of a host call are held against each other; single texts and numbers have no shape.
template <class Member>
inline constexpr bool is_array = false;
template <class T>
inline constexpr bool is_array<view<T>> = true;
template <>
inline constexpr bool is_array<text_view> = true;
template <>
inline constexpr bool is_array<segments> = true;

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
        arguments[arrays++] = detail::as_ranged(x);
      } else if constexpr (std::is_arithmetic_v<member>) {
        if (info.kind == op::field_info::extent) {
          require(x >= 0, Op::about.name, info.name, "must be at least 0");
          fields[arrays] = info;
          arguments[arrays++] = {nullptr, static_cast<index_t>(x), nullptr, nullptr, nullptr};
        } else if (!info.range.holds(static_cast<double>(x))) {
          detail::refuse_range(Op::about.name, info.name, info.range);
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
