// Same seed, same bits: whatever the number of threads, and whether or not it was interrupted.

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
  o.variants.assign(variants.begin(), variants.end());
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

TEST_CASE("resuming under other settings, or over a broken file, is refused") {
  const temporary_folder folder;
  auto o = tiny(folder.path);
  o.variants.resize(1);
  o.seeds = {1};
  hold_tournament(o);
  o.resume = true;
  o.settings.rate *= 2;
  CHECK_THROWS_WITH_AS(hold_tournament(o), doctest::Contains("other settings"), std::runtime_error);
  guerdon::examples::write_atomically(run_file(o.out, *o.variants[0], 1), "{");
  CHECK_THROWS_WITH_AS(hold_tournament(o), doctest::Contains("is no run of the arena"), std::runtime_error);
}

}  // namespace
