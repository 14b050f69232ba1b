// Searches among reward programs for two small tasks: proposed by a generator, scored by training an agent.

#include "study.hpp"

#include "command_line.hpp"
#include "reporting_errors.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>

namespace {

std::atomic<bool> interrupted{false};

int run(int argc, char** argv) {
  namespace ex = guerdon::examples;
  namespace fs = std::filesystem;
  eureka::study_options o;
  std::string out = EUREKA_OUT;
  CLI::App app("Searches among reward programs for two small tasks, by what an agent learns with them.");
  app.name("eureka");
  app.add_option("--rounds", o.rounds, "Rounds of the search")->capture_default_str()->check(CLI::Range(1, 1000));
  app.add_option("--candidates", o.candidates, "Programs of a round")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--runs", o.runs, "Training runs that score a program")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--evaluations", o.evaluations, "Training runs of the first and the best program in the end")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", o.seed, "Of the search")->capture_default_str()->check(CLI::Range(0, 1000000));
  app.add_option("--threads", o.threads, "Threads; the results are the same bits")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("-o,--out", out, "Directory of report.html and candidates.csv")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
  fs::create_directories(out);
  ex::progress bar(eureka::trainings_of(o), "eureka");
  const auto all = eureka::run_study(o, bar, interrupted);
  bar.finish();
  if (interrupted) {
    std::cerr << "eureka: interrupted; no file was written.\n";
    return 130;
  }
  for (const auto& r : all) std::cout << eureka::story(r) << '\n';
  std::cout << eureka::final_table(all) << '\n';
  ex::write_atomically(fs::path(out) / "candidates.csv", eureka::csv(all));
  eureka::report(all, o).write(fs::path(out) / "report.html");
  std::cout << "report:     " << (fs::path(out) / "report.html").string()
            << "\ncandidates: " << (fs::path(out) / "candidates.csv").string() << '\n';
  ex::require_written(std::cout, "to standard output");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return guerdon::examples::reporting_errors("eureka", [&] { return run(argc, argv); });
}
