#pragma once
// From an operation's lists to data. A generated source for each family includes this and the family's headers.

#include "bind.hpp"
#include "bind_host.hpp"
#include "described.hpp"

namespace guerdon::docs {

template <class Struct, class Field>
std::size_t offset_of(const Struct& s, const Field& f) {
  return static_cast<std::size_t>(reinterpret_cast<const char*>(&op::list::at(s, f.member)) -
                                  reinterpret_cast<const char*>(&s));
}

template <class Field>
constexpr bool is_single(const Field&) {
  return harness::detail::is_one_element<op::list::type_of<decltype(Field::member)>>;
}
template <class Field>
constexpr harness::kind host_kind(const Field&) {
  return harness::detail::host_kind_of<op::list::type_of<decltype(Field::member)>>();
}

/// A struct of doubles among texts and numbers counts as that many.
template <class Field>
constexpr index_t host_doubles(const Field&) {
  using member = op::list::type_of<decltype(Field::member)>;
  if constexpr (op::saved_value<member>) return static_cast<index_t>(sizeof(member) / sizeof(double));
  else return 1;
}

inline harness::setting setting_of(const op::option_info& p, double x) {
  if (p.kind == op::option_info::choice) return std::string(p.names[static_cast<std::size_t>(x)]);
  return x;
}
template <class X>
std::optional<harness::setting> standard_of(const op::option_info& p, const X& x) {
  if constexpr (requires { x.has_value(); })
    return x ? standard_of(p, *x) : std::nullopt;
  else if constexpr (std::is_convertible_v<X, std::string_view>)
    return std::string(x);
  else
    return setting_of(p, static_cast<double>(x));
}

template <class Outer>
inline const op::list::type_of<Outer> inner_default{};

/// What the three kinds have in common; `kind_of` and `doubles_of` say what a member holds.
template <class Op, class In, class Out, class KindOf, class DoublesOf>
void read_lists(described& d, KindOf kind_of, DoublesOf doubles_of) {
  d.about = Op::about;
  const In in{};
  const Out out{};
  const typename Op::options o{};
  const auto add = [&](std::vector<described_field>& to, const auto& s, const auto& f) {
    to.push_back({f.info, kind_of(f), is_single(f), doubles_of(f), offset_of(s, f)});
  };
  std::apply([&](const auto&... f) { (add(d.inputs, in, f), ...); }, Op::template arguments<In>());
  std::apply([&](const auto&... f) { (add(d.outputs, out, f), ...); }, Op::template results<Out>());
  const auto add_option = [&](const auto& p) {
    std::optional<harness::setting> standard;
    if (!p.info.required) standard = standard_of(p.info, op::list::at(o, p.member));
    std::optional<harness::setting> inner;
    if constexpr (requires { p.member.inner; })
      if (!p.info.required)
        inner =
            standard_of(p.info, op::list::at(std::as_const(inner_default<decltype(p.member.outer)>), p.member.inner));
    d.options.push_back({p.info, std::move(standard), std::move(inner), offset_of(o, p)});
  };
  std::apply([&](const auto&... p) { (add_option(p), ...); }, Op::parameters());
  if constexpr (requires { Op::gradients; }) d.gradients.assign(Op::gradients.begin(), Op::gradients.end());
}

template <class Op>
described describe(const char* header) {
  described d{};
  d.header = header;
  if constexpr (std::is_base_of_v<op::host_kind, Op> || std::is_base_of_v<op::value_kind, Op>) {
    d.kind = std::is_base_of_v<op::host_kind, Op> ? operation_kind::host : operation_kind::value;
    read_lists<Op, typename Op::inputs, typename Op::outputs>(
        d, [](const auto& f) { return host_kind(f); }, [](const auto& f) { return host_doubles(f); });
  } else {
    d.kind = operation_kind::array;
    d.narrow = harness::takes_element<Op, bfloat16>;
    d.ragged = requires { Op::ragged_symbol; };
    read_lists<Op, typename Op::template inputs<float>, typename Op::template outputs<float>>(
        d, [](const auto& f) { return harness::detail::kind_of_field(f); },
        [](const auto& f) { return harness::detail::doubles_of(f); });
  }
  return d;
}

}  // namespace guerdon::docs
