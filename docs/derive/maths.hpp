#pragma once
// The maths of an operation as its header writes it: the loop of its launch, or the programs that it launches.

#include "header_text.hpp"

#include <optional>

namespace guerdon::docs {

/// Cuts functions and structs out of a header.
class maths {
 public:
  /// `shared`: the headers of the family that it includes.
  maths(const std::string& header, const std::string& operation, std::vector<std::string> shared)
      : text_(header), operation_(operation), shared_(std::move(shared)) {}

  /// What the writing function does after its checks, with launches over elements written as loops. Nothing if there is
  /// none, or more than a screen of it.
  std::optional<std::string> loop() const {
    auto code = body();
    if (!code) return std::nullopt;
    for (std::size_t at = 0; (at = code->find("backend.each(", at)) != std::string::npos;)
      if (!write_loop(*code, at)) return std::nullopt;
    return screen(*code);
  }

  /// The struct of the operation's name at namespace scope: a value.
  std::string value() const {
    std::smatch m;
    if (!std::regex_search(text_, m, std::regex(R"(\n((?:///[^\n]*\n)*struct )" + operation_ + R"( \{\n))"))) return "";
    const auto begin = static_cast<std::size_t>(m.position(1));
    const std::size_t close = matching(text_, begin + static_cast<std::size_t>(m.length(1)) - 2);
    return close == std::string::npos ? "" : text_.substr(begin, close + 2 - begin) + "\n";
  }

  /// What the function names, and what that names in turn, of the header and its family: structs and functions, in the
  /// order of their headers, at most two screens of them.
  std::vector<std::string> parts() const {
    const auto code = body();
    if (!code) return {};
    struct part {
      std::string name, text;
      bool shown = false;
    };
    std::vector<part> all;
    static const std::regex one(
        R"(\n((?:///[^\n]*\n)*(?:template <[^\n]*>\n(?:  requires [^\n]*\n)?)?)"
        R"((?:struct (\w+)|(?:(?:inline|constexpr|GUERDON_HD) )*[\w:]+(?:<[^\n(]*>)? (\w+)\([^;{]*\))[^\n;]*\{\n))");
    const auto collect = [&](const std::string& text) {
      for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) {
        const auto begin = static_cast<std::size_t>(at->position(1));
        const std::size_t brace = begin + static_cast<std::size_t>((*at)[1].length()) - 2,
                          close = matching(text, brace);
        const std::string name = (*at)[2].str() + (*at)[3].str();
        if (close == std::string::npos || name == operation_ || name.starts_with("check") || in_lists(text, begin))
          continue;
        if (text.substr(begin, close - begin).find("auto parameters()") != std::string::npos) continue;
        const bool semicolon = close + 1 < text.size() && text[close + 1] == ';';
        if (const auto shown = screen(text.substr(begin, close + 1 + semicolon - begin) + "\n"))
          all.push_back({name, *shown});
      }
    };
    for (const std::string& text : shared_) collect(text);
    collect(text_);
    std::string named = *code;
    std::size_t lines = 0;
    for (bool more = true; more;) {
      more = false;
      for (part& p : all) {
        const std::size_t length = lines_of(p.text).size();
        if (p.shown || lines + length > 2 * most_lines || !std::regex_search(named, std::regex("\\b" + p.name + "\\b")))
          continue;
        p.shown = more = true;
        lines += length;
        named += p.text;
      }
    }
    std::vector<std::string> found;
    for (const part& p : all)
      if (p.shown) found.push_back(p.text);
    return found;
  }

 private:
  static constexpr std::size_t most_lines = 90;

  /// Does the text at `at` say what operations take, rather than what they do?
  static bool in_lists(const std::string& text, std::size_t at) {
    const std::size_t abi = text.find("inline namespace GUERDON_ABI {\n");
    return abi != std::string::npos && at < abi;
  }

  static std::optional<std::string> screen(const std::string& code) {
    if (trim(code).empty() || lines_of(code).size() > most_lines) return std::nullopt;
    return code;
  }

  /// The bracket that closes the one at `open`; comments, strings and characters aside.
  static std::size_t matching(const std::string& s, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < s.size(); ++i) {
      const char c = s[i];
      if (c == '/' && i + 1 < s.size() && s[i + 1] == '/') {
        i = s.find('\n', i);
        if (i == std::string::npos) break;
      } else if (c == '"' || (c == '\'' && !(i > 0 && std::isalnum(static_cast<unsigned char>(s[i - 1]))))) {
        for (++i; i < s.size() && s[i] != c; ++i) i += s[i] == '\\';
      } else if (c == '(' || c == '{' || c == '[') {
        ++depth;
      } else if ((c == ')' || c == '}' || c == ']') && --depth == 0) {
        return i;
      }
    }
    return std::string::npos;
  }

  /// The body of the writing function, or of a host function, without its checks and two blanks to the left.
  std::optional<std::string> body() const {
    static const std::string head = R"(\n(?:inline )?(?:void|(?:op::)?[\w:]+) )";
    const std::regex writing(head + operation_ + R"(\(const \w+& backend,[^{]*?\)\s*\{\n)"),
        host("\\n(?:inline )?op::" + operation_ + "::outputs (?:" + operation_ +
             R"(|updated)\([^{]*?(?:= \{\})?\)\s*\{\n)");
    std::smatch m;
    if (!std::regex_search(text_, m, writing) && !std::regex_search(text_, m, host)) return std::nullopt;
    const std::size_t begin = static_cast<std::size_t>(m.position(0) + m.length(0)), close = matching(text_, begin - 2);
    if (close == std::string::npos) return std::nullopt;
    std::string code;
    bool checks = false;
    for (std::string line : lines_of(text_.substr(begin, close - begin))) {
      const std::string bare = trim(line);
      static const std::regex check(
          R"((?:const auto \w+ = )?(?:detail::)?check<.*|rule\(.*|require\(.*|(?:\w+::)*check_\w+\(.*)");
      if (checks || std::regex_match(bare, check)) {
        checks = bare.find(';') == std::string::npos;
        continue;
      }
      code += (line.starts_with("  ") ? line.substr(2) : line) + "\n";
    }
    return code.substr(std::min(code.find_first_not_of('\n'), code.size()));
  }

  /// backend.each(n, [=] GUERDON_HD(index_t i) { ... }); at `at` becomes a loop.
  static bool write_loop(std::string& code, std::size_t at) {
    const std::size_t open = code.find('(', at), close = matching(code, open);
    if (close == std::string::npos || close + 1 >= code.size() || code[close + 1] != ';') return false;
    const std::string inside = code.substr(open + 1, close - open - 1);
    static const std::regex launch(
        R"(^([\s\S]*?),\s*\[[=&]?[^\]]*\]\s*GUERDON_HD\s*\(index_t (\w+)\)\s*(?:mutable\s*)?\{)");
    std::smatch m;
    if (!std::regex_search(inside, m, launch)) return false;
    const auto brace = static_cast<std::size_t>(m.length(0)) - 1;
    if (matching(inside, brace) != inside.size() - 1) return false;
    const std::string i = m[2];
    code.replace(at, close + 2 - at,
                 "for (index_t " + i + " = 0; " + i + " < " + trim(m[1]) + "; ++" + i + ") " + inside.substr(brace));
    return true;
  }

  const std::string& text_;
  std::string operation_;
  std::vector<std::string> shared_;
};

}  // namespace guerdon::docs
