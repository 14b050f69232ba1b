#pragma once
// A complete program made of a case with a known answer, and what it prints.

#include "case_file.hpp"
#include "described.hpp"
#include "header_text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace guerdon::docs {

using harness::kind;
using harness::known_answer;
using harness::value;

/// Shortest text that reads back as x.
template <class Number>
std::string shortest(Number x) {
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, x);
  return std::string(buffer, end);
}

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
      result += "\\x0" + std::string(1, "0123456789abcdef"[c & 15]) + "\" \"";
    else
      result += c;
  }
  return result + '"';
}

inline std::string join(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i ? between : "") + parts[i];
  return text;
}

/// "head{a, b, c}tail" in lines of at most 100 characters.
inline std::string braced(const std::string& head, const std::vector<std::string>& parts,
                          const std::string& tail, const std::string& indent) {
  std::string text = head + "{",
              line = text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
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

inline const char* element_name(kind k) {
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

inline std::string literal(const value& v, std::size_t i, kind k) {
  if (v.is_text) return quoted(v.text[i]);
  const double x = v.data[i];
  if (k != kind::real && k != kind::wide) return shortest(static_cast<index_t>(x));
  const std::string type = k == kind::wide ? "double" : "float";
  if (std::isnan(x)) return "std::numeric_limits<" + type + ">::quiet_NaN()";
  if (std::isinf(x))
    return (x < 0 ? "-std::numeric_limits<" : "std::numeric_limits<") + type + ">::infinity()";
  const std::string text = k == kind::wide ? shortest(x) : shortest(static_cast<float>(x));
  const bool whole = text.find_first_of(".e") == std::string::npos;
  return k == kind::wide || whole ? text : text + "f";
}

class example {
 public:
  example(const described& d, const header_text& headers, const std::string& header,
          const std::string& inputs_struct, const std::string& outputs_struct,
          const std::string& options_struct, const known_answer& a)
      : d_(d),
        headers_(headers),
        header_(header),
        inputs_(inputs_struct),
        outputs_(outputs_struct),
        options_(options_struct),
        case_(a) {}

  std::string program() const {
    const auto given = inputs();
    const auto chosen = options();
    const bool single = headers_.members(outputs_).size() == 1;
    const std::string result =
        single && !case_.inputs.count(d_.op.outputs[0].name) ? d_.op.outputs[0].name : "result";

    std::string body;
    std::set<std::string> declared;
    const auto declare = [&](const std::string& key) {
      const auto at = case_.inputs.find(key);
      if (at != case_.inputs.end() && declared.insert(key).second) body += declaration(key, at->second);
    };
    declare("row_offsets");
    for (const auto& in : d_.op.inputs) declare(in.name);
    for (const auto& [key, v] : case_.inputs) declare(key);
    body += "\n  const guerdon::scalar_backend backend;\n";
    body += call(result, given, chosen) + "\n";
    for (const auto& out : d_.op.outputs)
      if (case_.expected.count(out.name))
        body += print(out.name, single ? result : result + "." + member_of(out.name));

    std::string includes =
        "#include <" + header_ + ">\n#include <guerdon/backend/scalar.hpp>\n\n#include <iostream>\n";
    if (body.find("std::numeric_limits") != std::string::npos) includes += "#include <limits>\n";
    if (body.find("std::string") != std::string::npos) includes += "#include <string>\n";
    return includes + "#include <vector>\n\nint main() {\n" + body + "}\n";
  }

  std::string output() const {
    std::string text;
    for (const auto& out : d_.op.outputs) {
      const auto at = case_.expected.find(out.name);
      if (at == case_.expected.end()) continue;
      const value& v = at->second;
      text += out.name;
      for (std::size_t i = 0; i < static_cast<std::size_t>(v.size()); ++i) {
        char buffer[40];
        if (!v.is_text) std::snprintf(buffer, sizeof buffer, " %.6g", v.data[i] == 0 ? 0.0 : v.data[i]);
        text += v.is_text ? " \"" + v.text[i] + '"' : buffer;
      }
      text += '\n';
    }
    return text;
  }

  double tolerance() const { return std::max({case_.atol, case_.rtol, d_.op.about.tolerance, 1e-5}); }

  /// How far a case is from being a good example: large, odd or trivial ones come last. Negative: no example.
  static double strangeness(const known_answer& a, const harness::operation& op) {
    if (!a.error.empty()) return -1;
    double odd = 0, numbers = 0;
    double answers = 0, zeros = 0;
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
        for (const char c : t)
          odd += static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) > 126 ? 5 : 0;
        answers += expected;
      }
    };
    for (const auto& [key, v] : a.inputs) look(v, false);
    for (const auto& [key, v] : a.expected) look(v, true);
    for (const auto& p : op.parameters) {
      const auto at = a.parameters.find(p.name);
      if (at != a.parameters.end() && p.standard && at->second != *p.standard) odd += 4;
    }
    if (a.inputs.count("row_offsets")) odd += 10;
    return odd + std::abs(numbers - 14) + 40 * (answers == 0 ? 1 : zeros / answers);
  }

 private:
  static std::string declaration(const std::string& key, const value& v, kind k) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < static_cast<std::size_t>(v.size()); ++i) parts.push_back(literal(v, i, k));
    return braced("  const std::vector<" + std::string(element_name(k)) + "> " + key + " = ", parts, ";\n",
                  "      ");
  }
  std::string declaration(const std::string& key, const value& v) const {
    if (key == "row_offsets") return declaration(key, v, kind::integer);
    for (const auto& in : d_.op.inputs)
      if (in.name == key) return declaration(key, v, in.kind);
    throw std::runtime_error(d_.op.about.name.data() + std::string(": case input ") + key +
                             " is not described");
  }

  static std::size_t dimensions(const std::string& shape) {
    return shape == "*" ? 0 : static_cast<std::size_t>(std::count(shape.begin(), shape.end(), ',')) + 1;
  }
  std::string input_member(std::size_t offset) const {
    return headers_.member_at(inputs_, offset, d_.inputs_size).names[0];
  }
  std::string member_of(const std::string& output) const {
    for (std::size_t i = 0; i < d_.outputs.size(); ++i)
      if (d_.outputs[i].name == output)
        return headers_.member_at(outputs_, d_.outputs[i].offset, d_.outputs_size).names[0];
    throw std::runtime_error(std::string(d_.op.about.name) + ": case output " + output + " is not described");
  }

  /// ".member = variable", in the order of the struct.
  std::vector<std::string> inputs() const {
    std::map<std::size_t, std::string> given;
    const bool ragged = case_.inputs.count("row_offsets") > 0;
    std::vector<index_t> sizes;  // of "B,T", "T,B" or "*"
    for (const auto& [key, v] : case_.inputs) {
      std::vector<std::size_t> candidates;
      for (std::size_t i = 0; i < d_.op.inputs.size(); ++i)
        if (d_.op.inputs[i].name == key) candidates.push_back(i);
      for (const std::size_t i : candidates) {
        const auto& in = d_.op.inputs[i];
        const bool flat = ragged && in.shape == "B,T";
        const bool fits = in.shape == "*" || v.shape.size() == (flat ? 1 : dimensions(in.shape)) ||
                          (in.kind != kind::segments && v.shape.size() + 1 == dimensions(in.shape) &&
                           candidates.size() == 1);
        if (!fits) continue;
        given[d_.inputs[i].offset] = "." + input_member(d_.inputs[i].offset) + " = " + key;
        if (sizes.empty() && (in.shape == "B,T" || in.shape == "T,B" || in.shape == "*")) sizes = v.shape;
        break;
      }
    }
    for (const place& layout : d_.layouts) {
      const std::string head = "." + input_member(layout.offset) + " = ";
      if (ragged)
        given[layout.offset] = head + "row_offsets";
      else if (layout.name == "rows" && sizes.size() == 2)
        given[layout.offset] =
            head + "guerdon::segments::uniform(" + shortest(sizes[0]) + ", " + shortest(sizes[1]) + ")";
      else if (layout.name == "time" && !sizes.empty())
        given[layout.offset] = head + "guerdon::time_major(" + shortest(sizes[0]) + ", " +
                               shortest(sizes.size() > 1 ? sizes[1] : index_t(1)) + ")";
    }
    std::vector<std::string> parts;
    for (const auto& [offset, text] : given) parts.push_back(text);
    return parts;
  }

  std::string setting_text(const harness::parameter_info& p, const harness::setting& s,
                           const member& m) const {
    if (const std::string* name = std::get_if<std::string>(&s)) {
      const auto at = std::find(p.names.begin(), p.names.end(), *name);
      const auto* names = headers_.enumeration(m.type);
      if (at == p.names.end() || !names)
        throw std::runtime_error(p.name + ": alternative " + *name + " is not described");
      return "guerdon::" + headers_.resolve(m.type) +
             "::" + names->at(static_cast<std::size_t>(at - p.names.begin())).name;
    }
    const double x = std::get<double>(s);
    if (p.form == harness::parameter_info::flag) return x != 0 ? "true" : "false";
    if (std::isinf(x))
      return x < 0 ? "-std::numeric_limits<double>::infinity()" : "std::numeric_limits<double>::infinity()";
    return p.form == harness::parameter_info::integer ? shortest(static_cast<index_t>(x)) : shortest(x);
  }

  /// The options that differ from their defaults, in the order of the struct; nested ones inside their
  /// braces.
  std::vector<std::string> options() const {
    struct chosen {
      std::size_t offset;
      member_path path;
      std::string text;
    };
    std::vector<chosen> all;
    for (std::size_t i = 0; i < d_.op.parameters.size(); ++i) {
      const auto& p = d_.op.parameters[i];
      const auto at = case_.parameters.find(p.name);
      if (at == case_.parameters.end() || (p.standard && at->second == *p.standard)) continue;
      auto path = headers_.member_at(options_, d_.parameters[i].offset, d_.options_size);
      std::string text = setting_text(p, at->second, path.last);
      all.push_back({d_.parameters[i].offset, std::move(path), std::move(text)});
    }
    std::sort(all.begin(), all.end(), [](const chosen& a, const chosen& b) { return a.offset < b.offset; });
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& names = all[i].path.names;
      if (names.size() == 1) {
        parts.push_back("." + names[0] + " = " + all[i].text);
        continue;
      }
      std::vector<std::string> inner;
      for (; i < all.size() && all[i].path.names[0] == names[0]; ++i)
        inner.push_back("." + all[i].path.names[1] + " = " + all[i].text);
      --i;
      parts.push_back("." + names[0] + " = {" + join(inner, ", ") + "}");
    }
    return parts;
  }

  std::string call(const std::string& result, const std::vector<std::string>& given,
                   const std::vector<std::string>& chosen) const {
    const std::string head = "  const auto " + result + " = guerdon::" + std::string(d_.op.about.name) + "(";
    const std::string in = "{" + join(given, ", ") + "}",
                      o = chosen.empty() ? "" : "{" + join(chosen, ", ") + "}";
    const std::string one_line = head + "backend, " + in + (o.empty() ? "" : ", " + o) + ");\n";
    if (one_line.size() <= 100) return one_line;
    const std::string tail = o.empty() ? ");\n" : ",\n";
    std::string text = head + "\n" + braced("      backend, ", given, tail, "                ");
    if (!o.empty()) text += braced("      ", chosen, ");\n", "       ");
    return text;
  }

  std::string print(const std::string& key, const std::string& from) const {
    const auto& outputs = d_.op.outputs;
    const auto at =
        std::find_if(outputs.begin(), outputs.end(), [&](const auto& o) { return o.name == key; });
    if (at->shape == "1" && at->kind != kind::flag && at->kind != kind::text)
      return "  std::cout << \"" + key + " \" << " + from + "[0] << '\\n';\n";
    std::string type = element_name(at->kind), show = "' ' << x";
    if (at->kind == kind::text) type = "std::string&", show = "\" \\\"\" << x << '\"'";
    if (at->kind == kind::flag) type = "int";
    return "  std::cout << \"" + key + "\";\n  for (const " + type + " x : " + from + ") std::cout << " +
           show + ";\n  std::cout << '\\n';\n";
  }

  const described& d_;
  const header_text& headers_;
  std::string header_, inputs_, outputs_, options_;
  const known_answer& case_;
};

}  // namespace guerdon::docs
