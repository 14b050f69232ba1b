// guerdon_doc_programs: collects the complete programs in Markdown pages (code blocks in C++ with `int main`)
// into sources that a test compiles and runs. A block in `text` after a program is what it must print.

#include "header_text.hpp"

#include <cstdio>
#include <set>

namespace {

using namespace guerdon::docs;
namespace fs = std::filesystem;

struct program {
  std::string page, code, output, tolerance = "1e-05";
};

std::vector<program> programs_of(const fs::path& root, const std::string& page) {
  std::vector<program> found;
  std::string code, output, tolerance = "1e-05";
  enum { prose, in_code, in_output, in_other } state = prose;
  bool fresh = false;  // a program was the last block
  for (const std::string& line : lines_of(read_file(root / page))) {
    if (state == prose) {
      if (line.starts_with("```cpp"))
        state = in_code, code.clear();
      else if (line.starts_with("```text") && fresh)
        state = in_output, output.clear();
      else if (line.starts_with("```"))
        state = in_other;
      else if (line.starts_with("<!-- tolerance "))
        tolerance = line.substr(15, line.find(' ', 15) - 15);
    } else if (line.starts_with("```")) {
      if (state == in_code && (fresh = code.find("int main()") != std::string::npos))
        found.push_back({page, code, ""});
      if (state == in_output) found.back().output = output, found.back().tolerance = tolerance, fresh = false;
      state = prose;
    } else if (state == in_code) {
      code += line + "\n";
    } else if (state == in_output) {
      output += line + "\n";
    }
  }
  return found;
}

std::string source_of(const std::vector<program>& programs, const std::string& function) {
  std::set<std::string> includes{"#include \"programs.hpp\""};
  std::string body, list;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    std::string code;
    for (const std::string& line : lines_of(programs[i].code)) {
      if (line.starts_with("#include"))
        includes.insert(line);
      else
        code += line + "\n";
    }
    code.replace(code.find("int main()"), 10, "void run()");
    const std::string scope = function + "_" + std::to_string(i);
    body += "\nnamespace " + scope + " {  // " + programs[i].page + "\n" + code + "}\n";
    list += "  all.push_back({\"" + programs[i].page + "\", " + scope + "::run, R\"~(" + programs[i].output +
            ")~\", " + programs[i].tolerance + "});\n";
  }
  std::string text;
  for (const std::string& line : includes) text += line + "\n";
  return text + body + "\nvoid " + function + "([[maybe_unused]] std::vector<documented_program>& all) {\n" +
         list + "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: guerdon_doc_programs PROJECT OUTPUT.cpp FUNCTION [PAGE...]\n", stderr);
    return 2;
  }
  try {
    std::vector<program> programs;
    for (int i = 4; i < argc; ++i)
      for (program& p : programs_of(argv[1], argv[i])) programs.push_back(std::move(p));
    std::ofstream stream(argv[2]);
    stream << source_of(programs, argv[3]);
    if (!stream.flush()) throw std::runtime_error(std::string(argv[2]) + ": cannot be written");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "guerdon_doc_programs: %s\n", e.what());
    return 1;
  }
}
