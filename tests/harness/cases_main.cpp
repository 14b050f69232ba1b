// guerdon_cases: runs case files on the backends that were built in.

#include "case_file.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <set>

namespace {

using namespace guerdon::harness;

/// The ways in which a case is run on one backend: all must pass.
std::vector<target> targets(backend_id backend, element_id element) {
  switch (backend) {
    case backend_id::eigen:
      return {{backend, element, 1}, {backend, element, 2}};
    case backend_id::emulated:
      return {
          {backend, element, 1}, {backend, element, 7}, {backend, element, 32}, {backend, element, 32, true}};
    default:
      return {{backend, element}};
  }
}

struct tally {
  std::size_t passed = 0, failed = 0;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs calls with known answers (JSON case files) on guerdon's backends."};
  std::string backend = "all", type = "all";
  std::vector<std::string> only, paths;
  bool table = false, missing = false;
  app.add_option("--backend", backend, "scalar, eigen, emulated, thrust, cuda or all that were built in")
      ->check(CLI::IsMember({"scalar", "eigen", "emulated", "thrust", "cuda", "all"}));
  app.add_option("--type", type, "float, double or all")->check(CLI::IsMember({"float", "double", "all"}));
  app.add_option("--only", only, "the cases of this operation only (repeatable)");
  app.add_flag("--table", table, "per operation and backend: passed and failed, tab-separated");
  app.add_flag("--missing", missing, "list the operations that have cases here but are not built");
  app.add_option("PATH", paths, "case files, or folders of them")->required();
  CLI11_PARSE(app, argc, argv);

  std::vector<element_id> elements;
  if (type != "float") elements.push_back(element_id::float64);
  if (type != "double") elements.push_back(element_id::float32);

  std::vector<known_answer> cases;
  try {
    for (const std::string& path : paths)
      for (auto& a : read_cases(path)) cases.push_back(std::move(a));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "guerdon_cases: %s\n", e.what());
    return 2;
  }

  bool any_backend = false;
  std::size_t skipped = 0;
  std::set<std::string> not_built;
  std::map<std::pair<std::string, std::string>, tally> tallies;
  for (const known_answer& a : cases) {
    if (!only.empty() && std::find(only.begin(), only.end(), a.op) == only.end()) continue;
    const operation* op = find_operation(a.op);
    if (op == nullptr) {
      ++skipped;
      not_built.insert(a.op);
      continue;
    }
    for (const backend_id b : op->backends) {
      if (backend != "all" && backend != name(b)) continue;
      any_backend = true;
      for (const element_id e : elements) {
        bool passed = true;
        for (const target& t : targets(b, e)) {
          for (const failure& f : check(*op, a, t)) {
            std::printf("FAIL %s[%zu] on %s/%s (width %d) \"%s\": %s: got %s, want %s\n", a.op.c_str(),
                        a.index, name(b), name(e), t.width, a.note.c_str(), f.output.c_str(), f.got.c_str(),
                        f.want.c_str());
            passed = false;
          }
          if (!passed) break;
        }
        ++(passed ? tallies[{a.op, name(b)}].passed : tallies[{a.op, name(b)}].failed);
      }
    }
  }
  if (table) {
    std::printf("operation\tbackend\tpassed\tfailed\n");
    for (const auto& [key, t] : tallies)
      std::printf("%s\t%s\t%zu\t%zu\n", key.first.c_str(), key.second.c_str(), t.passed, t.failed);
  }
  if (missing)
    for (const std::string& op : not_built) std::printf("missing: %s\n", op.c_str());
  if (!any_backend && backend != "all" && skipped < cases.size())
    std::fprintf(stderr, "guerdon_cases: backend %s was not built in, or runs none of these operations\n",
                 backend.c_str());
  tally sum;
  for (const auto& [key, t] : tallies) sum.passed += t.passed, sum.failed += t.failed;
  std::printf("%zu passed, %zu failed, %zu skipped\n", sum.passed, sum.failed, skipped);
  return sum.failed > 0 ? 1 : 0;
}
