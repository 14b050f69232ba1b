#pragma once
// From a description to data. One generated source includes this and every description.

#include "bind.hpp"
#include "described.hpp"

#include <functional>

namespace guerdon::docs {

template <class Struct, class Member>
std::size_t offset_of(const Struct& s, const Member& member) {
  return static_cast<std::size_t>(reinterpret_cast<const char*>(&member) - reinterpret_cast<const char*>(&s));
}

template <class D>
described describe_operation(const char* header) {
  using inputs = typename D::template inputs<float>;
  using outputs = typename D::template outputs<float>;
  using options = typename D::options;
  described d{harness::binder<D>::information(),
              header,
              {},
              {},
              {},
              {},
              sizeof(inputs),
              sizeof(outputs),
              sizeof(options)};
  const inputs in{};
  const outputs out{};
  const auto add_input = [&](const auto& entry) {
    const std::size_t offset = offset_of(in, in.*entry.member);
    using entry_t = std::remove_cvref_t<decltype(entry)>;
    if constexpr (requires { entry.name; })
      d.inputs.push_back({std::string(entry.name), offset});
    else if constexpr (std::is_same_v<entry_t, describe::rows_t<decltype(entry.member)>>)
      d.layouts.push_back({"rows", offset});
    else
      d.layouts.push_back({"time", offset});
  };
  std::apply([&](const auto&... entry) { (add_input(entry), ...); }, D::template arguments<float>());
  std::apply(
      [&](const auto&... entry) {
        (d.outputs.push_back({std::string(entry.name), offset_of(out, out.*entry.member)}), ...);
      },
      D::template results<float>());
  options o{};
  std::apply(
      [&](const auto&... entry) {
        (d.parameters.push_back({std::string(entry.name), offset_of(o, std::invoke(entry.get, o))}), ...);
      },
      D::parameters());
  return d;
}

}  // namespace guerdon::docs
