#pragma once
// What a reader is told of one operation, in Markdown: its full page, and its entry in its family's index.

#include "example.hpp"
#include "maths.hpp"
#include "prose.hpp"
#include "values.hpp"

namespace guerdon::docs {

class page {
 public:
  page(const described& d, const header_text& headers, const std::filesystem::path& root)
      : d_(d), headers_(headers), root_(root), doc_(headers.leading_comment(d.header)) {}

  const described& operation() const { return d_; }
  std::string path() const { return "docs/reference/" + d_.family() + "/" + d_.name() + ".md"; }

  /// `links`: operation -> its page as seen from this one.
  std::string markdown(const std::map<std::string, std::string>& links) const {
    const prose text(links, d_.name());
    std::string page = "# " + d_.name() + "\n\n**" + std::string(d_.about.title) + "**\n\n";
    if (d_.about.derived)
      page += "> **Derived definition.** This is this project's own definition, not one that a paper states.\n\n";
    const std::string figure = "docs/figures/" + d_.name() + ".svg";
    page += text.blocks(doc_.body) + "\n";
    if (std::filesystem::exists(root_ / figure))
      page += "![" + std::string(d_.about.title) + "](../../figures/" + d_.name() + ".svg)\n\n";
    page += synopsis() + inputs(text) + outputs(text) + options(text) + as_code() + worked_example(text);
    if (!doc_.details.empty()) page += "## Details that differ\n" + text.blocks(doc_.details) + "\n";
    return page + gradient(text) + errors(text) + runs_on(text) + sources(text);
  }

  /// At most eight lines: name, title, formula, papers. `heading_link`: where the name leads.
  std::string entry(const std::string& heading_link) const {
    const prose plain({}, d_.name());
    std::string text = "### [`" + d_.name() + "`](" + heading_link + ")\n" +
                       plain.inline_text(std::string(d_.about.title)) +
                       (d_.about.derived ? " *(derived definition)*" : "") + "\n";
    if (const std::string f = formula(); !f.empty()) text += "```math\n" + f + "\n```\n";
    std::string list;
    for (const std::string& p : papers()) list += (list.empty() ? "" : " · ") + plain.inline_text(p);
    if (!list.empty()) text += list + "\n";
    return text;
  }

  /// The first displayed formula of the header's comment, on one line.
  std::string formula() const {
    for (const auto& block : doc_.body) {
      std::vector<std::string> lines;
      for (const std::string& line : block) lines.push_back(trim(line));
      const std::string all = join(lines, " ");
      const std::size_t begin = all.find("$$"), end = begin == std::string::npos ? begin : all.find("$$", begin + 2);
      if (end != std::string::npos) return trim(all.substr(begin + 2, end - begin - 2));
    }
    return "";
  }

  /// What the header calls a paper: "GRPO, DeepSeekMath" in "...; GRPO, DeepSeekMath, arXiv:2402.03300".
  std::string called(const std::string& paper) const {
    std::string source;
    for (const auto& b : doc_.source) source += join(b, " ") + " ";
    const std::size_t at = source.find(paper);
    if (at == std::string::npos) return "";
    const std::size_t before = source.find_last_of(";:(", at == 0 ? 0 : at - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    std::string text = trim(source.substr(begin, at - begin));
    while (!text.empty() && (text.back() == ',' || text.back() == ' ')) text.pop_back();
    return text;
  }

  /// "PAR" of the title "Probability of beating the reference answers (PAR)", for the paper that is named first.
  std::string title_calls(const std::string& paper) const {
    const std::string title(d_.about.title);
    const std::size_t open = title.rfind('('), close = title.rfind(')');
    if (open == std::string::npos || close == std::string::npos || papers().front() != paper) return "";
    return title.substr(open + 1, close - open - 1);
  }

  std::vector<std::string> papers() const {
    std::vector<std::string> parts;
    std::istringstream stream{std::string(d_.about.papers)};
    for (std::string p; std::getline(stream, p, ';');)
      if (!trim(p).empty()) parts.push_back(trim(p));
    return parts;
  }

 private:
  bool is_array() const { return d_.kind == operation_kind::array; }
  bool takes_rows() const { return headers_.text(d_.header).find("(const host_rows& rows") != std::string::npos; }
  member text_of(const op::field_info& f, const char* of) const {
    return headers_.member_of(d_.name(), of, f.group, f.name);
  }

  std::string synopsis() const {
    const bool one = d_.outputs.size() == 1;
    const std::string o = d_.options.empty() ? "" : ", {options}", include = "#include <" + d_.header + ">\n\n";
    const std::string result = one ? d_.outputs[0].info.name : "result", structs = "`guerdon::op::" + d_.name();
    std::string text = "## Call\n```cpp\n" + include;
    if (is_array()) {
      const std::string call = "guerdon::" + d_.name() + "<T>(backend, ";
      text += std::string("// into ") + (one ? "an array" : "a struct of arrays") + " of the backend's\nauto " +
              result + " = " + call + "{inputs}" + o + ");\n// into memory of yours\n" + call + "{inputs}, {outputs}" +
              (d_.options.empty() ? ", {}" : ", {options}") + ");\n```\n" + "`T` is `float` unless said otherwise.";
    } else if (d_.kind == operation_kind::host) {
      const std::string batch = takes_rows() ? "guerdon::" + d_.name() + "(rows, inputs" + o + ");"
                                             : "rows.map(inputs, [&](const auto& in) { return guerdon::" + d_.name() +
                                                   "(in" + o + "); });";
      text += "auto result = guerdon::" + d_.name() + "({inputs}" + o + ");\n// a batch, on the threads of `rows`\n" +
              "const guerdon::host_rows rows{4};\nauto results = " + batch + "\n```\n";
    } else {
      const std::string value = maths(headers_.text(d_.header), d_.name(), {}).value();
      if (!value.empty()) text += value + "\n";
      text +=
          "// one update as a function of state and event\nauto result = guerdon::updated(guerdon::op::" + d_.name() +
          "{}, {inputs}" + o + ");\n```\n";
    }
    return text + (is_array() ? " " : "") +
           (d_.options.empty() ? "" : "Options that are left out keep their defaults. ") +
           "The structs `inputs`, `outputs`" + (d_.options.empty() ? "" : ", `options`") + " stand in " + structs +
           "`, in [`" + d_.header.substr(8) + "`](../../../include/" + d_.header + ").\n\n";
  }

  std::string element(const described_field& f, const char* of) const {
    if (f.info.kind == op::field_info::cuts || f.info.kind == op::field_info::rows) return "`segments`";
    if (f.info.kind == op::field_info::time) return "`time_layout`";
    if (f.info.kind == op::field_info::extent) return "`index_t`";
    if (!is_array() || f.doubles > 1) return "`" + text_of(f.info, of).type + "`";
    switch (f.kind) {
      case kind::real:
        return "`T`";
      case kind::wide:
        return "`double`";
      case kind::integer:
        return "`index_t`";
      case kind::flag:
        return "`flag_t`";
      default:
        return "`std::string`";
    }
  }
  static std::string shape_text(const op::field_info& f) {
    if (f.kind == op::field_info::cuts) return "[" + std::string(f.shape.text) + "] into " + f.count.text;
    if (f.kind == op::field_info::rows) return "the rows";
    if (f.kind == op::field_info::extent) return "size of " + std::string(f.shape.text);
    return std::string_view(f.shape.text) == "*" ? "any" : "[" + std::string(f.shape.text) + "]";
  }
  template <class Rows, class Row>
  static std::vector<const Row*> in_order(const Rows& rows) {
    std::vector<const Row*> sorted;
    for (const auto& r : rows) sorted.push_back(&r);
    std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->offset < b->offset; });
    return sorted;
  }

  std::string inputs(const prose& text) const {
    std::string table = "### Inputs\n| name | shape | element | values | meaning |\n|---|---|---|---|---|\n";
    for (const described_field* f : in_order<std::vector<described_field>, described_field>(d_.inputs)) {
      const std::string meaning = meaning_of(text_of(f->info, "inputs").comment);
      table += "| `" + written(f->info) + "` | " + shape_text(f->info) + " | " + element(*f, "inputs") + " | " +
               values_text(f->info, f->kind) + " | " + cell(text.inline_text(meaning)) +
               (f->info.optional ? (meaning.empty() ? "*Optional.*" : " *(optional)*") : "") + " |\n";
    }
    return d_.inputs.empty() ? "" : table + "\n";
  }
  std::string outputs(const prose& text) const {
    std::string table = "### Outputs\n| name | shape | element | meaning |\n|---|---|---|---|\n";
    for (const described_field* f : in_order<std::vector<described_field>, described_field>(d_.outputs))
      table += "| `" + written(f->info) + "` | " + shape_text(f->info) + " | " + element(*f, "outputs") + " | " +
               cell(text.inline_text(meaning_of(text_of(f->info, "outputs").comment))) + " |\n";
    return table + "\n";
  }
  std::string options(const prose& text) const {
    if (d_.options.empty()) return "";
    std::string table = "### Options\n| name | default | values | meaning |\n|---|---|---|---|\n", explained;
    for (const described_option* p : in_order<std::vector<described_option>, described_option>(d_.options)) {
      const member m = headers_.member_of(d_.name(), "options", p->info.group, p->info.name);
      std::string standard = p->info.required ? "required" : "none", values, meaning = meaning_of(m.comment);
      using option = op::option_info;
      if (p->info.kind == option::choice) {
        const auto* names = headers_.enumeration(m.type);
        std::vector<std::string> alternatives;
        if (meaning.empty()) meaning = headers_.comment_on(m.type);
        for (int k = 0; k < p->info.alternatives; ++k) {
          const std::string name = p->info.names[k];
          alternatives.push_back("`" + name + "`");
          if (names)
            for (const enumerator& e : *names)
              if (e.name == name && !e.comment.empty())
                explained += "- `" + name + "`: " + text.inline_text(e.comment) + "\n";
          if (p->standard && std::get<std::string>(*p->standard) == name) standard = "`" + name + "`";
        }
        values = "`" + m.type + "`: " + join(alternatives, ", ");
      } else if (p->info.kind == option::text) {
        standard = quoted(std::get<std::string>(*p->standard)), values = "text";
        standard = "`" + standard + "`";
      } else {
        const bool flag = p->info.kind == option::flag, whole = p->info.kind == option::integer;
        if (p->standard) {
          const double x = std::get<double>(*p->standard);
          standard = "`" + (flag ? std::string(x != 0 ? "true" : "false") : number_text(x)) + "`";
        }
        values = flag ? "`bool`" : (whole ? "`index_t`, " : "`double`, ") + range_text(p->info.range, whole);
      }
      table += "| `" + written(p->info) + "` | " + standard + " | " + values + " | " + cell(text.inline_text(meaning)) +
               " |\n";
    }
    return table + (explained.empty() ? "" : "\n" + explained) + "\n";
  }

  /// The loop, or the programs of teams, as the header has them.
  std::string as_code() const {
    std::vector<std::string> shared;
    for (const std::string& header : headers_.family_headers(d_.header)) shared.push_back(headers_.text(header));
    const maths m(headers_.text(d_.header), d_.name(), std::move(shared));
    const auto loop = m.loop();
    const auto parts = m.parts();
    if (!loop && parts.empty()) return "";
    const bool plain =
        loop && loop->find("for (index_t ") != std::string::npos && loop->find("backend") == std::string::npos;
    const std::string all = join(parts, "\n") + (loop ? (parts.empty() ? "" : "\n") + *loop : "");
    std::string text = !is_array() ? "## In code\nAfter its checks:\n\n"
                       : plain     ? "## As a loop\nWhat every backend computes, as the scalar one does.\n\n"
                       : all.find("Team& team") != std::string::npos
                           ? "## In code\nA team runs a program once per segment: on one thread, as a plain loop.\n\n"
                           : "## In code\n";
    return text + "```cpp\n" + all + "```\n\n";
  }

  std::string worked_example(const prose& text) const {
    const auto path = root_ / "tests/cases" / (d_.name() + ".json");
    if (!std::filesystem::exists(path))
      throw header_fault("tests/cases/" + d_.name() + ".json is missing: an operation is a header and its cases");
    const auto cases = harness::read_cases(path);
    const known_answer* best = nullptr;
    double least = 0;
    std::size_t refusals = 0;
    for (const known_answer& a : cases) {
      if (!a.fault.empty()) throw header_fault(a.fault);
      const double odd = example::strangeness(a, d_);
      refusals += odd < 0;
      if (odd >= 0 && (!best || odd < least)) best = &a, least = odd;
    }
    if (!best)
      throw header_fault("tests/cases/" + d_.name() +
                         ".json has no case that succeeds: its page needs one as its example");
    example e(d_, headers_, *best);
    const std::string& source = best->source;
    std::string page = "## Example\n" + capital(text.inline_text(sentence(best->note))) + "\n\n```cpp\n" + e.program();
    return page + "```\nprints\n<!-- tolerance " + shortest(e.tolerance()) + " -->\n```text\n" + e.output() +
           "```\nA known answer" + (source.empty() ? "" : " from " + text.inline_text(source)) + "; [" +
           std::to_string(cases.size()) + " cases](../../../tests/cases/" + d_.name() + ".json) in all" +
           (refusals == 1 ? ", one of them a refusal"
            : refusals    ? ", " + std::to_string(refusals) + " of them refusals"
                          : "") +
           ".\n\n";
  }
  static std::string sentence(std::string note) {
    static const std::regex agreed(R"(\s*Official function and an independent float64 implementation agree\.?)");
    note = trim(std::regex_replace(note, agreed, ""));
    if (!note.empty() && std::string(".!?").find(note.back()) == std::string::npos) note += '.';
    return note;
  }

  std::string gradient(const prose& text) const {
    std::string list;
    for (const auto& g : d_.gradients)
      list += "- `" + std::string(g.name) + "` is the derivative of `" + g.of + "` by `" + g.by + "`" +
              (*g.where == 0 ? "" : ", where `" + std::string(g.where) + "`") + "; compared with finite differences.\n";
    if (list.empty() && doc_.gradient.empty()) return "";
    return "## Gradient\n" + list + (list.empty() || doc_.gradient.empty() ? "" : "\n") + text.blocks(doc_.gradient) +
           "\n";
  }

  std::string errors(const prose& text) const {
    std::string list;
    for (const auto& [argument, problem] : headers_.rules(d_.header))
      list += "- `" + argument + "` " + text.inline_text(problem) + "\n";
    return "## Errors\nThrows `std::invalid_argument` with one sentence that names `" + d_.name() +
           "` and the argument, before anything is written: sizes that disagree, offsets that do not cut their array, "
           "values "
           "outside the tables above, alternatives that do not exist, " +
           (list.empty() ? "options that are required and were not given.\n\n"
                         : "options that are required and were not given, and\n\n" + list + "\n") +
           (d_.on_device() ? "What arrays hold is looked at on host backends; on a device it is the caller's word.\n\n"
                           : "");
  }

  std::string runs_on(const prose& text) const {
    std::string page = "## Runs on\n";
    if (d_.kind == operation_kind::host)
      page += "The host, in double; batches on as many threads as `host_rows` has.\n\n";
    else if (d_.kind == operation_kind::value)
      page += "The host, in double. It is copied, saved and restored as a struct.\n\n";
    else
      page += "`scalar_backend`, `eigen_backend` and `cuda_backend`, from one text, with `float`" +
              std::string(d_.narrow ? ", `double`, `float16` and `bfloat16`" : " and `double`") +
              " in memory. Float answers stay within " + shortest(d_.about.tolerance) +
              " of the double ones, relative and absolute.\n\n";
    if (d_.ragged)
      page += "How much it finds is counted first: on a device include `<guerdon/backend/cuda_select.cuh>`.\n\n";
    else if (d_.about.skeleton == op::skeleton::sort)
      page += "It orders inside segments: on a device include `<guerdon/backend/cuda_sort.cuh>`.\n\n";
    if (!doc_.cost.empty()) page += text.blocks(doc_.cost) + "\n";
    return page;
  }

  std::string sources(const prose& text) const {
    std::string page = doc_.source.empty() ? "" : "## Source\n" + text.blocks(doc_.source), list;
    for (const std::string& p : papers()) list += (list.empty() ? "" : " · ") + text.inline_text(p);
    return page + (list.empty() ? "" : "\nIn the [index by paper](../papers.md): " + list + ".\n");
  }

  const described& d_;
  const header_text& headers_;
  std::filesystem::path root_;
  docstring doc_;
};

}  // namespace guerdon::docs
