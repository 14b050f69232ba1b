// Compares intrinsic rewards, redistributed returns, shaped rewards of a driver and a learnt trust in a bonus.

#include "study.hpp"

#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>

namespace {

std::atomic<bool> interrupted{false};

}  // namespace

int main(int argc, char** argv) {
  namespace ex = guerdon::examples;
  namespace fs = std::filesystem;
  exploration::study_options o;
  std::string out = EXPLORATION_OUT;
  CLI::App app("Episodes to success under intrinsic rewards, redistributed returns, soft penalties and learnt trust.");
  app.name("exploration");
  app.add_option("--seeds", o.seeds, "Runs of every method")->capture_default_str()->check(CLI::Range(1, 1000));
  app.add_option("--seed", o.first_seed, "The first of them")->capture_default_str();
  app.add_option("--threads", o.threads, "Threads; the results are the same bits")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("-o,--out", out, "Directory of report.html and runs.csv")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
  try {
    fs::create_directories(out);
    ex::progress bar(exploration::runs_of(o), "exploration");
    const auto rows = exploration::run_study(o, bar, interrupted);
    bar.finish();
    if (interrupted) {
      std::cerr << "exploration: interrupted; no file was written.\n";
      return 130;
    }
    const auto summary = exploration::summarize(rows);
    for (const char* study : {"exploration", "credit", "driving", "trust"})
      std::cout << exploration::summary_table(summary, study) << '\n';
    ex::write_atomically(fs::path(out) / "runs.csv", exploration::csv(rows));
    exploration::report(rows, o).write(fs::path(out) / "report.html");
    std::cout << "report: " << (fs::path(out) / "report.html").string()
              << "\nruns:   " << (fs::path(out) / "runs.csv").string() << '\n';
    ex::require_written(std::cout, "to standard output");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "exploration: " << error.what() << ".\n";
  }
  return 1;
}
