#pragma once
// The program in a language model's answer: what stands in its first fence, from the first function on.
//
// Looked for in this order: a fence of three backticks and "python", a fence of three backticks, and, unless `strict`,
// a stretch in three, two or one double quotes; the inside is trimmed. Where there is none, or it is empty, the whole
// answer is taken as it is. Then the lines before the first that begins with "def ", blanks aside, are dropped.
//
// Source: Eureka, arXiv:2310.12931; eureka-research/Eureka, eureka.py.
//
// Details that differ:
// - Fences only. The released code also tries quotes, {.strict = false}: in an answer without a fence the first quoted
//   word of its prose is then the program.
// - The first line with "def ". In the released code the scan does not stop, {.keep = program_start::last_def}:
//   functions above the last are lost.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class program_start { first_def, last_def };
constexpr auto enumerators(program_start) { return std::array{"first_def", "last_def"}; }

namespace op {
struct extract_program : host_kind {
  static constexpr info about{"extract_program", "program", "The program in a language model's answer (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    std::string_view response;
  };
  struct outputs {
    std::string program;
  };
  struct options {
    bool strict = true;                             ///< fences only, no quotes
    program_start keep = program_start::first_def;  ///< from which function on
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("response", &I::response, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("program", &O::program, "B")); }
  static constexpr auto parameters() {
    return std::tuple(flag("strict", &options::strict), choice("keep", &options::keep));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace programs {

/// The inside of the first fence, or quotes, of the answer; all of it where there is nothing inside.
inline std::string_view body(std::string_view response, bool strict) {
  struct marks {
    std::string_view opener, closer;
    bool strict;
  };
  constexpr marks kinds[] = {{"```python", "```", true},
                             {"```", "```", true},
                             {"\"\"\"", "\"\"\"", false},
                             {"\"\"", "\"\"", false},
                             {"\"", "\"", false}};
  for (const marks& kind : kinds) {
    if (strict && !kind.strict) break;
    if (const auto block = tags::next_block(response, kind.opener, kind.closer)) {
      const std::string_view inside = unicode::trim(block->content);
      return inside.empty() ? response : inside;
    }
  }
  return response;
}

/// Where the first, or the last, line begins that defines a function; 0 if none does.
inline std::size_t first_line(std::string_view text, program_start keep) {
  std::size_t found = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (unicode::trim(text.substr(begin, end - begin)).substr(0, 4) == "def ") {
      found = begin;
      if (keep == program_start::first_def) break;
    }
    begin = end + 1;
  }
  return found;
}

}  // namespace programs

/// One answer.
inline op::extract_program::outputs extract_program(const op::extract_program::inputs& in,
                                                    const op::extract_program::options& o = {}) {
  check<op::extract_program>(in, o);
  const std::string_view text = programs::body(in.response, o.strict);
  return {std::string(text.substr(programs::first_line(text, o.keep)))};
}

/// A batch, in order.
inline auto extract_program(const host_rows& rows, std::span<const op::extract_program::inputs> in,
                            const op::extract_program::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return extract_program(row, o); });
}

}}  // namespace guerdon
