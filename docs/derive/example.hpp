#pragma once
// A complete program made of a case with a known answer, and what it prints.

#include "case_file.hpp"
#include "described.hpp"
#include "dimensions.hpp"
#include "header_text.hpp"
#include "values.hpp"

namespace guerdon::docs {

using harness::kind;
using harness::known_answer;
using harness::value;

inline std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c == '"' || c == '\\')
      result += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 32)
      result +=
          "\\0" + std::string(1, static_cast<char>('0' + (c >> 3))) + std::string(1, static_cast<char>('0' + (c & 7)));
    else
      result += c;
  }
  return result + '"';
}

/// "head{a, b, c}tail" in lines of at most 100 characters.
inline std::string braced(const std::string& head, const std::vector<std::string>& parts, const std::string& tail,
                          const std::string& indent) {
  std::string text = head + "{", line = text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string piece = parts[i] + (i + 1 < parts.size() ? "," : "}" + tail);
    const bool breaks = i > 0 && line.size() + piece.size() > 99;
    text += breaks ? "\n" + indent : i ? " " : "";
    line = breaks ? indent : line + (i ? " " : "");
    text += piece;
    line += piece;
  }
  return parts.empty() ? text + "}" + tail : text;
}

inline std::string written(const op::field_info& f) {
  return f.group[0] == 0 ? std::string(f.name) : std::string(f.group) + "." + f.name;
}
inline std::string written(const op::option_info& o) {
  return o.group[0] == 0 ? std::string(o.name) : std::string(o.group) + "." + o.name;
}

class example {
 public:
  example(const described& d, const header_text& headers, const known_answer& a)
      : d_(d), headers_(headers), case_(a), shape_(a.op) {}

  std::string program() {
    std::string body;
    if (d_.kind == operation_kind::array)
      body = array_calls();
    else
      body = host_calls();
    std::string includes = "#include <" + d_.header + ">\n";
    if (d_.kind == operation_kind::array) includes += "#include <guerdon/backend/scalar.hpp>\n";
    includes += "\n#include <iostream>\n";
    if (body.find("std::numeric_limits") != std::string::npos) includes += "#include <limits>\n";
    if (body.find("std::string") != std::string::npos) includes += "#include <string>\n";
    if (body.find("std::vector") != std::string::npos) includes += "#include <vector>\n";
    return includes + "\nint main() {\n" + body + "}\n";
  }
  /// What program() prints: known after it.
  const std::string& output() const { return output_; }
  double tolerance() const { return std::max({case_.atol, case_.rtol, d_.about.tolerance, 1e-5}); }

  /// How far a case is from being a good example: large, odd or trivial ones come last. Negative: no example.
  static double strangeness(const known_answer& a, const described& d) {
    if (!a.error.empty()) return -1;
    double odd = 0, numbers = 0, answers = 0, zeros = 0;
    const auto look = [&](const value& v, bool expected) {
      numbers += static_cast<double>(v.size());
      if (v.size() == 0) odd += 60;
      for (const double x : v.data) {
        if (!std::isfinite(x)) odd += 30;
        if (expected) ++answers, zeros += x == 0;
        if (std::abs(x) > 1e4 || (x != 0 && std::abs(x) < 1e-4)) odd += 3;
      }
      for (const std::string& t : v.text) {
        odd += t.size() > 60 ? 20 : 0;
        for (const char c : t) odd += static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126 ? 5 : 0;
        answers += expected;
      }
    };
    for (const auto& [key, v] : a.inputs) look(v, false);
    for (const auto& [key, v] : a.expected) look(v, true);
    for (const auto& p : d.options) {
      const auto at = a.parameters.find(p.info.file_name);
      if (at != a.parameters.end() && p.standard && !same(at->second, p.standard)) odd += 4;
    }
    if (a.inputs.count("row_offsets")) odd += 10;
    return odd + std::abs(numbers - 14) + 40 * (answers == 0 ? 1 : zeros / answers);
  }

 private:
  // --- What both kinds of call are made of ---------------------------------------------------------------
  [[noreturn]] void fault(const std::string& what) const {
    throw header_fault("the case that is the example: " + what);
  }

  std::string type_of(const described_field& f, const char* of) const {
    return headers_.member_of(d_.name(), of, f.info.group, f.info.name).type;
  }
  /// Of `view<const running_moments>`: guerdon::running_moments.
  std::string struct_in(const described_field& f, const char* of) const {
    std::string type = type_of(f, of);
    if (const auto at = type.rfind("const "); at != std::string::npos)
      type.erase(0, at + 6);
    else if (const auto open = type.find('<'); open != std::string::npos)
      type.erase(0, open + 1);
    while (!type.empty() && type.back() == '>') type.pop_back();
    return type.starts_with("guerdon::") ? type : "guerdon::" + type;
  }
  /// All members of a struct of doubles, in order.
  std::string print_struct(const std::string& label, const std::string& from, const described_field& f) const {
    std::string text = "  std::cout << \"" + label + "\"";
    for (const member& m : headers_.members_of(struct_in(f, "outputs").substr(9)))
      text += " << ' ' << " + from + "." + m.name;
    return text + " << '\\n';\n";
  }
  static std::string element_name(kind k) {
    switch (k) {
      case kind::real:
        return "float";
      case kind::wide:
        return "double";
      case kind::flag:
        return "guerdon::flag_t";
      case kind::text:
        return "std::string";
      default:
        return "guerdon::index_t";
    }
  }
  static std::string literal(const value& v, std::size_t i, kind k) {
    if (v.is_text) return k == kind::text ? quoted(v.text[i]) : v.text[i];
    const double x = v.data[i];
    if (k != kind::real && k != kind::wide) return shortest(static_cast<index_t>(x));
    const std::string type = k == kind::wide ? "double" : "float";
    if (std::isnan(x)) return "std::numeric_limits<" + type + ">::quiet_NaN()";
    if (std::isinf(x)) return (x < 0 ? "-std::numeric_limits<" : "std::numeric_limits<") + type + ">::infinity()";
    const std::string text = k == kind::wide ? shortest(x) : shortest(static_cast<float>(x));
    const bool whole = text.find_first_of(".e") == std::string::npos;
    return k == kind::wide || whole ? text : text + "f";
  }
  static std::vector<std::string> literals(const value& v, std::size_t first, std::size_t count, kind k) {
    std::vector<std::string> parts;
    for (std::size_t i = first; i < first + count; ++i) parts.push_back(literal(v, i, k));
    return parts;
  }
  static std::string vector_of(const std::string& type, const std::string& name,
                               const std::vector<std::string>& parts) {
    return braced("  const std::vector<" + type + "> " + name + " = ", parts, ";\n", "      ");
  }

  /// ".member = text", in the order of the struct, nested ones inside their braces.
  struct given {
    std::size_t offset;
    std::string group, name, text;
  };
  static std::vector<std::string> named(std::vector<given> all) {
    std::sort(all.begin(), all.end(), [](const given& a, const given& b) { return a.offset < b.offset; });
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].group.empty()) {
        parts.push_back("." + all[i].name + " = " + all[i].text);
        continue;
      }
      std::vector<std::string> inner;
      const std::string group = all[i].group;
      for (; i < all.size() && all[i].group == group; ++i) inner.push_back("." + all[i].name + " = " + all[i].text);
      --i;
      parts.push_back("." + group + " = {" + join(inner, ", ") + "}");
    }
    return parts;
  }

  std::string setting_text(const op::option_info& p, const harness::setting& s) const {
    if (const std::string* name = std::get_if<std::string>(&s)) {
      if (p.kind == op::option_info::text) return quoted(*name);
      if (p.kind == op::option_info::integer) return *name;
      const std::string type = headers_.member_of(d_.name(), "options", p.group, p.name).type;
      const auto* written_as = headers_.enumeration(type);  // "13a" is no name in code
      for (int k = 0; k < p.alternatives; ++k) {
        if (*name != p.names[k]) continue;
        const auto at = static_cast<std::size_t>(k);
        return "guerdon::" + type +
               "::" + (written_as && at < written_as->size() ? (*written_as)[at].name : p.names[k]);
      }
      fault("no alternative of " + written(p) + " is called " + *name);
    }
    const double x = std::get<double>(s);
    if (p.kind == op::option_info::flag) return x != 0 ? "true" : "false";
    if (p.kind == op::option_info::choice && std::isnan(x)) return setting_text(p, std::string("nan"));
    if (std::isnan(x)) return "std::numeric_limits<double>::quiet_NaN()";
    if (std::isinf(x))
      return x < 0 ? "-std::numeric_limits<double>::infinity()" : "std::numeric_limits<double>::infinity()";
    return p.kind == op::option_info::integer ? shortest(static_cast<index_t>(x)) : shortest(x);
  }
  static bool same(const std::optional<harness::setting>& a, const std::optional<harness::setting>& b) {
    const auto nan = [](const std::optional<harness::setting>& x) {
      const double* number = x ? std::get_if<double>(&*x) : nullptr;
      return number && std::isnan(*number);
    };
    return a == b || (nan(a) && nan(b));
  }
  /// The options that differ from their defaults. A struct in braces has its own defaults again, not those of the options.
  std::vector<std::string> options() const {
    const auto chosen = [&](const described_option& p) -> std::optional<harness::setting> {
      const auto at = case_.parameters.find(p.info.file_name);
      if (at == case_.parameters.end()) return p.standard;
      harness::setting x = at->second;
      if (std::string* name = std::get_if<std::string>(&x); name && p.info.kind == op::option_info::choice)
        std::replace(name->begin(), name->end(), '-', '_');
      return x;
    };
    std::set<std::string> groups;
    for (const auto& p : d_.options)
      if (!same(chosen(p), p.standard)) groups.insert(p.info.group);
    std::vector<given> all;
    for (const auto& p : d_.options) {
      const auto x = chosen(p);
      const bool nested = p.info.group[0] != 0;
      if (x && groups.count(p.info.group) && !same(x, nested ? p.inner : p.standard))
        all.push_back({p.offset, p.info.group, p.info.name, setting_text(p.info, *x)});
    }
    return named(std::move(all));
  }

  static std::string call(const std::string& head, const std::string& first, const std::vector<std::string>& in,
                          const std::vector<std::string>& chosen) {
    const std::string braces = "{" + join(in, ", ") + "}", o = chosen.empty() ? "" : "{" + join(chosen, ", ") + "}";
    const std::string one_line = head + first + braces + (o.empty() ? "" : ", " + o) + ");\n";
    if (one_line.size() <= 100) return one_line;
    std::string text =
        head + "\n" +
        braced("      " + first, in, o.empty() ? ");\n" : ",\n", "       " + std::string(first.size(), ' '));
    if (!o.empty()) text += braced("      ", chosen, ");\n", "       ");
    return text;
  }

  void expect(const value& v, std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) {
      char buffer[40];
      if (!v.is_text) std::snprintf(buffer, sizeof buffer, " %.6g", v.data[i] == 0 ? 0.0 : v.data[i]);
      output_ += v.is_text ? " \"" + v.text[i] + '"' : buffer;
    }
    output_ += '\n';
  }
  static std::string print(const std::string& label, const std::string& from, kind k, bool single) {
    if (single) {
      const std::string show = k == kind::text   ? " \\\"\" << " + from + " << \"\\\"\\n\""
                               : k == kind::flag ? " \" << int(" + from + ") << '\\n'"
                                                 : " \" << " + from + " << '\\n'";
      return "  std::cout << \"" + label + show + ";\n";
    }
    std::string type = element_name(k), show = "' ' << x";
    if (k == kind::text) type = "auto&", show = "\" \\\"\" << x << '\"'";
    if (k == kind::flag) type = "int";
    return "  std::cout << \"" + label + "\";\n  for (const " + type + " x : " + from + ") std::cout << " + show +
           ";\n  std::cout << '\\n';\n";
  }

  // --- Arrays ----------------------------------------------------------------------------------------------
  static bool has_elements(const described_field& f) { return f.info.kind == op::field_info::array; }
  static std::size_t rank(const op::shape& s) { return static_cast<std::size_t>(s.count); }

  /// The size of a dimension of the case's arrays.
  index_t extent_of(const char* symbol) const {
    harness::dimensions all(case_.op);
    for (const auto& f : d_.inputs)
      if (const value* v = given_for(f); v && has_elements(f)) all.bind(v->shape, f.info.shape.text, f.info.name);
    return all.resolve(symbol).front();
  }
  std::string array_calls() {
    const bool ragged = case_.inputs.count("row_offsets") > 0;
    std::string body;
    std::vector<given> in;
    std::vector<index_t> sizes;  // of "B,T", "T,B" or "*"
    std::set<std::string> declared;
    if (ragged) {
      const value& v = case_.inputs.at("row_offsets");
      body += vector_of("guerdon::index_t", "row_offsets", literals(v, 0, v.data.size(), kind::integer));
      declared.insert("row_offsets");
    }
    for (const auto& f : d_.inputs) {
      const auto at = case_.inputs.find(f.info.file_name);
      if (at == case_.inputs.end() || !(has_elements(f) || f.info.kind == op::field_info::cuts)) continue;
      const std::string& key = at->first;
      const value& v = at->second;
      const std::size_t alternatives = static_cast<std::size_t>(
          std::count_if(d_.inputs.begin(), d_.inputs.end(), [&](const auto& g) { return key == g.info.file_name; }));
      const std::string shape = f.info.shape.text;
      if (has_elements(f)) {
        const std::size_t dimensions =
            ragged && shape == "B,T" ? 1 : rank(f.info.shape) + (f.doubles > 1 && shape != "1");
        const auto is_one = [](const auto& g) { return g.info.shape.count == 1 && g.info.shape.at[0].symbol == 0; };
        const bool one_for_all = std::any_of(d_.inputs.begin(), d_.inputs.end(), [&](const auto& g) {
          return key == g.info.file_name && is_one(g);
        });  // [1] and [N] are alternatives
        const bool one_of_two =
            alternatives > 1 && one_for_all && f.info.shape.count == 1 && is_one(f) != (v.size() == 1);
        const bool fits = !one_of_two && (shape == "*" || v.shape.size() == dimensions ||
                                          (alternatives == 1 && v.shape.size() + 1 == dimensions));
        if (alternatives > 1 && !fits) continue;
        if (sizes.empty() && (shape == "B,T" || shape == "T,B" || shape == "*")) sizes = v.shape;
      }
      if (declared.insert(key).second) {
        const kind k = f.info.kind == op::field_info::cuts ? kind::integer : f.kind;
        auto parts = literals(v, 0, v.data.size(), k);
        if (f.doubles > 1) {
          std::vector<std::string> structs;
          const auto each = static_cast<std::size_t>(f.doubles);
          for (std::size_t i = 0; i < parts.size(); i += each)
            structs.push_back("{" +
                              join({parts.begin() + static_cast<std::ptrdiff_t>(i),
                                    parts.begin() + static_cast<std::ptrdiff_t>(i + each)},
                                   ", ") +
                              "}");
          body += vector_of(struct_in(f, "inputs"), key, structs);
        } else {
          body += vector_of(element_name(k), key, parts);
        }
      }
      in.push_back({f.offset, f.info.group, f.info.name, key});
    }
    for (const auto& f : d_.inputs) {
      const bool is_rows = f.info.kind == op::field_info::rows, is_time = f.info.kind == op::field_info::time;
      std::string text;
      if (f.info.kind == op::field_info::extent) text = shortest(extent_of(f.info.shape.text));
      if (f.info.kind == op::field_info::cuts && f.info.shape.count == 2) {
        const char rows[] = {f.info.shape.at[0].symbol, 0}, length[] = {f.info.shape.at[1].symbol, 0};
        text = "guerdon::segments::uniform(" + shortest(extent_of(rows)) + ", " + shortest(extent_of(length)) + ")";
      }
      if (is_rows && ragged)
        text = "row_offsets";
      else if (is_rows && sizes.size() == 2)
        text = "guerdon::segments::uniform(" + shortest(sizes[0]) + ", " + shortest(sizes[1]) + ")";
      else if (is_time && !sizes.empty())
        text = "guerdon::time_major(" + shortest(sizes[0]) + ", " + shortest(sizes.size() > 1 ? sizes[1] : index_t(1)) +
               ")";
      else if (f.info.kind == op::field_info::extent)
        text = shortest(size_of(f.info.shape.at[0]));
      if (!text.empty()) in.push_back({f.offset, f.info.group, f.info.name, text});
    }

    const bool one = d_.outputs.size() == 1;
    const std::string result = one && !declared.count(d_.outputs[0].info.name) ? d_.outputs[0].info.name : "result";
    body += "\n  const guerdon::scalar_backend backend;\n";
    body += call("  const auto " + result + " = guerdon::" + d_.name() + "(", "backend, ", named(std::move(in)),
                 options()) +
            "\n";
    for (const auto& f : d_.outputs) {
      const auto at = case_.expected.find(f.info.file_name);
      if (at == case_.expected.end()) continue;
      const bool single = std::string_view(f.info.shape.text) == "1" && at->second.size() == 1;
      const std::string from = (one ? result : result + "." + written(f.info)) + (single || f.doubles > 1 ? "[0]" : "");
      body += f.doubles > 1 ? print_struct(f.info.name, from, f) : print(f.info.name, from, f.kind, single);
      output_ += f.info.name;
      expect(at->second, 0, static_cast<std::size_t>(at->second.size()));
    }
    return body;
  }

  /// A dimension, by the first array that has it.
  index_t size_of(const op::dimension& wanted) const {
    for (const auto& f : d_.inputs)
      if (const value* v = has_elements(f) ? given_for(f) : nullptr; v && v->shape.size() == rank(f.info.shape))
        for (int k = 0; k < f.info.shape.count; ++k)
          if (f.info.shape.at[k] == wanted) return v->shape[static_cast<std::size_t>(k)];
    return 0;
  }

  // --- Host operations and values ----------------------------------------------------------------------------
  static bool per_row(const described_field& f) {
    return f.info.kind == op::field_info::list || (f.info.kind == op::field_info::array && f.info.shape.count == 1 &&
                                                   f.info.shape.at[0].symbol == 'B' && f.single);
  }
  static const value* find(const harness::arguments& in, std::string_view name) {
    const auto at = in.find(name);
    return at == in.end() ? nullptr : &at->second;
  }
  /// The case's value for a field; of several that case files call alike, for the one whose shape it has.
  const value* given_for(const described_field& f) const {
    const value* v = find(case_.inputs, f.info.file_name);
    const auto alike = std::count_if(d_.inputs.begin(), d_.inputs.end(), [&](const auto& g) {
      return std::string_view(g.info.file_name) == f.info.file_name;
    });
    return v && (alike == 1 || v->shape.size() == rank(f.info.shape)) ? v : nullptr;
  }

  std::string host_calls() {
    const bool in_rows = std::any_of(d_.inputs.begin(), d_.inputs.end(), per_row);
    for (const auto& f : d_.inputs)
      if (const value* v = given_for(f); v && f.info.kind != op::field_info::extent) {
        if (f.doubles > 1) continue;
        const bool cuts = f.info.kind == op::field_info::cuts;
        shape_.bind(v->shape, cuts ? std::string(f.info.count.text) + "+1" : f.info.shape.text, f.info.name);
        if (f.info.kind == op::field_info::list)
          if (const value* offsets = find(case_.inputs, f.info.offsets))
            shape_.bind({offsets->size()}, "B+1", f.info.offsets);
      }
    const auto rows = static_cast<std::size_t>(in_rows ? shape_["B"] : 1), shown = std::min<std::size_t>(rows, 3);
    std::string declarations, body;
    std::set<std::string> declared;
    const bool one = d_.outputs.size() == 1;
    for (std::size_t row = 0; row < shown; ++row) {
      const std::string suffix = shown > 1 ? "_" + std::to_string(row + 1) : "";
      std::vector<given> in;
      const auto add_vector = [&](const described_field& f, const std::string& name, const value& v, std::size_t first,
                                  std::size_t count) {
        if (declared.insert(name).second)
          declarations += vector_of(element_name(f.kind), name, literals(v, first, count, f.kind));
        in.push_back({f.offset, f.info.group, f.info.name, name});
      };
      for (const auto& f : d_.inputs) {
        if (f.info.kind == op::field_info::extent) {
          in.push_back({f.offset, f.info.group, f.info.name, shortest(shape_.resolve(f.info.shape.text).front())});
          continue;
        }
        const value* v = given_for(f);
        if (!v) continue;
        if (f.info.kind == op::field_info::list) {
          const value* offsets = find(case_.inputs, f.info.offsets);
          if (!offsets) fault(std::string(f.info.offsets) + " is not given");
          index_t width = 1;  // of "P,4" the offsets count rows of four
          for (int k = 1; k < f.info.shape.count; ++k) width *= f.info.shape.at[k].fixed;
          const auto first = static_cast<std::size_t>(offsets->data.at(row)) * static_cast<std::size_t>(width),
                     last = static_cast<std::size_t>(offsets->data.at(row + 1)) * static_cast<std::size_t>(width);
          add_vector(f, f.info.name + suffix, *v, first, last - first);
        } else if (f.doubles > 1) {
          const auto each = static_cast<std::size_t>(f.doubles);
          in.push_back(
              {f.offset, f.info.group, f.info.name, "{" + join(literals(*v, 0, each, kind::wide), ", ") + "}"});
        } else if (f.single) {
          in.push_back({f.offset, f.info.group, f.info.name, single_literal(f, *v, per_row(f) ? row : 0)});
        } else if (f.info.shape.count == 2 && f.info.shape.at[0].symbol == 'B') {  // a few numbers a row
          const auto each = static_cast<std::size_t>(f.info.shape.at[1].fixed);
          const auto numbers = literals(*v, row * each, each, f.kind);
          in.push_back({f.offset, f.info.group, f.info.name, "{" + join(numbers, ", ") + "}"});
        } else {
          add_vector(f, f.info.name, *v, 0, static_cast<std::size_t>(v->size()));
        }
      }
      std::string result = (one ? std::string(d_.outputs[0].info.name) : "result") + suffix;
      if (declared.count(result)) result = "result" + suffix;
      const bool is_value = d_.kind == operation_kind::value;
      body += call("  const auto " + result +
                       " = guerdon::" + (is_value ? "updated(guerdon::op::" + d_.name() + "{}, " : d_.name() + "("),
                   "", named(std::move(in)), options());
      for (const auto& f : d_.outputs) {
        const value* v = find(case_.expected, f.info.file_name);
        if (!v) continue;
        std::size_t first = 0, count = static_cast<std::size_t>(v->size());
        const value* offsets = f.info.kind == op::field_info::list ? find(case_.expected, f.info.offsets) : nullptr;
        double width = 1;  // of "P,4" the offsets count rows of four
        for (int k = 1; k < f.info.shape.count; ++k) width *= static_cast<double>(f.info.shape.at[k].fixed);
        if (offsets)
          first = static_cast<std::size_t>(offsets->data.at(row) * width),
          count = static_cast<std::size_t>(offsets->data.at(row + 1) * width) - first;
        else if (f.info.kind == op::field_info::list && rows > 1)
          continue;
        else if (in_rows)
          count /= rows, first = row * count;
        const std::string from = result + "." + written(f.info);
        body += f.doubles > 1 ? print_struct(f.info.name, from, f) : print(f.info.name, from, f.kind, f.single);
        output_ += f.info.name;
        expect(*v, first, count);
      }
    }
    return declarations + (declarations.empty() ? "" : "\n") + body;
  }
  std::string single_literal(const described_field& f, const value& v, std::size_t i) const {
    if (f.kind == kind::flag && type_of(f, "inputs") == "bool") return v.data.at(i) != 0 ? "true" : "false";
    return literal(v, i, f.kind);
  }

  const described& d_;
  const header_text& headers_;
  const known_answer& case_;
  harness::dimensions shape_;
  std::string output_;
};

}  // namespace guerdon::docs
