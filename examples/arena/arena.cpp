// The arena: trains one small policy by reinforcement learning under each recipe, from the same start, and puts
// the learning side by side. Begin reading at variants.hpp (the recipes) and trainer.hpp (what they plug into).

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <tuple>

#include <CLI/CLI.hpp>

#include "results.hpp"
#include "tournament.hpp"
#include "reporting_errors.hpp"

namespace {

std::atomic<bool> stop{false};

// The first Ctrl-C, or SIGTERM, lets the runs under way be dropped in order; the second ends the program.
extern "C" void on_interrupt(int) {
  stop = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const arena::variant* variant_named(const std::string& key) {
  if (const arena::variant* v = arena::find_variant(key)) return v;
  for (const auto& recipe : arena::left_out_recipes())
    if (recipe.key == key)
      throw CLI::ValidationError("--variants", "'" + key + "' does not fit these tasks, which lack: " + recipe.missing);
  throw CLI::ValidationError("--variants", "there is no '" + key + "'; --list names what there is");
}

// The two numbers of --noise.
std::pair<double, double> rates(const std::vector<std::string>& text) {
  std::array<double, 2> rate{};
  for (std::size_t i = 0; i < rate.size(); ++i) {
    const char* const end = text[i].data() + text[i].size();
    const auto read = std::from_chars(text[i].data(), end, rate[i]);
    if (read.ec != std::errc() || read.ptr != end || !(rate[i] >= 0))
      throw CLI::ValidationError("--noise",
                                 "'" + text[i] + "' is no rate: give two numbers of at least 0, such as 0.1,0.2");
  }
  if (!(rate[0] + rate[1] < 1))
    throw CLI::ValidationError("--noise", "the rates must add up to less than 1, else the verdict says nothing");
  return {rate[0], rate[1]};
}

// --list: what can be compared, and what cannot.
std::string list_of_variants() {
  guerdon::examples::table t{{"variant", "", "group", "shaping", "advantage", "rule", "aggregation"}, {}};
  for (const arena::variant& v : arena::variants()) {
    const auto row = arena::columns(v);
    t.rows.push_back({v.key, v.title, v.group, row[0], row[1], row[3], row[6]});
  }
  std::ostringstream text;
  text << t << "\nRecipes that do not fit these tasks, and what they lack:\n";
  for (const auto& recipe : arena::left_out_recipes()) text << "  " << recipe.key << ": " << recipe.missing << '\n';
  return text.str();
}

int run(int argc, char** argv) {
  CLI::App app{
      "Trains a small character policy by reinforcement learning with verifiable rewards under eleven\n"
      "recipes, or others of guerdon's, and writes a table, a report (report.html) and the records (CSV)."};
  arena::tournament_options o;
  app.name("arena");
  std::vector<std::string> lists, groups, noise;
  bool list = false;
  int seeds = 0;
  arena::index_t steps = 0;
  bool full = false;
  std::string out = ARENA_OUT;
  o.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("--seeds", seeds, "train with the seeds 1 to N (default: 3; 5 with --full)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--variants", lists, "these, separated by commas, or all (default: the eleven)");
  app.add_option("--group", groups, "GRPO and all of a group: advantages, objectives, length or rewards")
      ->check(CLI::IsMember({"advantages", "objectives", "length", "rewards"}));
  app.add_flag("--list", list, "name all variants and end");
  app.add_option("--noise", noise, "FP,FN: the verifier accepts wrong answers, and refuses right ones, at these rates")
      ->delimiter(',')
      ->expected(2)
      ->allow_extra_args(false);
  app.add_option("--steps", steps, "steps of reinforcement learning (default: 120; 500 with --full)")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--threads", o.threads, "runs side by side; changes no number")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--out", out, "folder for all that is written")->capture_default_str();
  app.add_flag("--full", full, "five seeds and longer training: some nine minutes on two cores");
  app.add_flag("--resume", o.resume,
               "keep the runs that an earlier call finished in --out, and do the others");
  try {
    app.parse(argc, argv);
    if (!noise.empty()) std::tie(o.settings.false_positive, o.settings.false_negative) = rates(noise);
    const auto add = [&](const arena::variant* v) {
      if (std::find(o.variants.begin(), o.variants.end(), v) == o.variants.end()) o.variants.push_back(v);
    };
    for (const std::string& keys : lists) {
      std::istringstream in(keys + ',');
      for (std::string key; std::getline(in, key, ',');) {
        if (key != "all") add(variant_named(key));
        for (const arena::variant& v : arena::variants())
          if (key == "all") add(&v);
      }
    }
    for (const std::string& group : groups) {
      add(arena::find_variant("grpo"));
      for (const arena::variant& v : arena::variants())
        if (v.group == group) add(&v);
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  if (list) {
    std::cout << list_of_variants();
    return 0;
  }
  if (full) o.settings.steps = 500;
  if (steps > 0) o.settings.steps = steps;
  if (seeds == 0) seeds = full ? 5 : 3;
  for (int seed = 1; seed <= seeds; ++seed) o.seeds.push_back(static_cast<std::uint64_t>(seed));
  if (o.variants.empty()) o.variants = arena::usual_variants();
  o.out = out;
  o.stop = &stop;

  std::size_t earlier = 0;
  for (const arena::variant* v : o.variants) {
    for (const std::uint64_t seed : o.seeds) earlier += std::filesystem::exists(run_file(o.out, *v, seed));
  }
  if (earlier > 0 && !o.resume)
    std::fprintf(stderr,
                 "Starting over: %zu finished runs in '%s' give way when the first new one is finished; "
                 "--resume would keep them.\n",
                 earlier, (o.out / "runs").c_str());

  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  std::vector<arena::run_result> runs;
  const auto start = std::chrono::steady_clock::now();
  {
    guerdon::examples::progress progress(arena::work_units(o), "arena");
    o.progress = &progress;
    runs = arena::hold_tournament(o);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::size_t all = o.variants.size() * o.seeds.size();
  const bool interrupted = runs.size() < all;
  if (runs.empty()) {
    std::fprintf(stderr, "Stopped before a run was finished: there is nothing to report.\n");
    return 130;
  }

  const arena::results results = arena::results_of(o.settings, o.variants, o.seeds, std::move(runs));
  std::cout << arena::comparison(results) << '\n' << arena::findings(results);
  arena::write_csv(results, o.out);
  arena::write_report(results, o.out / "report.html", seconds, o.threads);
  std::cout << "\nLearning curves, recipes and answers: "
            << std::filesystem::absolute(o.out / "report.html").string()
            << "\nRecords: steps.csv, evaluations.csv and runs/ beside it.\n";
  if (!interrupted) return 0;
  std::cout.flush();
  std::fprintf(stderr, "Stopped with %zu of %zu runs finished; the same command with --resume goes on from there.\n",
               results.runs.size(), all);
  return 130;
}

}  // namespace

int main(int argc, char** argv) {
  return guerdon::examples::reporting_errors("arena", [&] { return run(argc, argv); });
}
