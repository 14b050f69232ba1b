#pragma once
// Every member stands in a list, or what it does is neither checked nor tested nor documented. Members of an aggregate
// are counted by what it can be initialised with.

#include <guerdon/core/operation.hpp>

namespace guerdon::harness {
namespace detail {

struct anything {
  template <class T>
  operator T() const noexcept;
};
template <class Struct, class... A>
constexpr std::size_t members() {
  if constexpr (requires { Struct{A{}..., anything{}}; }) return members<Struct, A..., anything>();
  else return sizeof...(A);
}
/// The members that a list names; those of one nested struct, which stand side by side, are one.
template <class Tuple>
constexpr std::size_t listed(const Tuple& fields) {
  return std::apply([](const auto&... f) {
    std::size_t n = 0;
    std::string_view group;
    ((n += f.info.group[0] == 0 || f.info.group != group, group = f.info.group), ...);
    return n;
  }, fields);
}

}  // namespace detail

template <class Op, class Inputs, class Outputs>
constexpr void require_all_listed() {
  static_assert(detail::members<Inputs>() == detail::listed(Op::template arguments<Inputs>()),
                "a member of inputs stands in no list: add it to arguments()");
  static_assert(detail::members<Outputs>() == detail::listed(Op::template results<Outputs>()),
                "a member of outputs stands in no list: add it to results()");
  static_assert(detail::members<typename Op::options>() == detail::listed(Op::parameters()),
                "a member of options stands in no list: add it to parameters()");
}

}  // namespace guerdon::harness
