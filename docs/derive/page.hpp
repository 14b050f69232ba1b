#pragma once
// The reference page of one operation, in Markdown.

#include "example.hpp"

#include <set>

namespace guerdon::docs {

/// Prose of a header: arXiv numbers and names of operations become links, displayed formulas blocks of their
/// own.
class prose {
 public:
  /// `pages`: operation -> path of its page, as seen from the page that is written.
  explicit prose(std::map<std::string, std::string> pages, std::string self)
      : pages_(std::move(pages)), self_(std::move(self)) {}

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

  static std::string trim(const std::string& s) {
    const auto begin = s.find_first_not_of(" \n"), end = s.find_last_not_of(" \n");
    return begin == std::string::npos ? "" : s.substr(begin, end - begin + 1);
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
        line = prose::trim(line.substr(std::string(head).size()));
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

/// "[B,T] meaning" or "> 0, meaning" -> "meaning": shape and range have columns of their own.
inline std::string meaning_of(const std::string& comment) {
  static const std::regex shape(R"(^\[[\w+,* ]+\];?\s*)"), range(R"(^(>=?|<=?) -?[\d.]+(?:[,;:]\s*|$))");
  return capital(std::regex_replace(std::regex_replace(comment, shape, ""), range, ""));
}

class page {
 public:
  page(const described& d, const header_text& headers, const std::filesystem::path& root,
       const std::map<std::string, std::string>& family_of)
      : d_(d),
        headers_(headers),
        root_(root),
        name_(d.op.about.name),
        family_(d.op.about.family),
        text_(links(family_of), name_),
        doc_({}) {
    const std::string description = read_file(root / "include" / d.header);
    const auto used = [&](const char* what) {
      std::smatch m;
      const std::regex one("using " + std::string(what) + R"( =\s*(\w+))");
      return std::regex_search(description, m, one) ? m[1].str() : name_ + "_" + what;
    };
    inputs_ = used("inputs");
    outputs_ = used("outputs");
    options_ = used("options");
    std::smatch m;
    header_ = "guerdon/" + family_ + "/" + name_ + ".hpp";
    static const std::regex include(R"(#include <(guerdon/(?!description)[\w/]+\.hpp)>)");
    if (!std::filesystem::exists(root / "include" / header_) && std::regex_search(description, m, include))
      header_ = m[1];
    doc_ = docstring(headers.leading_comment(header_));
  }

  const std::string& header() const { return header_; }
  const docstring& doc() const { return doc_; }
  std::string path() const { return "docs/reference/" + family_ + "/" + name_ + ".md"; }
  bool on_host_only() const { return d_.op.about.skeleton == describe::skeleton::text; }

  std::string markdown() const {
    std::string page =
        "<!-- Derived from the header, its description and its cases: edit those, then build the target"
        " `reference`. -->\n# " +
        name_ + "\n\n";
    page += "**" + std::string(d_.op.about.title) + "**\n\n";
    if (d_.op.about.derived)
      page +=
          "> **Derived definition.** This is this project's own definition, not one that a paper states.\n\n";
    const std::string figure = "docs/figures/" + name_ + ".svg";
    page += blocks(doc_.body) + "\n";
    if (std::filesystem::exists(root_ / figure))
      page += "![" + std::string(d_.op.about.title) + "](../../figures/" + name_ + ".svg)\n\n";
    page += synopsis() + inputs() + outputs() + options() + worked_example();
    if (!doc_.details.empty()) page += "## Details that differ\n" + blocks(doc_.details) + "\n";
    page += gradient() + errors() + runs_on() + sources();
    return page;
  }

  /// What the header calls a paper: "GRPO, DeepSeekMath" in "...; GRPO, DeepSeekMath, arXiv:2402.03300".
  std::string called(const std::string& paper) const {
    std::string source;
    for (const auto& b : doc_.source) source += join(b, " ") + " ";
    const std::size_t at = source.find(paper);
    if (at == std::string::npos) return "";
    const std::size_t before = source.find_last_of(";:(", at == 0 ? 0 : at - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    std::string text = prose::trim(source.substr(begin, at - begin));
    while (!text.empty() && (text.back() == ',' || text.back() == ' ')) text.pop_back();
    return text;
  }

  /// "PAR" of the title "Probability of beating the reference answers (PAR)", for the paper that is named first.
  std::string title_calls(const std::string& paper) const {
    const std::string title(d_.op.about.title);
    const std::size_t open = title.rfind('('), close = title.rfind(')');
    if (open == std::string::npos || close == std::string::npos || papers().front() != paper) return "";
    return title.substr(open + 1, close - open - 1);
  }

  std::vector<std::string> papers() const {
    std::vector<std::string> parts;
    std::istringstream stream{std::string(d_.op.about.papers)};
    for (std::string p; std::getline(stream, p, ';');)
      if (!prose::trim(p).empty()) parts.push_back(prose::trim(p));
    return parts;
  }

 private:
  std::map<std::string, std::string> links(const std::map<std::string, std::string>& family_of) const {
    std::map<std::string, std::string> pages;
    for (const auto& [op, family] : family_of)
      pages[op] = family == d_.op.about.family ? op + ".md" : "../" + family + "/" + op + ".md";
    return pages;
  }

  std::string blocks(const std::vector<std::vector<std::string>>& all) const {
    std::string text;
    for (const auto& b : all) text += (text.empty() ? "" : "\n") + text_.block(b);
    return text;
  }

  bool single_output() const { return headers_.members(outputs_).size() == 1; }

  std::string synopsis() const {
    const std::string call = "guerdon::" + name_ + "<T>(backend, ";
    const bool has_options = !headers_.members(options_).empty();
    const std::string o = has_options ? ", {options}" : "";
    return "## Call\n```cpp\n#include <" + header_ + ">\n\n// into " +
           (single_output() ? "an array" : "a struct of arrays") + " of the backend's\nauto " +
           (single_output() ? headers_.members(outputs_)[0].name : "result") + " = " + call + "{inputs}" + o +
           ");\n// into memory of yours\n" + call + "{inputs}, {outputs}" + o + ");\n```\n" +
           "`T` is `float` unless said otherwise." +
           (has_options ? " Options that are left out keep their defaults." : "") + " The structs: `" +
           inputs_ + "<T>`, `" + outputs_ + "<T>`" + (has_options ? ", `" + options_ + "`" : "") + ", in [`" +
           header_.substr(8) + "`](../../../include/" + header_ + ").\n\n";
  }

  static std::string element(kind k) {
    switch (k) {
      case kind::real:
        return "`T`";
      case kind::wide:
        return "`double`";
      case kind::integer:
        return "`index_t`";
      case kind::flag:
        return "`flag_t`";
      case kind::text:
        return "`std::string`";
      default:
        return "`segments`";
    }
  }
  static std::string shape_text(const std::string& shape) { return shape == "*" ? "any" : "[" + shape + "]"; }
  static std::string number_text(double x) {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x < 0 ? "-infinity" : "infinity";
    return shortest(x);
  }
  static std::string domain_text(const describe::domain& d) {
    switch (d.kind) {
      case describe::domain::normal:
        return d.nan_allowed ? "any" : "any but NaN";
      case describe::domain::uniform:
        return number_text(d.low) + " to " + number_text(d.high);
      case describe::domain::integer:
        return "integers, " + number_text(d.low) + " to " + number_text(d.high);
      case describe::domain::position:
        return "index into its row";
      case describe::domain::flag:
        return "0 or not 0";
      case describe::domain::text:
        return "UTF-8";
    }
    return "";
  }

  std::string inputs() const {
    struct row {
      std::string name, shape, element, tested, meaning;
      bool optional;
    };
    std::map<std::size_t, row> rows;
    std::string aliases;
    const auto info = [&](std::size_t offset) {
      return headers_.member_at(inputs_, offset, d_.inputs_size).last;
    };
    for (std::size_t i = 0; i < d_.op.inputs.size(); ++i) {
      const auto& in = d_.op.inputs[i];
      const member m = info(d_.inputs[i].offset);
      const bool cuts = in.kind == kind::segments;
      rows[d_.inputs[i].offset] = {
          m.name,
          cuts ? "[" + in.cut + "] into " + in.shape.substr(0, in.shape.size() - 2) : shape_text(in.shape),
          element(in.kind),
          cuts ? "ragged, uniform, padded" : domain_text(in.domain),
          meaning_of(m.comment),
          in.optional};
      if (m.name != in.name)
        aliases += (aliases.empty() ? "" : ", ") + ("`" + m.name + "` as `" + in.name + "`");
    }
    for (const place& layout : d_.layouts) {
      const member m = info(layout.offset);
      rows[layout.offset] = {m.name,
                             layout.name == "rows" ? "the rows" : "[T,B]",
                             layout.name == "rows" ? "`segments`" : "`time_layout`",
                             layout.name == "rows" ? "ragged, uniform, padded" : "time-major, batch-major",
                             meaning_of(m.comment),
                             false};
    }
    // A member that no description speaks of is there for composing with other operations.
    std::string table =
        "### Inputs\n| name | shape | element | tested with | meaning |\n|---|---|---|---|---|\n";
    for (const auto& [offset, r] : rows)
      table += "| `" + r.name + "` | " + r.shape + " | " + r.element + " | " + r.tested + " | " +
               cell(text_.inline_text(r.meaning)) +
               (r.optional ? (r.meaning.empty() ? "*Optional.*" : " *(optional)*") : "") + " |\n";
    if (!aliases.empty()) table += "\nError messages and case files know " + aliases + ".\n";
    return table + "\n";
  }

  std::string outputs() const {
    std::string table = "### Outputs\n| name | shape | element | meaning |\n|---|---|---|---|\n";
    for (std::size_t i = 0; i < d_.op.outputs.size(); ++i) {
      const auto& out = d_.op.outputs[i];
      const member m = headers_.member_at(outputs_, d_.outputs[i].offset, d_.outputs_size).last;
      table += "| `" + m.name + "` | " + shape_text(out.shape) + " | " + element(out.kind) + " | " +
               cell(text_.inline_text(meaning_of(m.comment))) + " |\n";
    }
    return table + "\n";
  }

  static std::string range_text(const describe::range& r, bool integer) {
    const bool low = std::isfinite(r.low), high = std::isfinite(r.high);
    if (low && high)
      return number_text(r.low) + (integer && r.high == r.low + 1 ? " or " : " to ") + number_text(r.high);
    if (low) return (r.open_low ? "above " : "at least ") + number_text(r.low);
    if (high) return (r.open_high ? "below " : "at most ") + number_text(r.high);
    return "any";
  }

  std::string options() const {
    if (d_.op.parameters.empty()) return "";
    std::string table = "### Options\n| name | default | values | meaning |\n|---|---|---|---|\n";
    std::string aliases, explained;
    for (std::size_t i = 0; i < d_.op.parameters.size(); ++i) {
      const auto& p = d_.op.parameters[i];
      const auto path = headers_.member_at(options_, d_.parameters[i].offset, d_.options_size);
      const auto* names = headers_.enumeration(path.last.type);
      std::string standard = "required", values, meaning = meaning_of(path.last.comment);
      if (p.form == harness::parameter_info::choice) {
        std::vector<std::string> alternatives;
        if (meaning.empty()) meaning = headers_.comment_on(path.last.type);
        for (std::size_t k = 0; k < p.names.size(); ++k) {
          const enumerator e = names ? names->at(k) : enumerator{p.names[k], ""};
          alternatives.push_back("`" + e.name + "`");
          if (!e.comment.empty()) explained += "- `" + e.name + "`: " + text_.inline_text(e.comment) + "\n";
          if (p.standard && std::get<std::string>(*p.standard) == p.names[k]) standard = "`" + e.name + "`";
        }
        values = "`" + headers_.resolve(path.last.type) + "`: " + join(alternatives, ", ");
      } else {
        const bool flag = p.form == harness::parameter_info::flag;
        if (p.standard) {
          const double x = std::get<double>(*p.standard);
          standard = "`" + (flag ? std::string(x != 0 ? "true" : "false") : number_text(x)) + "`";
        }
        values = flag ? "`bool`"
                      : (p.form == harness::parameter_info::integer ? "`index_t`, " : "`double`, ") +
                            range_text(p.range, p.form == harness::parameter_info::integer);
      }
      const std::string full = join(path.names, ".");
      if (full != p.name && path.names.back() != p.name)
        aliases += (aliases.empty() ? "" : ", ") + ("`" + full + "` as `" + p.name + "`");
      table += "| `" + full + "` | " + standard + " | " + values + " | " + cell(text_.inline_text(meaning)) +
               " |\n";
    }
    if (!explained.empty()) table += "\n" + explained;
    if (!aliases.empty()) table += "\nCase files know " + aliases + ".\n";
    return table + "\n";
  }

  std::string worked_example() const {
    const auto path = root_ / "tests/cases" / (name_ + ".json");
    if (!std::filesystem::exists(path))
      throw std::runtime_error("tests/cases/" + name_ +
                               ".json is missing: an operation is a header, a description and cases");
    const auto cases = harness::read_cases(path);
    const known_answer* best = nullptr;
    double least = 0;
    std::size_t refusals = 0;
    for (const known_answer& a : cases) {
      if (!a.fault.empty()) throw std::runtime_error(a.fault);
      const double odd = example::strangeness(a, d_.op);
      refusals += odd < 0;
      if (odd >= 0 && (!best || odd < least)) best = &a, least = odd;
    }
    if (!best)
      throw std::runtime_error(
          "tests/cases/" + name_ +
          ".json has no case that succeeds: the reference page needs one as its example");
    const example e(d_, headers_, header_, inputs_, outputs_, options_, *best);
    const std::string& source = best->source;
    return "## Example\n" + capital(text_.inline_text(sentence(best->note))) + "\n\n```cpp\n" + e.program() +
           "```\nprints\n<!-- tolerance " + shortest(e.tolerance()) + " -->\n```text\n" + e.output() +
           "```\nA known answer" + (source.empty() ? "" : " from " + text_.inline_text(source)) + "; [" +
           std::to_string(cases.size()) + " cases](../../../tests/cases/" + name_ + ".json) in all" +
           (refusals == 1 ? ", one of them a refusal"
            : refusals    ? ", " + std::to_string(refusals) + " of them refusals"
                          : "") +
           ".\n\n";
  }
  static std::string sentence(std::string note) {
    static const std::regex agreed(
        R"(\s*Official function and an independent float64 implementation agree\.?)");
    note = prose::trim(std::regex_replace(note, agreed, ""));
    if (!note.empty() && !std::string(".!?").ends_with(note.back()) && note.back() != '.') note += '.';
    return note;
  }

  std::string gradient() const {
    std::string text = "## Gradient\n";
    for (const auto& g : d_.op.gradients)
      text += "- `" + std::string(g.name) + "` is the derivative of `" + std::string(g.of) + "` by `" +
              std::string(g.by) + "`" + (g.where.empty() ? "" : ", where `" + std::string(g.where) + "`") +
              "; compared with finite differences.\n";
    if (d_.op.gradients.empty() && doc_.gradient.empty()) return text + "None is computed.\n\n";
    return text + (d_.op.gradients.empty() || doc_.gradient.empty() ? "" : "\n") + blocks(doc_.gradient) +
           "\n";
  }

  std::string errors() const {
    std::string text = "## Errors\nThrows `std::invalid_argument` with one sentence that names `" + name_ +
                       "` and the argument, before anything is written: arrays whose sizes disagree, "
                       "offsets that do not cut their array, alternatives that do not exist, and\n";
    std::string list;
    for (const auto& [argument, problem] : headers_.refusals(header_))
      list += "- `" + argument + "` " + text_.inline_text(problem) + "\n";
    text = list.empty() ? text.substr(0, text.rfind(", and")) + ".\n\n" : text + "\n" + list + "\n";
    if (!on_host_only())
      text += "What arrays hold is looked at on host backends; on a device it is the caller's word.\n\n";
    return text;
  }

  std::string runs_on() const {
    const std::string types = "with `float`, `double`, `half` and `bfloat16` in memory";
    std::string text = "## Runs on\n";
    text += on_host_only()
                ? "The host: `scalar` and `eigen`. Text does not run on a device.\n\n"
                : "`scalar`, `eigen` and `cuda`, from one text, " + types + ". Float answers stay within " +
                      shortest(d_.op.about.tolerance) + " of the double ones, relative and absolute.\n\n";
    if (d_.op.about.skeleton == describe::skeleton::sort)
      text += "It orders inside segments: on a device include `<guerdon/backend/cuda_sort.cuh>`.\n\n";
    if (!doc_.cost.empty()) text += blocks(doc_.cost) + "\n";
    return text;
  }

  std::string sources() const {
    std::string text = "## Source\n" + blocks(doc_.source);
    std::string list;
    for (const std::string& p : papers()) list += (list.empty() ? "" : " · ") + text_.inline_text(p);
    return text + (list.empty() ? "" : "\nIn the [index by paper](../papers.md): " + list + ".\n");
  }

  const described& d_;
  const header_text& headers_;
  std::filesystem::path root_;
  std::string name_, family_, header_, inputs_, outputs_, options_;
  prose text_;
  docstring doc_;
};

}  // namespace guerdon::docs
