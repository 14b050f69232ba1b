#pragma once
// What a reader of the headers sees and a compiler does not tell: comments, names of members and enumerators.

#include <guerdon/core/segments.hpp>
#include <guerdon/core/text_view.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
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

struct member {
  std::string type, name, comment;
};
struct enumerator {
  std::string name, comment;
};

/// A member of a struct, or of a struct inside it: {"aggregation", "mode"}.
struct member_path {
  std::vector<std::string> names;
  member last;
};

/// Structs, aliases, enumerations and checks of all headers, as the text says them.
class header_text {
 public:
  explicit header_text(const std::filesystem::path& include) : include_(include) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(include / "guerdon"))
      if (entry.path().extension() == ".hpp") files.push_back(entry.path());
    for (const auto& file : files) read(read_file(file));
  }

  /// The comment that follows `#pragma once`, without its slashes.
  std::vector<std::string> leading_comment(const std::string& header) const {
    std::vector<std::string> comment;
    for (const std::string& line : lines_of(read_file(include_ / header))) {
      if (line.starts_with("//"))
        comment.push_back(line.size() > 3 ? line.substr(3) : "");
      else if (!line.starts_with("#pragma once"))
        break;
    }
    return comment;
  }

  /// The refusals `require(condition, operation, "argument", "problem")` that a header's functions utter,
  /// those of the require_... functions they call among them.
  std::vector<std::pair<std::string, std::string>> refusals(const std::string& header) const {
    std::vector<std::pair<std::string, std::string>> found;
    const std::string text = read_file(include_ / header);
    collect_refusals(text, found);
    for (const auto& [name, body] : checks_) {
      if (!std::regex_search(text, std::regex("\\b" + name + "\\("))) continue;
      if (text.find(body) == std::string::npos) collect_refusals(body, found);
    }
    return found;
  }

  std::string resolve(std::string name) const {
    for (auto at = aliases_.find(name); at != aliases_.end() && at->second != name; at = aliases_.find(name))
      name = at->second;
    return name;
  }

  const std::vector<member>& members(const std::string& name) const {
    const auto at = structs_.find(resolve(name));
    if (at == structs_.end()) throw std::runtime_error("struct " + name + " is in no header");
    return at->second;
  }
  bool is_struct(const std::string& name) const {
    return name != "time_layout" && structs_.count(resolve(name)) > 0;
  }
  const std::vector<enumerator>* enumeration(const std::string& name) const {
    const auto at = enums_.find(resolve(name));
    return at == enums_.end() ? nullptr : &at->second;
  }

  /// The `///` comment above an enumeration.
  std::string comment_on(const std::string& name) const {
    const auto at = comments_.find(resolve(name));
    return at == comments_.end() ? "" : at->second;
  }

  /// The member at a byte offset. `size` is what the compiler says the whole struct takes.
  member_path member_at(const std::string& name, std::size_t offset, std::size_t size) const {
    if (layout(name).size != size)
      throw std::runtime_error("the text of struct " + name + " is not understood: it seems to take " +
                               std::to_string(layout(name).size) + " bytes where the compiler says " +
                               std::to_string(size));
    return find(name, offset);
  }

 private:
  struct extent {
    std::size_t size, alignment;
  };

  void read(const std::string& text) {
    static const std::regex struct_line(R"(^struct (\w+) \{(\};)?$)"),
        enum_line(R"(^enum class (\w+)(?: : [^{]+)? \{(.*))"),
        alias_line(R"(^\s*using (\w+) = (\w+)(?:<[^;]*>)?;$)"),
        member_line(R"(^  ([A-Za-z_][\w:<>, ]*?) (\w+)(?: = [^;]*)?;(?:\s*///< ?(.*))?$)"),
        more(R"(^\s*///< ?(.*)$)"), check_line(R"(^(?:inline )?void (require_\w+)\(.*)");
    const auto lines = lines_of(text);
    std::smatch m;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_match(lines[i], m, struct_line)) {
        auto& members = structs_[m[1]];
        if (m[2].matched) continue;
        for (++i; i < lines.size() && !lines[i].starts_with("}"); ++i) {
          std::string line = lines[i];
          while (line.ends_with(" =") && i + 1 < lines.size()) {
            ++i;
            line += " " + lines[i].substr(lines[i].find_first_not_of(' '));
          }
          if (std::regex_match(line, m, member_line))
            members.push_back({strip(m[1]), m[2], m[3]});
          else if (!members.empty() && std::regex_match(line, m, more))
            members.back().comment += " " + m[1].str();
        }
      } else if (std::regex_match(lines[i], m, enum_line)) {
        const std::string name = m[1];
        const std::size_t first = i;
        std::string body = m[2];
        while (body.find('}') == std::string::npos && ++i < lines.size()) body += "\n" + lines[i];
        enums_[name] = enumerators(body);
        std::string comment;
        for (std::size_t above = first; above > 0 && lines[above - 1].starts_with("/// "); --above)
          comment = lines[above - 1].substr(4) + (comment.empty() ? "" : " ") + comment;
        comments_[name] = comment;
      } else if (std::regex_match(lines[i], m, alias_line)) {
        if (!(m[1] == "inputs" || m[1] == "outputs" || m[1] == "options")) aliases_.emplace(m[1], m[2]);
      } else if (std::regex_match(lines[i], m, check_line)) {
        const std::string name = m[1];
        std::string body;
        for (; i < lines.size() && !lines[i].starts_with("}"); ++i) body += lines[i] + "\n";
        checks_[name] = body;
      }
    }
  }

  static std::string strip(std::string type) {
    if (type.starts_with("guerdon::")) type.erase(0, 9);
    return type;
  }

  static std::vector<enumerator> enumerators(const std::string& body) {
    static const std::regex one(R"((\w+)(?: = \w+)?\s*(?:,|\}|$|(?=///<))\s*(?:///< ?([^\n]*))?)");
    std::vector<enumerator> found;
    for (std::sregex_iterator at(body.begin(), body.end(), one), end; at != end; ++at)
      found.push_back({(*at)[1], (*at)[2]});
    return found;
  }

  static void collect_refusals(const std::string& text,
                               std::vector<std::pair<std::string, std::string>>& found) {
    static const std::regex one(

        R"re(\b(?:require|refuse)\((?:[^;]*?,)?\s*)re"
        R"re((?:op|operation|"\w+")\s*,\s*"([^"]+)",\s*"([^"]+)"\s*\))re");
    static const std::regex counts(R"re(\brequire_not_negative\([^;]*?"(\w+)")re");
    const auto add = [&](const std::string& argument, const std::string& problem) {
      const std::pair refusal(argument, problem);
      if (std::find(found.begin(), found.end(), refusal) == found.end()) found.push_back(refusal);
    };
    for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) add((*at)[1], (*at)[2]);
    for (std::sregex_iterator at(text.begin(), text.end(), counts), end; at != end; ++at)
      add((*at)[1], "must not be negative");
  }

  extent layout(const std::string& type) const {
    const auto is = [&](const char* name) {
      return type == name || type.starts_with(std::string(name) + "<");
    };
    if (is("view") || is("Of")) return {sizeof(view<float>), alignof(view<float>)};
    if (is("text_view")) return {sizeof(text_view), alignof(text_view)};
    if (is("segments")) return {sizeof(segments), alignof(segments)};
    if (is("time_layout")) return {sizeof(time_layout), alignof(time_layout)};
    if (is("double") || is("index_t")) return {8, 8};
    if (is("bool") || is("flag_t")) return {1, 1};
    if (enumeration(type)) return {4, 4};
    if (!is_struct(type))
      throw std::runtime_error("members of type " + type + " are not known to the reference pages");
    extent whole{0, 1};
    for (const member& m : members(type)) {
      const extent part = layout(m.type);
      whole.alignment = std::max(whole.alignment, part.alignment);
      whole.size = round_up(whole.size, part.alignment) + part.size;
    }
    whole.size = std::max<std::size_t>(1, round_up(whole.size, whole.alignment));
    return whole;
  }
  static std::size_t round_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

  member_path find(const std::string& name, std::size_t offset) const {
    std::size_t begin = 0;
    for (const member& m : members(name)) {
      const extent part = layout(m.type);
      begin = round_up(begin, part.alignment);
      if (offset >= begin && offset < begin + part.size) {
        if (!is_struct(m.type)) return {{m.name}, m};
        member_path inner = find(m.type, offset - begin);
        inner.names.insert(inner.names.begin(), m.name);
        return inner;
      }
      begin += part.size;
    }
    throw std::runtime_error("struct " + name + " has no member at offset " + std::to_string(offset));
  }

  std::filesystem::path include_;
  std::map<std::string, std::vector<member>> structs_;
  std::map<std::string, std::vector<enumerator>> enums_;
  std::map<std::string, std::string> aliases_, checks_, comments_;
};

}  // namespace guerdon::docs
