#pragma once
// What a reader of the headers sees and a compiler does not tell: comments, names of types, the text of the maths.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace guerdon::docs {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error(path.string() + ": cannot be read");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A page with the table between its two marks brought up to date.
inline std::string with_table(const std::string& page, const std::string& name, const std::string& table) {
  const std::string begin = "<!-- derived: " + name + " -->\n";
  const std::size_t from = page.find(begin), to = page.find("<!-- end -->", from);
  if (from == std::string::npos || to == std::string::npos)
    throw std::runtime_error("a page has lost its marks " + begin + "... <!-- end -->");
  return page.substr(0, from + begin.size()) + table + page.substr(to);
}

inline std::string trim(const std::string& s) {
  const auto begin = s.find_first_not_of(" \n"), end = s.find_last_not_of(" \n");
  return begin == std::string::npos ? "" : s.substr(begin, end - begin + 1);
}

inline std::string join(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i ? between : "") + parts[i];
  return text;
}

/// What is wrong with a header, for whoever wrote it.
struct header_fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct member {
  std::string type, name, comment;
};
struct enumerator {
  std::string name, comment;
};

/// Structs, aliases and enumerations of all headers, as the text says them. A struct in a struct is "outer::inner".
class header_text {
 public:
  explicit header_text(const std::filesystem::path& include) : include_(include) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(include / "guerdon"))
      if (entry.path().extension() == ".hpp") {
        const std::string name = std::filesystem::relative(entry.path(), include).generic_string();
        texts_[name] = read_file(entry.path());
        read(texts_[name]);
      }
  }

  const std::string& text(const std::string& header) const {
    const auto at = texts_.find(header);
    if (at == texts_.end()) throw header_fault(header + " is not there");
    return at->second;
  }

  /// The comment that follows `#pragma once`, without its slashes.
  std::vector<std::string> leading_comment(const std::string& header) const {
    std::vector<std::string> comment;
    for (const std::string& line : lines_of(text(header))) {
      if (line.starts_with("//"))
        comment.push_back(line.size() > 3 ? line.substr(3) : "");
      else if (!line.starts_with("#pragma once"))
        break;
    }
    return comment;
  }

  /// The member that a list of op::X speaks of: "inputs", in a nested struct or not.
  member member_of(const std::string& op, const std::string& of, const std::string& group,
                   const std::string& name) const {
    const std::string outer = op + "::" + of;
    member m = group.empty() ? in_struct(outer, name) : in_struct(in_struct(outer, group).type, name);
    if (m.type.starts_with("guerdon::")) m.type.erase(0, 9);  // of a member that is called as its type is
    return m;
  }
  /// The members of a struct at namespace scope.
  std::vector<member> members_of(const std::string& type) const {
    const auto at = structs_.find(resolve(type));
    return at == structs_.end() ? std::vector<member>() : at->second;
  }
  const std::vector<enumerator>* enumeration(const std::string& type) const {
    const auto at = enums_.find(resolve(type));
    return at == enums_.end() ? nullptr : &at->second;
  }
  /// The `///` comment above an enumeration.
  std::string comment_on(const std::string& type) const {
    const auto at = comments_.find(resolve(type));
    return at == comments_.end() ? "" : at->second;
  }

  /// The rules across arguments that a header states beside its lists: argument, sentence.
  std::vector<std::pair<std::string, std::string>> rules(const std::string& header) const {
    static const std::regex one(R"re("([a-z][\w.]*)",\s*"([^"]+ [^"]+)"(?:\s*"([^"]+)")?\s*\))re");
    std::vector<std::pair<std::string, std::string>> found;
    const std::string& all = text(header);
    for (std::sregex_iterator at(all.begin(), all.end(), one), end; at != end; ++at) {
      const std::pair rule((*at)[1].str(), (*at)[2].str() + (*at)[3].str());
      if (std::find(found.begin(), found.end(), rule) == found.end()) found.push_back(rule);
    }
    return found;
  }

  /// The headers of its own family that a header includes, and those that these do.
  std::vector<std::string> family_headers(const std::string& header) const {
    std::vector<std::string> found;
    add_family_headers(header, header.substr(0, header.rfind('/') + 1), found);
    return found;
  }

  /// Does the header stand on nothing but guerdon and the standard library?
  bool self_contained(const std::string& header) const {
    std::set<std::string> seen;
    return self_contained(header, seen);
  }

 private:
  std::string resolve(std::string name) const {
    for (auto at = aliases_.find(name); at != aliases_.end() && at->second != name; at = aliases_.find(name))
      name = at->second;
    return name;
  }
  member in_struct(const std::string& name, const std::string& wanted) const {
    const auto at = structs_.find(resolve(name));
    if (at == structs_.end())
      throw header_fault("struct " + name + " is in no header, or is written in an unusual way");
    for (const member& m : at->second)
      if (m.name == wanted) return m;
    throw header_fault("struct " + name + " has no member " + wanted + " that its text shows");
  }

  void read(const std::string& text) {
    static const std::regex struct_line(R"(^( *)struct (\w+)(?: final)?(?: : [\w:<>, ]+)? \{(.*))"),
        enum_line(R"(^( *)enum class (\w+)(?: : [^{]+)? \{(.*))"),
        alias_line(R"(^( *)using (\w+) =\s*(?:typename )?([\w:]+?)(?:<[^;]*>)?;.*)"),
        member_line(
            R"(^ *((?:const )?[A-Za-z_][\w:<>, *]*?) (\w+(?:(?: = [^;]*?)?, \w+)*))"
            R"((?:\s*=\s*[^;]*|\{[^;]*\})?;(?:\s*///< ?(.*))?$)"),
        more(R"(^\s*///< ?(.*)$)");
    struct open_struct {
      std::size_t indent;
      std::string name;
    };
    std::vector<open_struct> open;
    const auto full = [&](const std::string& name) {
      std::string text;
      for (const open_struct& o : open) text += o.name + "::";
      return text + name;
    };
    const auto lines = lines_of(text);
    std::smatch m;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string line = lines[i];
      const std::size_t indent = line.find_first_not_of(' ');
      if (indent == std::string::npos) continue;
      while (!open.empty() && indent <= open.back().indent) open.pop_back();
      if (std::regex_match(line, m, struct_line)) {
        const std::string name = full(m[2]);
        auto& members = structs_[name];
        const std::string rest = m[3];
        if (rest.starts_with("}") || rest.find("};") != std::string::npos) {
          static const std::regex inside(R"(([A-Za-z_][\w:<>]*) (\w+)(?: = [^;]*)?;)");
          for (std::sregex_iterator at(rest.begin(), rest.end(), inside), end; at != end; ++at)
            members.push_back({(*at)[1], (*at)[2], ""});
          continue;
        }
        open.push_back({indent, m[2]});
      } else if (std::regex_match(line, m, enum_line)) {
        const std::string name = full(m[2]);
        const std::size_t first = i;
        std::string body = m[3];
        while (body.find('}') == std::string::npos && ++i < lines.size()) body += "\n" + lines[i];
        enums_[name] = enumerators(body);
        std::string comment;
        for (std::size_t above = first; above > 0 && trim(lines[above - 1]).starts_with("/// "); --above)
          comment = trim(lines[above - 1]).substr(4) + (comment.empty() ? "" : " ") + comment;
        comments_[name] = comment;
      } else if (!open.empty() && indent == open.back().indent + 2) {
        while (line.find(';') == std::string::npos && (line.ends_with(" =") || line.ends_with(",")) &&
               i + 1 < lines.size())
          line += " " + trim(lines[++i]);
        if (std::regex_match(line, m, alias_line)) {
          aliases_.emplace(full(m[2]), m[3]);
        } else if (line.find("static ") == std::string::npos && line.find("friend ") == std::string::npos &&
                   std::regex_match(line, m, member_line)) {
          std::string names = m[2].str() + ",", type = strip(m[1]);
          auto& members = structs_[full("").substr(0, full("").size() - 2)];
          static const std::regex one(R"((\w+)(?: = [^,]*)?,)");
          for (std::sregex_iterator at(names.begin(), names.end(), one), end; at != end; ++at)
            members.push_back({type, (*at)[1], m[3]});
        } else if (std::regex_match(line, m, more)) {
          auto& members = structs_[full("").substr(0, full("").size() - 2)];
          if (!members.empty()) members.back().comment += " " + m[1].str();
        }
      } else if (!open.empty() && std::regex_match(line, m, more)) {
        auto& members = structs_[full("").substr(0, full("").size() - 2)];
        if (!members.empty()) members.back().comment += " " + m[1].str();
      }
    }
  }

  static std::string strip(std::string type) {
    for (const char* prefix : {"guerdon::", "op::"})
      if (type.starts_with(prefix)) type.erase(0, std::string(prefix).size());
    return type;
  }

  static std::vector<enumerator> enumerators(const std::string& body) {
    static const std::regex one(R"((\w+)(?: = -?\w+)?\s*(?:,|\}|$|(?=///<))\s*(?:///< ?([^\n]*))?)");
    std::vector<enumerator> found;
    std::string text;
    for (const std::string& line : lines_of(body)) {
      static const std::regex more(R"(^\s*///< ?(.*)$)");
      std::smatch m;
      if (std::regex_match(line, m, more) && !text.empty())
        text.back() = ' ', text += m[1].str() + "\n";
      else
        text += line + "\n";
    }
    for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at)
      found.push_back({(*at)[1], (*at)[2]});
    return found;
  }

  void add_family_headers(const std::string& header, const std::string& family, std::vector<std::string>& found) const {
    static const std::regex include(R"(#include <([^>]+)>)");
    const std::string& all = text(header);
    for (std::sregex_iterator at(all.begin(), all.end(), include), end; at != end; ++at) {
      const std::string other = (*at)[1];
      if (!other.starts_with(family) || std::find(found.begin(), found.end(), other) != found.end()) continue;
      found.push_back(other);
      add_family_headers(other, family, found);
    }
  }

  bool self_contained(const std::string& header, std::set<std::string>& seen) const {
    if (!seen.insert(header).second) return true;
    static const std::regex include(R"(#include <([^>]+)>)");
    const auto known = texts_.find(header);
    if (known == texts_.end()) return header.find('.') == std::string::npos;
    for (std::sregex_iterator at(known->second.begin(), known->second.end(), include), end; at != end; ++at)
      if (!self_contained((*at)[1], seen)) return false;
    return true;
  }

  std::filesystem::path include_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::vector<member>> structs_;
  std::map<std::string, std::vector<enumerator>> enums_;
  std::map<std::string, std::string> aliases_, comments_;
};

}  // namespace guerdon::docs
