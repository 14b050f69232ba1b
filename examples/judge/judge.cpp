// Judges held against the truth: reads scores, verdicts on pairs and verdicts of right and wrong as JSON lines, and says who
// is better, how far each judge can be trusted, and which alarm of reward hacking fires. --train trains reward models on
// the way. See README.md.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "atomic_file.hpp"
#include "command_line.hpp"
#include "progress.hpp"
#include "read_lines.hpp"
#include "reporting_errors.hpp"
#include "results.hpp"

namespace {

namespace ex = guerdon::examples;
namespace fs = std::filesystem;

std::atomic<bool> stop{false};

extern "C" void on_interrupt(int) { stop = true; }

struct arguments {
  std::vector<std::string> inputs = {"-"};
  std::string out = JUDGE_OUT;
  bool strict = false, train = false, no_report = false;
  judging::study_options study;
  judging::training_options training;
};

int interrupted() {
  std::cerr << "judge: interrupted; nothing was written.\n";
  return 130;
}

int run(arguments a, const std::string& command) {
  const fs::path folder(a.out);
  for (const std::string& path : a.inputs)
    for (const char* name : {"report.html", "measures.csv"})
      if (path != "-" && ex::same_file(path, folder / name)) {
        std::cerr << "judge: '" << path << "' would be overwritten; name another folder with --out.\n";
        return 2;
      }
  judging::records records;
  judging::findings found;
  {
    const std::int64_t total = ex::total_bytes(a.inputs);
    ex::progress bar(total, total > 0 ? "reading" : "reading, lines:");
    bool stopped = false;
    for (const std::string& path : a.inputs) {
      const auto take = [&](const std::string& line, const std::string&) { records.take(line); };
      const auto bad = [&](const std::string& sentence) {
        ++found.bad_lines;
        bar.say(sentence);
        if (a.strict) stopped = true;
      };
      if (!ex::read_lines(path, bar, total > 0, [&] { return stopped || stop; }, take, bad)) break;
    }
    bar.finish();
    if (stop) return interrupted();
    if (stopped) {
      std::cerr << "judge: stopped at the first malformed line, as --strict asks; nothing was written.\n";
      return 1;
    }
  }
  if (records.tasks.empty() && records.pairs.empty() && records.verdicts.empty()) {
    std::cerr << "judge: " << (found.bad_lines > 0 ? "not one line could be read" : "there is nothing to read")
              << ", so nothing was written; README.md beside this program's source describes the form.\n";
    return 1;
  }
  const std::string& baseline = a.study.baseline;
  if (!baseline.empty() &&
      std::find(records.candidates.begin(), records.candidates.end(), baseline) == records.candidates.end()) {
    std::cerr << "judge: --baseline " << baseline << " is none of the candidates.\n";
    return 2;
  }
  fs::create_directories(folder);
  ex::atomic_file csv(folder / "measures.csv");
  std::unique_ptr<ex::atomic_file> page;
  if (!a.no_report) page = std::make_unique<ex::atomic_file>(folder / "report.html");
  std::vector<judging::judge> judges = judging::judges_of(records);
  a.study.stop = &stop;
  try {
    if (a.train) {
      ex::progress bar(judging::work_of(a.training), "training");
      a.study.progress = &bar;
      judging::trained trained = judging::train(records, a.training, a.study);
      judges.insert(judges.end(), trained.judges.begin(), trained.judges.end());
      found.all = std::move(trained.measures);
      found.curves = std::move(trained.curves);
    }
    ex::progress bar(judging::work_of(records, judges), "judging");
    a.study.progress = &bar;
    const auto all = judging::study(records, judges, a.study);
    found.all.insert(found.all.end(), all.begin(), all.end());
  } catch (const judging::interrupted&) {
    return interrupted();
  }
  judging::write_csv(csv.stream(), found);
  if (page) page->stream() << judging::report(found, command).html();
  csv.commit();
  if (page) page->commit();
  judging::print(std::cout, found);
  if (page) std::cout << "report: " << (folder / "report.html").string() << '\n';
  std::cout << "measures: " << (folder / "measures.csv").string() << '\n';
  ex::require_written(std::cout, "the summary to standard output; the files are complete");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  arguments a;
  CLI::App app(
      "Holds judges against the truth, from scores, pairs and verdicts as JSON lines; --train trains reward models.");
  app.name("judge");
  app.add_option("FILE", a.inputs, "JSON-lines files; - is standard input")->capture_default_str();
  app.add_option("-o,--out", a.out, "Folder for report.html and measures.csv")->capture_default_str();
  app.add_flag("--train", a.train,
               "Train heads on features of the texts, on hard and on random pairs, and judge them too");
  app.add_flag("--no-report", a.no_report, "Write no report.html");
  app.add_flag("--strict", a.strict, "Stop at the first malformed line with status 1, writing nothing");
  app.add_option("--baseline", a.study.baseline, "The candidate of win rates (default: the one that comes first)");
  app.add_option("--resamples", a.study.resamples, "Times that prompts are redrawn for intervals")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--seed", a.study.seed, "Of redrawing, folds and heads")->capture_default_str();
  app.add_option("--bins", a.study.bins, "Of the calibration curve")
      ->check(CLI::Range(guerdon::index_t{1}, guerdon::index_t{1000}))
      ->capture_default_str();
  app.add_option("--steps", a.training.steps, "--train: steps of gradient descent")
      ->check(CLI::Range(guerdon::index_t{1}, guerdon::index_t{1000000}))
      ->capture_default_str();
  app.add_option("--folds", a.training.folds,
                 "--train: parts that prompts are cut into; each is scored by a head of the others")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  app.add_option("--units", a.training.units, "--train: of the hidden layer")
      ->check(CLI::Range(guerdon::index_t{1}, guerdon::index_t{1024}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  // Without SA_RESTART, so that a read that waits for input returns.
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  return ex::reporting_errors("judge", [&] { return run(a, ex::quoted_command(argc, argv)); });
}
