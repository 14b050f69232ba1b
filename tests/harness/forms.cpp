#include "forms.hpp"

#include "dimensions.hpp"

#include <guerdon/core/value.hpp>

#include <algorithm>
#include <cmath>

namespace guerdon::harness {
namespace detail {

index_t alternative(const op::option_info& p, const setting& s, std::string_view operation) {
  const double* number = std::get_if<double>(&s);
  const std::string* text = std::get_if<std::string>(&s);
  const auto same = [](char c, char d) { return (c == '-' ? '_' : c) == (d == '-' ? '_' : d); };
  // Case files write a NaN and an infinity as they would write alternatives of these names.
  const std::string name = text                          ? *text
                           : number && std::isnan(*number) ? "nan"
                           : number && std::isinf(*number) ? "inf"
                                                           : "";
  std::string names;
  for (int k = 0; k < p.alternatives; ++k) {
    const std::string_view one = p.names[k];
    if (std::equal(one.begin(), one.end(), name.begin(), name.end(), same)) return k;
    names.append(k > 0 ? ", " : "").append(one);
  }
  // A number beyond the enumerators is what a careless cast would give: for the operation to refuse.
  if (number && (*number < 0 || *number >= p.alternatives) && std::abs(*number) < 1e6)
    return static_cast<index_t>(*number);
  refuse(operation, p.file_name, "is not one of its alternatives: " + names);
}

template <class T>
void set_option(void* at, const op::option_info& p, const setting& s, std::string_view operation) {
  T& member = *static_cast<T*>(at);
  const double* number = std::get_if<double>(&s);
  const std::string* text = std::get_if<std::string>(&s);
  if constexpr (std::is_same_v<T, std::string_view>) {
    if (!text) refuse(operation, p.name, "must be a text");
    member = *text;
  } else {
    // 64-bit numbers that a double would round come as texts.
    if constexpr (std::is_same_v<T, index_t>)
      if (text) return void(member = static_cast<T>(std::stoll(*text)));
    if (!number) refuse(operation, p.file_name, "must be a number");
    if constexpr (std::is_same_v<T, bool>) {
      if (*number != 0 && *number != 1) refuse(operation, p.file_name, "must be 0 or 1");
      member = *number != 0;
    } else if constexpr (std::is_same_v<T, index_t>) {
      member = as_integer(*number, operation, p.file_name);
    } else {
      member = *number;
    }
  }
}
template <class T>
std::optional<setting> get_option(const void* at, const op::option_info&) {
  const T& member = *static_cast<const T*>(at);
  if constexpr (std::is_same_v<T, std::string_view>) return std::string(member);
  else if constexpr (std::is_same_v<T, std::optional<double>>)
    return member.value_or(std::numeric_limits<double>::quiet_NaN());
  else return static_cast<double>(member);
}

template void set_option<double>(void*, const op::option_info&, const setting&, std::string_view);
template void set_option<index_t>(void*, const op::option_info&, const setting&, std::string_view);
template void set_option<bool>(void*, const op::option_info&, const setting&, std::string_view);
template void set_option<std::string_view>(void*, const op::option_info&, const setting&, std::string_view);
template void set_option<std::optional<double>>(void*, const op::option_info&, const setting&, std::string_view);
template std::optional<setting> get_option<double>(const void*, const op::option_info&);
template std::optional<setting> get_option<index_t>(const void*, const op::option_info&);
template std::optional<setting> get_option<bool>(const void*, const op::option_info&);
template std::optional<setting> get_option<std::string_view>(const void*, const op::option_info&);
template std::optional<setting> get_option<std::optional<double>>(const void*, const op::option_info&);

}  // namespace detail

void choose(void* options, const std::vector<parameter_field>& parameters, const settings& chosen,
            std::string_view operation) {
  for (const auto& [key, x] : chosen) {
    const auto p = std::find_if(parameters.begin(), parameters.end(),
                                [&, &k = key](const parameter_field& q) { return q.info.file_name == k; });
    if (p == parameters.end()) throw harness_error("parameter " + key + " is in no list");
    p->form->set(p->at(options), p->info, x, operation);
  }
}

std::vector<parameter_info> parameter_infos(const void* defaults, const std::vector<parameter_field>& parameters) {
  std::vector<parameter_info> infos;
  for (const parameter_field& p : parameters) {
    parameter_info info{static_cast<parameter_info::form_t>(p.info.kind), p.info.file_name, p.info.range, {}, {},
                        guerdon::detail::written(p.info)};
    for (int k = 0; k < p.info.alternatives; ++k) info.names.push_back(p.info.names[k]);
    if (!p.info.required) info.standard = p.form->get(p.at(const_cast<void*>(defaults)), p.info);
    infos.push_back(std::move(info));
  }
  return infos;
}

}  // namespace guerdon::harness
