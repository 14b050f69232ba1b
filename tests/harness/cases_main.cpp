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
  app.name("guerdon_cases");
  app.footer("Exit status: 1 where a case failed, 2 where a file could not be read or there was no case or backend.\n"
             "passed and failed count a case once per backend and type, skipped once.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }

  std::vector<element_id> elements;
  if (type != "float") elements.push_back(element_id::float64);
  if (type != "double") elements.push_back(element_id::float32);

  int status = 0;
  const auto complain = [&](const std::string& problem) {
    std::fprintf(stderr, "guerdon_cases: %s\n", problem.c_str());
    status = 2;
  };
  std::vector<known_answer> cases;
  const auto attempt = [&](const auto& read) {
    try {
      read();
    } catch (const std::exception& e) {
      complain(e.what());
    }
  };
  const auto wanted = [&](const known_answer& a) {
    return only.empty() || std::find(only.begin(), only.end(), a.op) != only.end();
  };
  for (const std::string& path : paths)
    attempt([&] {
      for (const auto& file : case_files(path))
        attempt([&] {
          for (auto& a : read_cases(file))
            if (wanted(a)) cases.push_back(std::move(a));
        });
    });
  if (cases.empty()) complain("no case in these files" + std::string(only.empty() ? "" : " is of that operation"));

  std::size_t skipped = 0;
  std::set<std::string> not_built;
  std::map<std::pair<std::string, std::string>, tally> tallies;
  for (const known_answer& a : cases) {
    const operation* op = find_operation(a.op);
    if (!a.fault.empty() && (op != nullptr || a.op.empty())) {
      std::printf("FAIL %s\n", a.fault.c_str());
      ++tallies[{a.op, "none"}].failed;
      continue;
    }
    if (op == nullptr) {
      ++skipped;
      not_built.insert(a.op);
      continue;
    }
    for (int k = 0; k < backend_count; ++k) {
      const auto b = static_cast<backend_id>(k);
      if (backend != "all" && backend != name(b)) continue;
      for (const element_id e : elements) {
        if (!op->has(b, e)) continue;
        bool passed = true;
        for (const target& t : targets(b, e)) {
          const auto failures = check(*op, a, t);
          if (failures.empty()) continue;
          const failure& f = failures.front();
          std::printf("FAIL %s[%zu] on %s/%s (width %d) \"%s\": %s: got %s, want %s\n", a.op.c_str(), a.index, name(b),
                      name(e), t.width, a.note.c_str(), f.output.c_str(), f.got.c_str(), f.want.c_str());
          passed = false;
          break;
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
  if (tallies.empty() && skipped < cases.size())
    complain("backend " + backend + " was not built in, or runs none of these operations");
  tally sum;
  for (const auto& [key, t] : tallies) sum.passed += t.passed, sum.failed += t.failed;
  std::printf("%zu passed, %zu failed, %zu skipped\n", sum.passed, sum.failed, skipped);
  return sum.failed > 0 ? 1 : status;
}
