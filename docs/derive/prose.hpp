#pragma once
// The comment on top of a header as Markdown.

#include "header_text.hpp"

namespace guerdon::docs {

/// Prose of a header: arXiv numbers and names of operations become links, displayed formulas blocks of their
/// own.
class prose {
 public:
  /// `pages`: operation -> where its page is, as seen from the page that is written.
  explicit prose(std::map<std::string, std::string> pages, std::string self)
      : pages_(std::move(pages)), self_(std::move(self)) {}

  std::string blocks(const std::vector<std::vector<std::string>>& all) const {
    std::string text;
    for (const auto& b : all) text += (text.empty() ? "" : "\n") + block(b);
    return text;
  }

  std::string block(const std::vector<std::string>& lines) const {
    std::string text = join(lines, "\n");
    if (text.starts_with("$$")) {
      const std::size_t end = text.find("$$", 2);
      const std::string rest = end + 2 < text.size() ? text.substr(end + 2) : "";
      return "```math\n" + text.substr(2, end - 2) + "\n```\n" +
             (rest.empty() ? "" : "\n" + block(lines_of(trim(rest))));
    }
    if (text.starts_with("  ")) {  // set off by hand: keep it as it stands
      std::string kept;
      for (const std::string& line : lines)
        kept += "    " + line.substr(std::min<std::size_t>(2, line.find_first_not_of(' '))) + "\n";
      return kept;
    }
    const std::size_t formula = text.find("$$");
    if (formula != std::string::npos && formula > 0) {  // a paragraph that runs into a formula
      return inline_text(trim(text.substr(0, formula))) + "\n\n" + block(lines_of(text.substr(formula)));
    }
    return inline_text(text) + "\n";
  }

  std::string inline_text(const std::string& text) const {
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
      const char c = text[at];
      if (c == '$') {
        const std::size_t end = text.find('$', at + 1);
        if (end != std::string::npos) {
          result += math(text.substr(at + 1, end - at - 1));
          at = end + 1;
          continue;
        }
      }
      if (c == '`') {
        const std::size_t end = text.find('`', at + 1);
        if (end != std::string::npos) {
          result += link(text.substr(at + 1, end - at - 1), text.substr(at, end + 1 - at));
          at = end + 1;
          continue;
        }
      }
      if (is_word(c)) {
        std::size_t end = at;
        while (end < text.size() && is_word(text[end])) ++end;
        const std::string word = text.substr(at, end - at);
        static const std::regex number(R"(arXiv:(\d{4}\.\d{4,5})[\s\S]*)");
        std::smatch m;
        const std::string rest = word == "arXiv" ? text.substr(at, 20) : "";
        if (!rest.empty() && std::regex_match(rest, m, number)) {
          result += "[arXiv:" + m[1].str() + "](https://arxiv.org/abs/" + m[1].str() + ")";
          end = at + 6 + m[1].str().size();
        } else {
          const bool in_path =
              (at > 0 && std::string("/.@-").find(text[at - 1]) != std::string::npos) ||
              (end + 1 < text.size() && (text[end] == '/' || (text[end] == '.' && is_word(text[end + 1]))));
          const std::size_t joint = word.find('_');
          const bool name = joint != std::string::npos && joint > 1 && joint + 1 < word.size() && !in_path;
          result += name ? link(word, "`" + word + "`") : word;
        }
        at = end;
        continue;
      }
      if (c == '<' || c == '>')
        result += c == '<' ? "&lt;" : "&gt;";
      else
        result += c;
      ++at;
    }
    return result;
  }

 private:
  static bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); }

  /// Markdown would eat the backslash before punctuation: the form with backticks keeps it everywhere.
  static std::string math(const std::string& tex) {
    for (std::size_t i = 0; i + 1 < tex.size(); ++i)
      if (tex[i] == '\\' && !std::isalpha(static_cast<unsigned char>(tex[i + 1]))) return "$`" + tex + "`$";
    return "$" + tex + "$";
  }
  std::string link(const std::string& name, const std::string& text) const {
    const auto at = pages_.find(name);
    return at == pages_.end() || name == self_ ? text : "[" + text + "](" + at->second + ")";
  }

  std::map<std::string, std::string> pages_;
  std::string self_;
};

inline std::string capital(std::string text) {
  if (text.substr(0, text.find(' ')).find('_') != std::string::npos) return text;  // a name
  if (text.size() > 1 && (std::isalpha(static_cast<unsigned char>(text[1])) || text.starts_with("a ")))
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// A header's comment, cut at its customary headings.
struct docstring {
  std::vector<std::vector<std::string>> body, source, details, gradient, cost;  // blocks of lines

  explicit docstring(const std::vector<std::string>& comment) {
    auto* part = &body;
    bool fresh = true;
    for (std::string line : comment) {
      if (line.empty()) {
        fresh = true;
        continue;
      }
      for (const auto& [head, target] : {std::pair{"Source:", &source},
                                         {"Details that differ:", &details},
                                         {"Gradient:", &gradient},
                                         {"Cost:", &cost}}) {
        if (!line.starts_with(head)) continue;
        part = target;
        line = trim(line.substr(std::string(head).size()));
        if (target == &cost) line = capital(line);
        fresh = true;
      }
      if (line.empty()) continue;
      if (fresh) part->emplace_back();
      part->back().push_back(line);
      fresh = false;
    }
  }
};

inline std::string cell(std::string text) {
  std::string result;
  for (const char c : text) result += c == '|' ? "\\|" : c == '\n' ? "<br>" : std::string(1, c);
  return result.empty() ? " " : result;
}

/// "[B,T] meaning, >= 0" or "> 0, meaning" -> "meaning": shape and range have columns of their own.
inline std::string meaning_of(const std::string& comment) {
  static const std::regex shape(R"(^\[[\w+,* ]+\][;:,]?\s*)"),
      before(R"(^(?:(?:>=?|<=?) -?[\d.]+|finite)(?:[,;:]\s*|$))"), behind(R"([,;] (?:(?:>=?|<=?) -?[\d.]+|finite)$)");
  return capital(
      std::regex_replace(std::regex_replace(std::regex_replace(comment, shape, ""), before, ""), behind, ""));
}

}  // namespace guerdon::docs
