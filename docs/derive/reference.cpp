// guerdon_reference: writes what is derived from headers, descriptions and cases (the reference pages, their
// indices, the umbrella header, the counts in README.md), or says what of it is out of date.

#include "page.hpp"

#include <cstdio>
#include <cstring>
#include <iostream>
#include <regex>

namespace {

using namespace guerdon::docs;
namespace fs = std::filesystem;

using files = std::map<std::string, std::string>;  // path below the project's root -> content

const std::string mark =
    "<!-- Derived from the headers, their descriptions and cases: build the target `reference`. -->\n";

/// What a family is about, where the folder's name does not say it.
std::string about_family(const std::string& family) {
  static const std::map<std::string, std::string> known = {
      {"shaping", "rewards made easier to learn from"},
      {"length", "rewards that watch the length of the answer"},
      {"process", "rewards for single steps of a solution"},
      {"advantage", "how much better an answer is than its siblings"},
      {"returns", "credit along time: returns, GAE, off-policy corrections"},
      {"objective", "policy losses with their gradients, KL, entropy, aggregation"},
      {"preference", "losses on pairs of answers"},
      {"verify", "rule checks of answers in text"},
      {"curriculum", "schedules and what to train on next"}};
  const auto at = known.find(family);
  return at == known.end() ? "" : ": " + at->second;
}

std::string index_by_family(const std::vector<page>& pages, const std::vector<described>& all) {
  std::string text =
      mark +
      "# Reference\nEvery operation has one name: its function, its header, its case file and its page. "
      "See also the [index by paper](papers.md).\n";
  std::string family;
  std::size_t text_only = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const auto& about = all[i].op.about;
    text_only += pages[i].on_host_only();
    if (about.family != family) {
      family = about.family;
      text += "\n## " + family + about_family(family) +
              "\n| operation | what it is | gradient | scalar | eigen | cuda |\n|---|---|:-:|:-:|:-:|:-:|\n";
    }
    text += "| [`" + std::string(about.name) + "`](" + family + "/" + std::string(about.name) + ".md) | " +
            std::string(about.title) + (about.derived ? " *(derived definition)*" : "") + " | " +
            (all[i].op.gradients.empty() ? " " : "●") + " | ● | ● | " +
            (pages[i].on_host_only() ? " " : "●") + " |\n";
  }
  const std::size_t n = pages.size();
  text +=
      "\n## By backend\n| backend | operations | element types in memory |\n|---|--:|---|\n"
      "| `scalar`, the reference | " +
      std::to_string(n) +
      " | float, double, half, bfloat16 |\n"
      "| `eigen`, vectorised and threaded | " +
      std::to_string(n) +
      " | float, double, half, bfloat16 |\n"
      "| `cuda` | " +
      std::to_string(n - text_only) +
      " | float, double, half, bfloat16 |\n\n"
      "The " +
      std::to_string(text_only) + " operations on text run on the host only.\n";
  return text;
}

/// Year and month of an arXiv number, or the last year that a citation names: what papers are sorted by.
std::string date_of(const std::string& paper) {
  static const std::regex arxiv(R"(arXiv:(\d\d)(\d\d)\..*)"), year(R"(.*\b([12]\d\d\d)\b.*)");
  std::smatch found;
  if (std::regex_match(paper, found, arxiv)) return "20" + found.str(1) + "-" + found.str(2);
  return std::regex_match(paper, found, year) ? found.str(1) : paper;
}

std::string index_by_paper(const std::vector<page>& pages, const std::vector<described>& all) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_paper;
  for (std::size_t i = 0; i < pages.size(); ++i)
    for (const std::string& paper : pages[i].papers()) by_paper[{date_of(paper), paper}].push_back(i);
  std::string text = mark +
                     "# Index by paper\nOldest first. [Index by family](README.md).\n\n| paper | known as | "
                     "operations |\n|---|---|---|\n";
  for (const auto& [key, operations] : by_paper) {
    const std::string& paper = key.second;
    const bool arxiv = paper.starts_with("arXiv:");
    std::string known, list;
    for (const std::size_t i : operations) {
      const std::string name(all[i].op.about.name);
      const std::string called = arxiv ? pages[i].called(paper) : "";
      if (!called.empty() && (known.empty() || called.size() < known.size())) known = called;
      list += (list.empty() ? "" : ", ") +
              ("[`" + name + "`](" + std::string(all[i].op.about.family) + "/" + name + ".md)");
    }
    for (const std::size_t i : operations)
      if (known.empty() && arxiv) known = pages[i].title_calls(paper);
    text += "| " + (arxiv ? "[" + paper + "](https://arxiv.org/abs/" + paper.substr(6) + ")" : paper) +
            " | " + cell(known) + " | " + list + " |\n";
  }
  std::string rest;
  for (std::size_t i = 0; i < pages.size(); ++i)
    if (pages[i].papers().empty())
      rest += (rest.empty() ? "" : ", ") +
              ("[`" + std::string(all[i].op.about.name) + "`](" + std::string(all[i].op.about.family) + "/" +
               std::string(all[i].op.about.name) + ".md)");
  return rest.empty() ? text
                      : text + "\nFrom older literature or from code, see their pages: " + rest + ".\n";
}

std::string umbrella(const std::vector<page>& pages) {
  std::set<std::string> headers{"guerdon/backend/scalar.hpp"};
  for (const page& p : pages) headers.insert(p.header());
  std::string text =
      "#pragma once\n// All operations and the scalar backend, without Eigen and without CUDA. Derived: "
      "build the target `reference`.\n\n";
  for (const std::string& h : headers) text += "#include <" + h + ">\n";
  return text;
}

/// README.md with the table between its two marks brought up to date.
std::string readme(const fs::path& root, const std::vector<page>& pages, const std::vector<described>& all) {
  const std::string begin = "<!-- derived: what is there -->\n", end = "<!-- end -->";
  const std::string text = read_file(root / "README.md");
  const std::size_t from = text.find(begin), to = text.find(end);
  if (from == std::string::npos || to == std::string::npos)
    throw std::runtime_error("README.md has lost its marks " + begin + "... " + end);
  std::map<std::string, std::vector<std::string>> names;
  std::map<std::string, bool> on_device;
  std::size_t text_only = 0, gradients = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const std::string family(all[i].op.about.family), name(all[i].op.about.name);
    names[family].push_back("[" + name + "](docs/reference/" + family + "/" + name + ".md)");
    on_device[family] |= !pages[i].on_host_only();
    text_only += pages[i].on_host_only();
    gradients += !all[i].op.gradients.empty();
  }
  std::string table = "| family | operations | on |\n|---|---|---|\n";
  for (const auto& [family, list] : names)
    table += "| " + family + " | " + join(list, " · ") + " | " +
             (on_device[family] ? "scalar, eigen, cuda" : "scalar, eigen") + " |\n";
  table += "\n" + std::to_string(pages.size()) + " operations, " + std::to_string(gradients) +
           " with closed-form gradients; all on `scalar` and `eigen`, " +
           std::to_string(pages.size() - text_only) + " on `cuda`.\n";
  return text.substr(0, from + begin.size()) + table + text.substr(to);
}

files derive(const fs::path& root) {
  const header_text headers(root / "include");
  const auto& all = all_described();
  std::map<std::string, std::string> family_of;
  for (const described& d : all) family_of[std::string(d.op.about.name)] = std::string(d.op.about.family);
  std::vector<page> pages;
  files derived;
  for (const described& d : all) {
    try {
      pages.emplace_back(d, headers, root, family_of);
      derived[pages.back().path()] = pages.back().markdown();
    } catch (const std::exception& e) {
      throw std::runtime_error(std::string(d.op.about.name) + ": " + e.what());
    }
  }
  derived["docs/reference/README.md"] = index_by_family(pages, all);
  derived["docs/reference/papers.md"] = index_by_paper(pages, all);
  derived["include/guerdon/guerdon.hpp"] = umbrella(pages);
  derived["README.md"] = readme(root, pages, all);
  return derived;
}

/// Pages that are there and would not be derived any more.
std::vector<std::string> leftovers(const fs::path& root, const files& derived) {
  std::vector<std::string> found;
  if (fs::exists(root / "docs/reference"))
    for (const auto& entry : fs::recursive_directory_iterator(root / "docs/reference")) {
      const std::string path = fs::relative(entry.path(), root).generic_string();
      if (entry.is_regular_file() && !derived.count(path)) found.push_back(path);
    }
  return found;
}

/// "page: target" for each relative link to a file that is not there, in every page of the project.
std::vector<std::string> broken_links(const fs::path& root) {
  std::vector<fs::path> pages{root / "README.md", root / "HACKING.md"};
  for (const char* folder : {"docs", "examples", "bench"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  static const std::regex link(R"(\]\(([^)#\s]+)(?:#[^)]*)?\))");
  std::vector<std::string> broken;
  for (const fs::path& page : pages) {
    bool code = false;
    for (const std::string& line : lines_of(read_file(page))) {
      if (line.starts_with("```")) code = !code;
      if (code || line.starts_with("    ")) continue;
      for (std::sregex_iterator at(line.begin(), line.end(), link), end; at != end; ++at) {
        const std::string target = (*at)[1];
        if (target.find("://") == std::string::npos && !fs::exists(page.parent_path() / target))
          broken.push_back(fs::relative(page, root).generic_string() + ": " + target);
      }
    }
  }
  return broken;
}

void write(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream << content;
  if (!stream.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || (std::strcmp(argv[1], "--write") != 0 && std::strcmp(argv[1], "--check") != 0)) {
    std::fputs("usage: guerdon_reference --write|--check PROJECT\n", stderr);
    return 2;
  }
  try {
    const bool writes = std::strcmp(argv[1], "--write") == 0;
    const fs::path root = argv[2];
    const files derived = derive(root);
    std::vector<std::string> differing;
    for (const auto& [path, content] : derived) {
      if (content.find("\\operatorname") != std::string::npos)
        throw std::runtime_error(path + ": code hosts render no \\operatorname; its header should say \\mathrm");
      if (!fs::exists(root / path) || read_file(root / path) != content) {
        differing.push_back(path);
        if (writes) write(root / path, content);
      }
    }
    for (const std::string& path : leftovers(root, derived)) {
      differing.push_back(path);
      if (writes) fs::remove(root / path);
    }
    if (writes) std::printf("%zu files derived, %zu of them changed.\n", derived.size(), differing.size());
    if (writes) return 0;
    const auto broken = broken_links(root);
    for (const std::string& link : broken) std::fprintf(stderr, "no such file: %s\n", link.c_str());
    if (!broken.empty()) std::fputs("These links lead nowhere: mend them in the pages named.\n", stderr);
    if (differing.empty()) return broken.empty() ? 0 : 1;
    for (const std::string& path : differing) std::fprintf(stderr, "out of date: %s\n", path.c_str());
    std::fputs(
        "The derived files no longer follow from headers, descriptions and cases: run "
        "cmake --build <your build folder> --target reference\n",
        stderr);
    return 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "guerdon_reference: %s\n", e.what());
    return 1;
  }
}
