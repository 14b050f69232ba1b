#pragma once
// Members without their types: what an operation's lists name, as tables of forms and of places.

#include "operation.hpp"

#include <memory>

namespace guerdon::harness {

/// What a type of option is.
struct option_form {
  void (*set)(void* member, const op::option_info&, const setting&, std::string_view operation);
  std::optional<setting> (*get)(const void* member, const op::option_info&);
};

/// An option of an operation: what it is, and where it lies.
struct parameter_field {
  op::option_info info;
  const option_form* form;
  void* (*at)(void* options);
};

namespace detail {

index_t alternative(const op::option_info&, const setting&, std::string_view operation);
template <class T>
void set_option(void* member, const op::option_info&, const setting&, std::string_view operation);
template <class T>
std::optional<setting> get_option(const void* member, const op::option_info&);

template <class E>
void set_enumerator(void* member, const op::option_info& p, const setting& s, std::string_view operation) {
  *static_cast<E*>(member) = static_cast<E>(alternative(p, s, operation));
}
template <class E>
std::optional<setting> get_enumerator(const void* member, const op::option_info& p) {
  return p.names[static_cast<std::size_t>(*static_cast<const E*>(member))];
}
template <class T>
inline constexpr option_form form_of_option{set_option<T>, get_option<T>};
template <class E>
  requires std::is_enum_v<E>
inline constexpr option_form form_of_option<E>{set_enumerator<E>, get_enumerator<E>};

/// The lists of `Struct`, made by `list`, as tables: one `Entry` per member, with its form and where it lies.
template <class Entry, class Struct, auto list, class Form>
std::vector<Entry> entries(Form form) {
  static constexpr auto fields = list();
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    [[maybe_unused]] const auto at = []<std::size_t i>() {
      return +[](void* object) -> void* {
        return const_cast<void*>(
            static_cast<const void*>(&op::list::at(*static_cast<Struct*>(object), std::get<i>(fields).member)));
      };
    };
    return std::vector<Entry>{
        {std::get<k>(fields).info,
         form.template operator()<op::list::type_of<std::remove_cvref_t<decltype(std::get<k>(fields).member)>>>(),
         at.template operator()<k>()}...};
  }(std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(fields)>>>());
}

template <class T>
std::shared_ptr<void> make_default() { return std::make_shared<T>(); }

}  // namespace detail

/// The options of an operation.
template <class Op>
std::vector<parameter_field> parameter_fields() {
  return detail::entries<parameter_field, typename Op::options, [] { return Op::parameters(); }>(
      []<class Member>() { return &detail::form_of_option<Member>; });
}
/// Options as chosen, the rest as they are.
void choose(void* options, const std::vector<parameter_field>&, const settings& chosen, std::string_view operation);
/// What tests and pages know of options.
std::vector<parameter_info> parameter_infos(const void* defaults, const std::vector<parameter_field>&);

}  // namespace guerdon::harness
