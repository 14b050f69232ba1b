#pragma once
// What Python is told of an operation: its signature, from its lists; its docstring, which documents.cpp derives when the
// module is built.

#include "bind.hpp"
#include "bind_host.hpp"
#include "values.hpp"

#include <algorithm>

namespace guerdon::python {

using namespace guerdon::harness;

/// An argument of a function of the module.
struct argument_name {
  std::string_view name;  ///< as case files say it: alternatives have one name
  bool optional;
  kind of;
  bool cuts;  ///< offsets, or the size of all segments
  bool list;  ///< of rows
  const op::field_info* info;
};

/// In the order of the lists, those that may be left out last.
inline std::vector<argument_name> arguments_of(const operation& op) {
  std::vector<argument_name> all;
  bool rows = false;
  const auto find = [&](std::string_view name) {
    return std::find_if(all.begin(), all.end(), [&](const argument_name& a) { return a.name == name; });
  };
  const auto add = [&](const op::field_info& f, kind k) {
    using field = op::field_info;
    if (f.kind == field::rows) rows = true;
    if (f.kind == field::rows || f.kind == field::time) return;
    const bool told = f.kind == field::extent || (f.kind == field::cuts && f.shape.count == 2);  // by the arrays
    if (find(f.file_name) == all.end())
      all.push_back({f.file_name, f.optional || told, k, f.kind == field::cuts, f.kind == field::list, &f});
    if (f.kind == field::list && find(f.offsets) == all.end())
      all.push_back({f.offsets, true, kind::segments, true, false, &f});
  };
  if (op.array)
    for (std::size_t i = 0; i < op.array->arguments.size(); ++i)
      add(op.array->arguments[i], op.array->argument_kinds[i]);
  else
    for (const host_field& f : op.host->arguments) add(f.info, f.form->kind);
  std::stable_partition(all.begin(), all.end(), [](const argument_name& a) { return !a.optional; });
  if (rows) {
    all.push_back({"row_offsets", true, kind::segments, true, false, nullptr});
    all.push_back({"row_lengths", true, kind::integer, false, false, nullptr});
  }
  return all;
}

inline std::vector<std::string_view> results_of(const operation& op) {
  std::vector<std::string_view> names;
  if (op.array)
    for (const op::field_info& f : op.array->results) names.push_back(f.file_name);
  else
    for (const host_field& f : op.host->results) names.push_back(f.info.file_name);
  return names;
}

/// A name that Python allows: lambda_.
inline std::string python_name(std::string_view name) {
  return std::string(name) + (name == "lambda" || name == "from" || name == "in" || name == "is" ? "_" : "");
}

inline std::string type_of(const argument_name& a, const operation& op) {
  if (a.cuts) return "Offsets";
  if (a.of != kind::text) return "Array";
  if (op.array || a.list) return "Texts";
  return "str | Texts";
}
inline std::string default_of(const parameter_info& p) {
  if (!p.standard) return "...";
  if (const std::string* text = std::get_if<std::string>(&*p.standard)) {
    std::string quoted = "'";
    for (const char c : *text)
      quoted += c == '\n'                ? "\\n"
                : c == '\t'              ? "\\t"
                : c == '\'' || c == '\\' ? std::string("\\") + c
                                         : std::string(1, c);
    return quoted + "'";
  }
  const double x = std::get<double>(*p.standard);
  if (std::isnan(x)) return "None";
  if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
  if (p.form == parameter_info::flag) return x != 0 ? "True" : "False";
  return p.form == parameter_info::integer ? docs::shortest(static_cast<index_t>(x)) : docs::shortest(x);
}
inline std::string type_of(const parameter_info& p) {
  switch (p.form) {
    case parameter_info::flag: return "bool";
    case parameter_info::integer: return "int";
    case parameter_info::number: return "float";
    case parameter_info::text: return "str";
    case parameter_info::choice: break;
  }
  std::string names;
  for (const std::string& n : p.names) names += (names.empty() ? "'" : ", '") + n + "'";
  return "Literal[" + names + "]";
}

/// "def laser_reward(reward: Array, ..., *, alpha: float = 0.5) -> laser_reward_result".
inline std::string signature(const operation& op) {
  std::string text = "def " + std::string(op.about.name) + "(", more;
  const auto add = [&](const std::string& x) { text += (text.back() == '(' ? "" : ", ") + x; };
  const std::vector<argument_name> arguments = arguments_of(op);
  const auto is_argument = [&](const parameter_info& p) {  // an option, or one for each segment
    return std::any_of(arguments.begin(), arguments.end(), [&](const argument_name& a) { return a.name == p.name; });
  };
  for (const argument_name& a : arguments) {
    const parameter_info* p = parameter_named(op, a.name);
    add(python_name(a.name) + ": " + type_of(a, op) + (p ? " | " + type_of(*p) : "") +
        (a.optional ? " | None = None" : ""));
  }
  if (op.array || !op.parameters.empty()) add("*");
  for (const bool required : {true, false})
    for (const parameter_info& p : op.parameters)
      if (!p.standard == required && !is_argument(p)) {
        const std::string standard = default_of(p);
        add(python_name(p.name) + ": " + type_of(p) + (standard == "None" ? " | None" : "") +
            (required ? "" : " = " + standard));
      }
  if (op.array) add("out: Any = None"), add("dtype: Any = None");
  return text + ") -> " + (results_of(op).size() == 1 ? "Any" : std::string(op.about.name) + "_result");
}

/// Derived from the header (documents.cpp).
const char* docstring_of(std::string_view operation);

}  // namespace guerdon::python
