// Agents on chain, four rooms and cliff walk, trained with guerdon's returns and measured against the exact optimum.
// Begin reading at recipes.cpp.

#include <csignal>
#include <cstdio>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "tournament.hpp"
#include "reporting_errors.hpp"

namespace {

std::atomic<bool> stop{false};

// The first Ctrl-C, or SIGTERM, ends in order with what is finished; the second ends the program.
extern "C" void on_interrupt(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

/// Those of `all` that lists of keys name, in the order of `all`; without lists all of them.
template <class T>
std::vector<const T*> chosen(const std::string& option, const std::vector<std::string>& lists,
                             const std::vector<T>& all) {
  std::vector<std::string> keys;
  for (const std::string& list : lists) {
    std::istringstream in(list);
    for (std::string key; std::getline(in, key, ',');) keys.push_back(key);
  }
  std::string known;
  for (const T& x : all) known += (known.empty() ? "" : ", ") + x.key;
  for (const std::string& key : keys)
    if (std::none_of(all.begin(), all.end(), [&](const T& x) { return x.key == key; }))
      throw CLI::ValidationError(option, "there is no '" + key + "'; give some of " + known + ", separated by commas");
  std::vector<const T*> found;
  for (const T& x : all)
    if (lists.empty() || std::find(keys.begin(), keys.end(), x.key) != keys.end()) found.push_back(&x);
  return found;
}

int run(int argc, char** argv) {
  CLI::App app{
      "Trains tabular and linear agents on small decision processes with the returns of guerdon, and measures each\n"
      "against the exact optimum: a table, a report (report.html) and the records (curves.csv)."};
  app.name("control");
  control::tournament_options o;
  std::vector<std::string> agents, worlds;
  int seeds = 10;
  std::string out = CONTROL_OUT;
  o.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("--seeds", seeds, "train with the seeds 1 to N")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--agents", agents, "only these, separated by commas (default: all)");
  app.add_option("--worlds", worlds, "only these, separated by commas (default: all)");
  app.add_option("--updates", o.s.updates, "batches of experience of a run")
      ->check(CLI::Range(control::index_t(o.s.evaluations), control::index_t(1000000)))
      ->capture_default_str();
  app.add_option("--threads", o.threads, "runs side by side; changes no number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--out", out, "folder for all that is written")->capture_default_str();
  try {
    app.parse(argc, argv);
    o.recipes = chosen("--agents", agents, control::recipes());
    o.worlds = chosen("--worlds", worlds, control::worlds());
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (int seed = 1; seed <= seeds; ++seed) o.seeds.push_back(static_cast<std::uint64_t>(seed));
  o.stop = &stop;
  std::filesystem::create_directories(out);

  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  control::results r;
  double seconds = 0;
  {
    guerdon::examples::progress progress(static_cast<std::int64_t>(control::jobs_of(o).size()), "control");
    o.progress = &progress;
    r = control::hold_tournament(o);
    seconds = progress.seconds();
  }
  if (r.seeds.empty()) {
    std::fprintf(stderr, "Stopped before all agents had finished a seed: there is nothing to report.\n");
    return 130;
  }
  for (const control::world* w : r.worlds)
    for (const control::sight seen : {control::sight::tabular, control::sight::tiles})
      if (const auto t = control::comparison(r, *w, seen); !t.rows.empty()) std::cout << t << '\n';
  const std::filesystem::path folder(out);
  control::write_csv(r, folder / "curves.csv");
  control::write_report(r, folder / "report.html", seconds, o.threads);
  std::cout << "Curves: " << std::filesystem::absolute(folder / "report.html").string()
            << "\nRecords: curves.csv beside it.\n";
  if (r.seeds.size() == o.seeds.size()) return 0;
  std::cout.flush();
  std::fprintf(stderr, "Stopped: this is of the %zu of %zu seeds that all agents had finished.\n", r.seeds.size(),
               o.seeds.size());
  return 130;
}

}  // namespace

int main(int argc, char** argv) {
  return guerdon::examples::reporting_errors("control", [&] { return run(argc, argv); });
}
