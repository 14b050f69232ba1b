// Derives the module's docstrings, as a source, and its type stubs from the operations' lists and their headers:
//   guerdon_python_documents INCLUDE_FOLDER docstrings.cpp _guerdon.pyi
#include "documents.hpp"

#include "header_text.hpp"
#include "prose.hpp"

#include <cstdio>

namespace {

using namespace guerdon;
using namespace guerdon::python;
using docs::header_text;

/// The comment on a member; of an alternative, of a list's offsets: none.
std::string comment_on(const header_text& headers, const operation& op, const char* of, const char* group,
                       const char* name) {
  try {
    return docs::meaning_of(headers.member_of(std::string(op.about.name), of, group, name).comment);
  } catch (const docs::header_fault&) {
    return "";
  }
}
std::string shape_of(const op::field_info& f) {
  const std::string shape = f.shape.text;
  if (f.kind == op::field_info::extent) return "the size " + shape;
  if (f.kind == op::field_info::cuts) return "cuts [" + shape + "] into " + f.count.text;
  return shape == "*" ? "any shape" : "[" + shape + "]";
}

std::string docstring(const header_text& headers, const operation& op) {
  const std::string header = "guerdon/" + std::string(op.about.family) + "/" + std::string(op.about.name) + ".hpp";
  const docs::docstring comment(headers.leading_comment(header));
  std::string text = std::string(op.about.title) + ".\n\n";
  const auto blocks = [&](const std::vector<std::vector<std::string>>& all) {
    for (const auto& b : all) text += docs::join(b, "\n") + "\n\n";
  };
  const auto line = [&](const std::string& name, const std::string& what, const std::string& meaning) {
    text += "    " + name + ": " + what + (meaning.empty() ? "" : ". " + meaning) + "\n";
  };
  blocks(comment.body);

  const auto of_field = [&](const op::field_info& f, kind k, bool result) {
    std::string what = shape_of(f);
    if (!result && f.kind == op::field_info::array) what += ", " + docs::values_text(f, k);
    if (f.optional) what += result ? "" : ", may be left out";
    line(python_name(f.file_name), what, comment_on(headers, op, result ? "outputs" : "inputs", f.group, f.name));
  };
  text += "Args:\n";
  for (const argument_name& a : arguments_of(op)) {
    if (a.name == "row_offsets") line("row_offsets", "cut flat arrays of tokens into rows", "");
    else if (a.name == "row_lengths") line("row_lengths", "tokens in each row of padded arrays [B,T]", "");
    else if (a.list || a.info->file_name == a.name) of_field(*a.info, a.of, false);
    else
      line(std::string(a.name), "cut " + std::string(a.info->file_name) + " into rows, where it is no list of lists",
           "");
  }
  const auto option = [&](const op::option_info& o, const parameter_info& p) {
    std::string what = p.form == parameter_info::choice ? docs::join(p.names, ", ")
                       : p.form == parameter_info::flag ? "True or False"
                       : p.form == parameter_info::text ? "a text"
                                                        : docs::range_text(p.range, p.form == parameter_info::integer);
    line(python_name(p.name), what + (p.standard ? "; " + default_of(p) : ", required"),
         comment_on(headers, op, "options", o.group, o.name));
  };
  const auto& fields = op.array ? op.array->parameters : op.host->parameters;
  for (std::size_t i = 0; i < fields.size(); ++i) option(fields[i].info, op.parameters[i]);
  if (op.array) {
    line("out", "memory for the results: an array, or a dict of arrays by name", "");
    line("dtype", "float32 or float64, where no array says it", "");
  }
  text += "\nReturns:\n";
  if (op.array)
    for (std::size_t i = 0; i < op.array->results.size(); ++i)
      of_field(op.array->results[i], op.array->result_kinds[i], true);
  else
    for (const host_field& f : op.host->results) of_field(f.info, f.form->kind, true);
  for (const op::gradient& g : op.gradients)
    text += "\n" + std::string(g.name) + " is the derivative of " + g.of + " by " + g.by +
            (*g.where == 0 ? "" : ", where " + std::string(g.where)) + ".\n";
  text += "\nRaises:\n    ValueError: names the argument, before anything is written.\n";
  if (!comment.details.empty()) text += "\nDetails that differ:\n", blocks(comment.details);
  if (!comment.source.empty()) text += "\nSource: ", blocks(comment.source);
  while (text.ends_with("\n")) text.pop_back();
  return text;
}

/// A literal of C++, in parts that a compiler takes.
std::string literal(const std::string& text) {
  std::string code = "\n    \"";
  std::size_t since = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[8];
    if (c == '\n') code += "\\n\"\n    \"", since = 0;
    else if (c == '"' || c == '\\') code += std::string("\\") + c;
    else if (byte < 32 || byte > 126) std::snprintf(escaped, sizeof escaped, "\\%03o", byte), code += escaped;
    else code += c;
    if (++since > 1000) code += "\"\n    \"", since = 0;
  }
  return code + "\"";
}
std::string indented(const std::string& text) {
  std::string code;
  for (const std::string& line : docs::lines_of(text)) {
    std::string kept;
    for (const char c : line) kept += c == '\\' ? std::string("\\\\") : c == '"' ? std::string("'") : std::string(1, c);
    code += (kept.empty() ? "" : "    " + kept) + "\n";
  }
  return code;
}

void write(const char* path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text).flush()) throw std::runtime_error(std::string(path) + ": cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: guerdon_python_documents INCLUDE_FOLDER DOCSTRINGS STUBS\n", stderr);
    return 2;
  }
  try {
    const header_text headers(argv[1]);
    std::string code = "#include \"documents.hpp\"\n\n#include <map>\n\nnamespace guerdon::python {\n"
                       "const char* docstring_of(std::string_view operation) {\n"
                       "  static const std::map<std::string_view, const char*> all = {\n";
    std::string stubs =
        "# Derived from the operations' lists.\nfrom math import inf\nfrom typing import Any, Literal, NamedTuple, "
        "Sequence\n\n"
        "Array = Any  # of NumPy, a tensor, or what has __dlpack__\nTexts = Sequence[str]\nOffsets = Any  # an array "
        "of int64, or the size of all segments\n\n"
        "def set_num_threads(num_threads: int) -> None: ...\ndef get_num_threads() -> int: ...\n";
    for (const operation& op : all_operations()) {
      const std::string text = docstring(headers, op), name(op.about.name);
      code += "    {\"" + name + "\"," + literal(text) + "},\n";
      if (const auto results = results_of(op); results.size() > 1) {
        stubs += "\nclass " + name + "_result(NamedTuple):\n";
        for (const std::string_view result : results) stubs += "    " + std::string(result) + ": Any\n";
      }
      stubs += "\n" + signature(op) + ":\n    \"\"\"" + indented(text).substr(4) + "    \"\"\"\n";
    }
    write(argv[2], code + "  };\n  return all.at(operation);\n}\n}  // namespace guerdon::python\n");
    write(argv[3], stubs);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "guerdon_python_documents: %s\n", e.what());
    return 1;
  }
  return 0;
}
