// guerdon_reference: writes what is derived from headers and cases. In the tree, the indices, the umbrella headers and
// the table in README.md, or what of them is out of date; in a folder of the build, full pages and the site's search.

#include "index.hpp"

#include <cstdio>

namespace guerdon::docs {
std::vector<described> all_described();  // generated
}

namespace {

using namespace guerdon::docs;
namespace fs = std::filesystem;

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

/// "page: target" for each relative link to a file that is not there, or to an operation that its index does not
/// name, in every page of the project.
std::vector<std::string> broken_links(const fs::path& root) {
  std::vector<fs::path> pages{root / "README.md", root / "HACKING.md"};
  for (const char* folder : {"docs", "examples", "bench"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  static const std::regex link(R"(\]\(([^)#\s]+)(?:#([^)]*))?\))");
  std::vector<std::string> broken;
  for (const fs::path& page : pages) {
    bool code = false;
    for (const std::string& line : lines_of(read_file(page))) {
      if (line.starts_with("```")) code = !code;
      if (code || line.starts_with("    ")) continue;
      for (std::sregex_iterator at(line.begin(), line.end(), link), end; at != end; ++at) {
        const std::string target = (*at)[1], anchor = (*at)[2];
        if (target.find("://") != std::string::npos) continue;
        const fs::path file = page.parent_path() / target;
        const bool in_index =
            target.find("reference/") != std::string::npos || page.parent_path().filename() == "reference";
        if (!fs::exists(file) ||
            (in_index && !anchor.empty() && read_file(file).find("[`" + anchor + "`]") == std::string::npos))
          broken.push_back(fs::relative(page, root).generic_string() + ": " + target +
                           (anchor.empty() ? "" : "#" + anchor));
      }
    }
  }
  return broken;
}

/// Writes the file where it says something else. Does it?
bool write(const fs::path& path, const std::string& content) {
  if (fs::exists(path) && read_file(path) == content) return false;
  fs::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream << content;
  if (!stream.flush()) throw std::runtime_error(path.string() + ": cannot be written");
  return true;
}

int check(const fs::path& root, const files& derived) {
  std::vector<std::string> differing = leftovers(root, derived);
  for (const auto& [path, content] : derived)
    if (!fs::exists(root / path) || read_file(root / path) != content) differing.push_back(path);
  const auto broken = broken_links(root);
  for (const std::string& link : broken)
    std::fprintf(stderr, "no such file, or no such operation in it: %s\n", link.c_str());
  if (!broken.empty()) std::fputs("These links lead nowhere: mend them in the pages named.\n", stderr);
  for (const std::string& path : differing) std::fprintf(stderr, "out of date: %s\n", path.c_str());
  if (!differing.empty())
    std::fputs(
        "The derived files no longer follow from the headers: run cmake --build <your build folder> --target "
        "reference\n",
        stderr);
  return broken.empty() && differing.empty() ? 0 : 1;
}

int run(const std::string& mode, const fs::path& root, const std::vector<std::string>& more) {
  const header_text headers(root / "include");
  const auto all = all_described();
  std::vector<page> pages;
  for (const described& d : all) {
    if (d.header != "guerdon/" + d.family() + "/" + d.name() + ".hpp")
      throw std::runtime_error(d.header + ": says that it is " + d.name() + " of the family " + d.family());
    pages.emplace_back(d, headers, root);
    if (pages.back().formula().find("\\operatorname") != std::string::npos)
      throw std::runtime_error(d.header + ": code hosts render no \\operatorname; say \\mathrm");
  }
  if (mode == "--pages") {  // --pages PROJECT FOLDER [GUIDE...]
    const fs::path folder = more.at(0);
    for (const auto& [path, content] : site_files(pages)) write(folder / path, content);
    write(folder / "index.js", search_index(root, pages, {more.begin() + 1, more.end()}));
    return 0;
  }
  const files derived = derived_files(root, pages, headers);
  if (mode == "--check") return check(root, derived);
  std::size_t changed = 0;
  for (const auto& [path, content] : derived) changed += write(root / path, content);
  for (const std::string& path : leftovers(root, derived)) fs::remove(root / path), ++changed;
  std::printf("%zu files derived, %zu of them changed.\n", derived.size(), changed);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (argc < 3 || (mode != "--write" && mode != "--check" && mode != "--pages") || (mode == "--pages" && argc < 4)) {
    std::fputs("usage: guerdon_reference --write|--check PROJECT, or --pages PROJECT FOLDER [GUIDE...]\n", stderr);
    return 2;
  }
  try {
    return run(mode, argv[2], {argv + 3, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "guerdon_reference: %s\n", e.what());
    return 1;
  }
}
