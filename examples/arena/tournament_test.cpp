// Same seed, same bits: whatever the number of threads, and whether or not it was interrupted.

#include "results.hpp"
#include "tournament.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

namespace {

using namespace arena;

struct temporary_folder {
  fs::path path = fs::temp_directory_path() / ("arena-test-" + std::to_string(::getpid()));
  temporary_folder() { fs::create_directories(path); }
  ~temporary_folder() { fs::remove_all(path); }
};

const variant* const grpo = find_variant("grpo");
const variant* const rloo = find_variant("rloo");
const variant* const copo = find_variant("copo");

tournament_options tiny(const fs::path& out) {
  tournament_options o;
  settings& s = o.settings;
  s.hidden = 16;
  s.warm_up_steps = 200;  // enough to guess, now and then right
  s.steps = 3;
  s.prompts = s.group = 8;
  s.evaluations = 2;
  s.evaluation_problems = 8;
  s.final_problems = 12;
  s.evaluation_samples = 1;
  o.variants = usual_variants();
  o.seeds = {1, 2};
  o.threads = 1;
  o.out = out;
  return o;
}

// All numbers of the runs, without the time they took.
std::string bits(std::vector<run_result> runs) {
  for (run_result& run : runs) run.seconds = 0;
  return nlohmann::json(runs).dump();
}

TEST_CASE("the numbers do not depend on threads, repetition or interruption") {
  const temporary_folder folder;
  const auto whole = hold_tournament(tiny(folder.path / "whole"));
  REQUIRE(whole.size() == 22);
  for (const run_result& run : whole) {
    CAPTURE(run.variant);
    REQUIRE(run.steps.size() == 3);
    double gradient = 0;
    for (const step_record& step : run.steps) {
      CHECK(std::isfinite(step.loss));
      gradient += step.gradient_norm;
    }
    CHECK(std::isfinite(gradient));
    CHECK(gradient > 0);
    CHECK(run.evaluations.back().kl > 0);  // it has left the warmed-up policy
  }
  CHECK(bits({whole[0]}) != bits({whole[11]}));  // another seed

  auto threaded = tiny(folder.path / "threaded");
  threaded.threads = 3;
  CHECK(bits(hold_tournament(threaded)) == bits(whole));

  // Stopped after some runs: those are kept, and --resume adds the others.
  auto interrupted = tiny(folder.path / "interrupted");
  interrupted.variants.resize(4);
  CHECK(hold_tournament(interrupted).size() == 8);
  std::atomic<bool> stop{true};
  auto resumed = tiny(folder.path / "interrupted");
  resumed.resume = true;
  resumed.stop = &stop;
  CHECK(hold_tournament(resumed).size() == 8);
  stop = false;
  CHECK(bits(hold_tournament(resumed)) == bits(whole));
}

TEST_CASE("every recipe that fits trains, under a verifier that errs too") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.seeds = {1};
  o.settings.steps = 1;
  o.settings.false_positive = 0.1;
  o.settings.false_negative = 0.2;
  o.variants.clear();
  for (const variant& v : variants()) o.variants.push_back(&v);
  const auto runs = hold_tournament(o);
  REQUIRE(runs.size() == variants().size());
  for (const run_result& run : runs) {
    CAPTURE(run.variant);
    CHECK(std::isfinite(run.steps[0].loss));
    CHECK(std::isfinite(run.steps[0].gradient_norm));
  }
  // Noise reaches the rewards and not the record: what was drawn, and how much of it was right, is as without.
  o.settings.false_positive = o.settings.false_negative = 0;
  o.variants = {grpo};
  o.out = folder.path / "without";
  const auto honest = hold_tournament(o);
  CHECK(honest[0].steps[0].accuracy == runs[0].steps[0].accuracy);
  CHECK(honest[0].steps[0].zero_advantage != runs[0].steps[0].zero_advantage);
}

TEST_CASE("many variants are shown in small multiples, GRPO in each") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.seeds = {1};
  o.settings.steps = 1;
  o.variants = {grpo};
  for (const variant& v : variants())
    if (v.group == "length") o.variants.push_back(&v);
  REQUIRE(o.variants.size() > 12);
  write_report(results_of(o.settings, o.variants, o.seeds, hold_tournament(o)), o.out / "report.html", 1, 1);
  std::ostringstream report;
  report << std::ifstream(o.out / "report.html").rdbuf();
  CHECK(report.str().find("Accuracy: length 1") != std::string::npos);
  CHECK(report.str().find("Accuracy: length 4") != std::string::npos);
  CHECK(report.str().find("laser_reward") != std::string::npos);  // the recipe's row
}

TEST_CASE("what fits the tasks is offered, and what does not says why") {
  CHECK(find_variant("nothing of the kind") == nullptr);
  CHECK(usual_variants().size() == 11);
  for (const variant* v : usual_variants()) CHECK(v != nullptr);
  for (const variant& v : variants()) {
    CAPTURE(v.key);
    CHECK(columns(v).size() == columns_of_row.size());
  }
  const auto left_out = left_out_recipes();
  CHECK(left_out.size() > 5);
  for (const auto& recipe : left_out) {
    CAPTURE(recipe.key);
    CHECK(!recipe.missing.empty());  // else it belongs among the variants
  }
}

TEST_CASE("an interrupted tournament reports what is there") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.variants = {rloo, grpo, find_variant("laser")};
  std::atomic<bool> stop{false};
  o.stop = &stop;
  std::vector<run_result> runs;
  {
    // All of seed 1 and the first of seed 2, which GRPO has not.
    const std::jthread interrupt([&](const std::stop_token& done) {
      while (!done.stop_requested() && !fs::exists(run_file(o.out, *rloo, 2)))
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      stop = true;
    });
    runs = hold_tournament(o);
  }
  REQUIRE(runs.size() >= 4);
  runs.resize(4);  // should the machine have been quicker
  const results partial = results_of(o.settings, o.variants, o.seeds, runs);
  CHECK(partial.variants.size() == 3);
  CHECK(partial.seeds.size() == 2);
  INFO(findings(partial));
  CHECK(findings(partial).starts_with(
      "Interrupted: this is what 4 of 6 runs say, of RLOO 2, GRPO 1, GRPO with LASER 1."));
  CHECK(comparison(partial).rows.size() == 4);
  write_csv(partial, o.out);
  write_report(partial, o.out / "report.html", 1, 1);
  CHECK(fs::exists(o.out / "steps.csv"));
  std::ostringstream report;
  report << std::ifstream(o.out / "report.html").rdbuf();
  CHECK(report.str().find("interrupted with 4 of 6 runs") != std::string::npos);

  // Variants without a run are left out, GRPO among them.
  const results one = results_of(o.settings, o.variants, o.seeds, {runs[0]});
  CHECK(one.variants.size() == 1);
  CHECK(comparison(one).rows.size() == 2);
  write_report(one, o.out / "report.html", 1, 1);

  // Resumed, nothing is said of an interruption.
  o.resume = true;
  stop = false;
  const results whole = results_of(o.settings, o.variants, o.seeds, hold_tournament(o));
  CHECK(whole.runs.size() == whole.planned);
  CHECK(findings(whole).find("Interrupted") == std::string::npos);
}

TEST_CASE("resuming under other settings, or over a broken file, is refused") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.variants.resize(1);
  o.seeds = {1};
  hold_tournament(o);
  o.resume = true;
  o.settings.rate *= 2;
  CHECK_THROWS_WITH_AS(hold_tournament(o), doctest::Contains("other settings"), std::runtime_error);
  o.settings.rate /= 2;

  const fs::path path = run_file(o.out, *o.variants[0], 1);
  const auto whole = nlohmann::json::parse(std::ifstream(path));
  const auto refused = [&](const std::string& text, const std::string& sentence) {
    CAPTURE(text);
    guerdon::examples::write_atomically(path, text);
    CHECK_THROWS_WITH_AS(hold_tournament(o), doctest::Contains(sentence.c_str()), std::runtime_error);
  };
  const auto changed = [&](const char* at, const nlohmann::json& value) {
    auto file = whole;
    file[nlohmann::json::json_pointer(at)] = value;
    return file.dump();
  };
  refused("{", "is no run of the arena");
  refused(changed("/run/steps", nlohmann::json::array()), "is no run of the arena");
  refused(changed("/run/evaluations", nlohmann::json::array()), "is no run of the arena");
  refused(changed("/run/evaluations/0/step", 1), "is no run of the arena");
  refused(changed("/run/steps/1", whole["run"]["steps"][0]), "is no run of the arena");
  refused(changed("/run/transcripts", nlohmann::json::array()), "is no run of the arena");
  refused(changed("/run/variant", "kl"), "holds the run of kl with seed 1");
  refused(changed("/run/seed", 2), "holds the run of grpo with seed 2");
  refused(changed("/recipe", "-|rloo_advantage|"), "another recipe of that name");
  guerdon::examples::write_atomically(path, whole.dump());
  CHECK(hold_tournament(o).size() == 1);
}

TEST_CASE("a run whose loss reports no clip fraction is resumed with none") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.variants = {copo};
  o.seeds = {1};
  CHECK(std::isnan(hold_tournament(o)[0].steps[0].clip_fraction));
  o.resume = true;
  CHECK(std::isnan(hold_tournament(o)[0].steps[0].clip_fraction));
}

TEST_CASE("starting over keeps the runs until there is a new one, and removes the report") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.variants = {grpo};
  hold_tournament(o);
  guerdon::examples::write_atomically(o.out / "report.html", "older");
  std::atomic<bool> stop{true};
  o.stop = &stop;
  CHECK(hold_tournament(o).empty());
  CHECK(fs::exists(run_file(o.out, *grpo, 1)));
  CHECK_FALSE(fs::exists(o.out / "report.html"));
}

TEST_CASE("what cannot be written is known before the training") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  fs::create_directories(folder.path / "a" / "report.html");
  fs::create_directories(run_file(folder.path / "b", *grpo, 2));
  fs::create_directories(folder.path / "c");
  guerdon::examples::write_atomically(folder.path / "c" / "runs", "");
  for (const char* out : {"a", "b", "c"}) {
    o.out = folder.path / out;
    CHECK_THROWS_WITH_AS(hold_tournament(o), doctest::Contains("give another --out"), std::runtime_error);
  }
}

}  // namespace
