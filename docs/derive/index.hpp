#pragma once
// What is derived of all operations together: indices by family and by paper, counts, umbrella headers, the site's
// search.

#include "page.hpp"

namespace guerdon::docs {

using files = std::map<std::string, std::string>;  // path below the project's root -> content

inline const std::string mark = "<!-- Derived from the headers: build the target `reference`. -->\n";

/// What a family is about.
inline std::string about_family(const std::string& family) {
  static const std::map<std::string, std::string> known = {
      {"statistics", "means, variances and running moments, under masks and in groups"},
      {"shaping", "rewards made easier to learn from"},
      {"length", "rewards that watch the length of the answer"},
      {"process", "rewards for single steps of a solution"},
      {"exploration", "bonuses for what has not been seen"},
      {"advantage", "how much better an answer is than its siblings"},
      {"returns", "credit along time: returns, GAE, off-policy corrections"},
      {"objective", "policy losses with their gradients, KL, entropy, aggregation"},
      {"control", "value targets, distributional losses, MPO, offline weights: classic and continuous control"},
      {"preference", "losses on pairs of answers"},
      {"distillation", "losses on a teacher's and a student's probabilities"},
      {"reward_model", "training and reading reward models"},
      {"verify", "rule checks of answers in text"},
      {"judge", "verdicts of judges, and rewards for judging"},
      {"mdp", "small decision processes solved exactly"},
      {"program", "rewards that are programs and automata"},
      {"curriculum", "schedules and what to train on next"},
      {"recipes", "whole published methods as one struct"}};
  const auto at = known.find(family);
  return at == known.end() ? "" : at->second;
}

/// The pages of a family, by name; families by name.
inline std::map<std::string, std::vector<const page*>> by_family(const std::vector<page>& pages) {
  std::map<std::string, std::vector<const page*>> families;
  for (const page& p : pages) families[p.operation().family()].push_back(&p);
  for (auto& [family, all] : families)
    std::sort(all.begin(), all.end(),
              [](const page* a, const page* b) { return a->operation().name() < b->operation().name(); });
  return families;
}

/// docs/reference/<family>.md. On the site names lead to full pages, and headers stand beside; on a code host, where
/// there are no full pages, names lead to headers.
inline std::string family_index(const std::string& family, const std::vector<const page*>& pages, bool on_site) {
  const std::string about = about_family(family);
  std::string text = mark + "# " + family + "\n" + (about.empty() ? "" : capital(about) + ". ") +
                     "[All families](README.md) · [by paper](papers.md)\n";
  for (const page* p : pages) {
    const described& d = p->operation();
    const std::string header = "../../include/" + d.header;
    text += "\n" + (on_site ? p->entry(family + "/" + d.name() + ".md") : p->entry(header));
  }
  return text;
}

struct counts {
  std::size_t all = 0, gradients = 0, on_device = 0, host = 0, values = 0;
  void add(const described& d) {
    ++all;
    gradients += !d.gradients.empty();
    on_device += d.on_device();
    host += d.kind == operation_kind::host;
    values += d.kind == operation_kind::value;
  }
};

inline std::string backends_of(const counts& c) {
  if (c.on_device == c.all) return "scalar, eigen, cuda";
  return c.on_device == 0 ? "host"
                          : "scalar, eigen, cuda; " + std::to_string(c.all - c.on_device) + " on the host only";
}

/// The families as a table; `folder` is where their indices lie, seen from the page.
inline std::string family_table(const std::vector<page>& pages, const std::string& folder) {
  std::string table = "| family | what it is about | operations | with gradient | runs on |\n|---|---|--:|--:|---|\n";
  counts total;
  for (const auto& [family, members] : by_family(pages)) {
    counts c;
    for (const page* p : members) c.add(p->operation()), total.add(p->operation());
    table += "| [" + family + "](" + folder + family + ".md) | " + about_family(family) + " | " +
             std::to_string(c.all) + " | " + (c.gradients ? std::to_string(c.gradients) : "") + " | " + backends_of(c) +
             " |\n";
  }
  return table + "\n" + std::to_string(total.all) + " operations, " + std::to_string(total.gradients) +
         " with closed-form gradients: " + std::to_string(total.on_device) +
         " on arrays, on `scalar`, `eigen` and `cuda` alike; " + std::to_string(total.host) +
         " on texts, graphs and the like, on the host; " + std::to_string(total.values) + " on values with a state.\n";
}

inline std::string reference_readme(const std::vector<page>& pages) {
  return mark +
         "# Reference\nEvery operation has one name: its function, its header, its case file and its page. The indices "
         "below "
         "give name, formula and paper, and lead to the headers, which say the rest where it stands; `./run docs` "
         "writes a full "
         "page for each, with options, loop, example and errors, and a search over them. See also the [index by "
         "paper](papers.md).\n\n" +
         family_table(pages, "");
}

/// Year and month of an arXiv number, or the last year that a citation names: what papers are sorted by.
inline std::string date_of(const std::string& paper) {
  static const std::regex arxiv(R"(arXiv:(\d\d)(\d\d)\..*)"), year(R"(.*\b([12]\d\d\d)\b.*)");
  std::smatch found;
  if (std::regex_match(paper, found, arxiv)) return "20" + found.str(1) + "-" + found.str(2);
  return std::regex_match(paper, found, year) ? found.str(1) : paper;
}

inline std::string index_by_paper(const std::vector<page>& pages) {
  std::map<std::pair<std::string, std::string>, std::vector<const page*>> by_paper;
  std::string rest;
  const auto link = [](const page& p) {
    return "[`" + p.operation().name() + "`](" + p.operation().family() + ".md#" + p.operation().name() + ")";
  };
  for (const page& p : pages) {
    for (const std::string& paper : p.papers()) by_paper[{date_of(paper), paper}].push_back(&p);
    if (p.papers().empty()) rest += (rest.empty() ? "" : ", ") + link(p);
  }
  std::string text = mark +
                     "# Index by paper\nOldest first. [Index by family](README.md).\n\n| paper | known as | "
                     "operations |\n|---|---|---|\n";
  for (const auto& [key, operations] : by_paper) {
    const std::string& paper = key.second;
    const bool arxiv = paper.starts_with("arXiv:");
    std::string known, list;
    for (const page* p : operations) {
      const std::string called = arxiv ? p->called(paper) : "";
      if (!called.empty() && (known.empty() || called.size() < known.size())) known = called;
      list += (list.empty() ? "" : ", ") + link(*p);
    }
    for (const page* p : operations)
      if (known.empty() && arxiv) known = p->title_calls(paper);
    text += "| " + (arxiv ? "[" + paper + "](https://arxiv.org/abs/" + paper.substr(6) + ")" : paper) + " | " +
            cell(known) + " | " + list + " |\n";
  }
  return rest.empty() ? text : text + "\nFrom older literature or from code, see there: " + rest + ".\n";
}

/// An umbrella header over the operations that `belongs` picks. What stands on another library is left out.
template <class Belongs>
std::string umbrella(const std::vector<page>& pages, const header_text& headers, const std::string& sentence,
                     std::set<std::string> list, Belongs belongs) {
  for (const page& p : pages)
    if (belongs(p.operation()) && headers.self_contained(p.operation().header)) list.insert(p.operation().header);
  std::string text = "#pragma once\n// " + sentence + " Derived: build the target `reference`.\n\n";
  for (const std::string& h : list) text += "#include <" + h + ">\n";
  return list.empty() ? "" : text;
}

/// What the tree holds of derived files.
inline files derived_files(const std::filesystem::path& root, const std::vector<page>& pages,
                           const header_text& headers) {
  files all;
  for (const auto& [family, members] : by_family(pages))
    all["docs/reference/" + family + ".md"] = family_index(family, members, false);
  all["docs/reference/README.md"] = reference_readme(pages);
  all["docs/reference/papers.md"] = index_by_paper(pages);
  all["README.md"] = with_table(read_file(root / "README.md"), "what is there", family_table(pages, "docs/reference/"));
  const auto exact = [](const described& d) { return d.family() == "mdp" || d.family() == "program"; };
  all["include/guerdon/guerdon.hpp"] = umbrella(
      pages, headers, "All operations on arrays and all values, and the scalar backend; without texts, Eigen and CUDA.",
      {"guerdon/backend/scalar.hpp"}, [&](const described& d) { return d.kind != operation_kind::host && !exact(d); });
  const std::string verify = umbrella(pages, headers, "All checks of texts and the like.", {},
                                      [&](const described& d) { return d.kind == operation_kind::host && !exact(d); });
  const std::string mdp = umbrella(
      pages, headers,
      "Exact decision processes, automata and programs, in double only: ties are told within 1e-9, which float does\n"
      "// not hold, so that arrays of it would merely be converted.", {}, exact);
  if (!verify.empty()) all["include/guerdon/verify.hpp"] = verify;
  if (!mdp.empty()) all["include/guerdon/mdp.hpp"] = mdp;
  return all;
}

/// What the site's pages are made of beside the tree: full pages and indices that lead to them.
inline files site_files(const std::vector<page>& pages) {
  files all;
  for (const page& p : pages) {
    std::map<std::string, std::string> links;
    const std::string here = p.operation().family();
    for (const page& other : pages) {
      const std::string family = other.operation().family(), file = other.operation().name() + ".md";
      links[other.operation().name()] = family == here ? file : "../" + family + "/" + file;
    }
    try {
      all[p.path()] = p.markdown(links);
    } catch (const std::exception& e) {
      throw std::runtime_error(p.operation().header + ": " + e.what());
    }
  }
  for (const auto& [family, members] : by_family(pages))
    all["docs/reference/" + family + ".md"] = family_index(family, members, true);
  return all;
}

/// The site's search: a script that holds a list of [page, name, what is said of it, further words].
inline std::string search_index(const std::filesystem::path& root, const std::vector<page>& pages,
                                const std::vector<std::string>& guides) {
  std::string text = "const guerdon_index = [\n";
  const auto escaped = [](const std::string& s) {
    std::string result = "\"";
    for (const char c : s)
      result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c == '\n' ? ' ' : c);
    return result + '"';
  };
  const auto add = [&](std::string path, const std::string& name, const std::string& title, const std::string& words) {
    path.replace(path.size() - 3, 3, ".html");
    text += "[" + escaped(path) + "," + escaped(name) + "," + escaped(title) + "," + escaped(words) + "],\n";
  };
  for (const page& p : pages) {
    const described& d = p.operation();
    std::string words = d.family() + " " + std::string(d.about.papers);
    for (const std::string& paper : p.papers()) words += " " + p.called(paper);
    for (const auto& f : d.inputs) words += std::string(" ") + f.info.name;
    for (const auto& f : d.outputs) words += std::string(" ") + f.info.name;
    for (const auto& o : d.options) {
      words += " " + written(o.info);
      for (int k = 0; k < o.info.alternatives; ++k) words += std::string(" ") + o.info.names[k];
    }
    add(p.path(), d.name(), std::string(d.about.title), words);
  }
  for (const std::string& guide : guides) {
    std::string title, headings;
    bool code = false;
    for (const std::string& line : lines_of(read_file(root / guide))) {
      if (line.starts_with("```")) code = !code;
      if (code) continue;
      if (line.starts_with("# "))
        title = line.substr(2);
      else if (line.starts_with("## "))
        headings += (headings.empty() ? "" : " · ") + line.substr(3);
    }
    add(guide, title, headings, "guide");
  }
  return text + "];\n";
}

}  // namespace guerdon::docs
