// Rewards by design: eight rewards for each of three tasks, one learner, and what each reward costs and brings.

#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>

#include "progress.hpp"
#include "reporting_errors.hpp"
#include "results.hpp"

namespace {

std::atomic<bool> stop{false};

// The first Ctrl-C, or SIGTERM, ends after the runs under way; the second ends the program.
extern "C" void on_interrupt(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

int run(int argc, char** argv) {
  CLI::App app{"Learns three tasks under eight rewards each, designed in different ways, and writes a table, a report\n"
               "(report.html) and the records (CSV)."};
  app.name("reward_design");
  reward_design::settings o;
  int seeds = 20, threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::string out = REWARD_DESIGN_OUT;
  std::vector<std::string> names;
  app.add_option("--worlds", names, "only these of river, rooms, errand, separated by commas")->delimiter(',');
  app.add_option("--seeds", seeds, "learn with the seeds 1 to N")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--episodes", o.episodes, "episodes of each run")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--threads", threads, "runs side by side; changes no number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--out", out, "folder for all that is written")->capture_default_str();
  std::vector<reward_design::world> worlds;
  try {
    app.parse(argc, argv);
    std::vector<reward_design::world> all = reward_design::all_worlds();
    for (const std::string& name : names)
      if (std::none_of(all.begin(), all.end(), [&](const auto& w) { return w.name == name; }))
        throw CLI::ValidationError("--worlds", "there is no '" + name + "'; give some of river, rooms, errand");
    for (auto& w : all)
      if (names.empty() || std::find(names.begin(), names.end(), w.name) != names.end()) worlds.push_back(std::move(w));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  reward_design::prepare_files(out);
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  reward_design::results r;
  {
    guerdon::examples::progress progress(reward_design::work_units(static_cast<int>(worlds.size()), seeds),
                                         "reward_design");
    r = reward_design::run_all(std::move(worlds), seeds, o, threads, stop, &progress);
  }
  if (stop) {
    std::fprintf(stderr, "Stopped before all runs were done: nothing is written.\n");
    return 130;
  }
  reward_design::print(r, std::cout);
  reward_design::write_files(r, out);
  std::cout << "Curves, machines and distances: " << (std::filesystem::absolute(out) / "report.html").string()
            << "\nRecords: episodes.csv, curves.csv, designs.csv and distances.csv beside it.\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return guerdon::examples::reporting_errors("reward_design", [&] { return run(argc, argv); });
}
