#include "child_process.hpp"
#include "study.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace eureka {

namespace ex = guerdon::examples;

TEST_CASE("every world can be finished, from every start, within its horizon") {
  for (const world& w : all_worlds()) {
    CAPTURE(w.name);
    const std::size_t all = std::size_t(w.transitions());
    CHECK(w.next.size() == all);
    CHECK(w.done.size() == all);
    CHECK(w.flag.size() == all);
    for (const distance& d : w.distances) CHECK(d.from.size() + d.to_before.size() == 4 * all);
    // Steps to the end, backwards from it.
    std::vector<index_t> left(std::size_t(w.states), w.horizon + 1);
    for (index_t round = 0; round < w.horizon; ++round)
      for (index_t s = 0; s < w.states; ++s)
        for (index_t a = 0; a < w.actions; ++a) {
          const std::size_t at = std::size_t(s * w.actions + a);
          index_t& best = left[std::size_t(s)];
          best = std::min(best, w.done[at] ? 1 : left[std::size_t(w.next[at])] + 1);
        }
    for (const index_t s : w.start) CHECK(left[std::size_t(s)] <= w.horizon);
  }
}

TEST_CASE("a program pays what its text says") {
  const world w = behind_wall();
  program p{5, {{form::reaching, 0, gate::none, 2, 3}, {form::progress, 1, gate::closed, 0.3, 2}, {form::hurry}}};
  CHECK(text_of(p, w) ==
        "finished(done, 5,\n           2 * reaching(walker_to_goal, 3)\n"
        "         + when(!past_wall, 0.3 * progress(walker_to_gap, walker_to_gap_before, 2))\n         + -1)");
  const payment pay = paid(p, w);
  const std::size_t all = std::size_t(w.transitions());
  const auto far = [](const std::vector<double>& a, const std::vector<double>& b, std::size_t k) {
    return std::hypot(a[2 * k] - b[2 * k], a[2 * k + 1] - b[2 * k + 1]);
  };
  for (std::size_t k = 0; k < all; ++k) {
    const distance &goal = w.distances[0], &gap = w.distances[1];
    const double near = 2 * (1 - std::tanh(3 * far(goal.from, goal.to, k)));
    const double shrunk = -0.3 * std::tanh(2 * (far(gap.from, gap.to, k) - far(gap.from_before, gap.to_before, k)));
    const double want = w.done[k] ? 5 : near + (w.flag[k] ? 0 : shrunk) - 1;
    CHECK(pay.reward[k] == doctest::Approx(want));
    CHECK(pay.component[2 * all + k] == (w.done[k] ? 0 : -1));
  }
  p.components = {{form::ranged, 0, gate::none, 1, 0.4, 0.2}};
  CHECK_THROWS_AS(paid(p, w), std::invalid_argument);
  const trained_runs failed = train_all(w, p, {1}, 1, {.epochs = 1});
  CHECK(failed.record.failure == "in_unit_range: low and high must be a range: low below high");
  CHECK(reflection({p, failed.record}, w) == "It did not run: " + failed.record.failure + ".\n");
}

TEST_CASE(
    "the proposer drops what never moved, rescales what drowns the rest, and begins anew where nothing succeeds") {
  const world w = carry();
  guerdon::trained_program<program> seen{written_by_hand(w), {}};
  seen.record = {.score = 0, .components = 3, .trace = {9, 10, 1e-3, 2e-3, 0, 0}};  // two epochs
  const std::string told = reflection(seen, w);
  CHECK(
      told.find("reaching(gripper_to_cube, 5): 9.00, 10.00; max 10.00, mean 9.50, min 9.00; it drowns the others\n") !=
      std::string::npos);
  CHECK(told.ends_with("The task is never done.\n"));
  random_source random(1), same(1);
  const auto programs = propose(seen, 40, w, random), again = propose(seen, 40, w, same);
  REQUIRE(programs.size() == 40);
  index_t rescaled = 0;
  for (std::size_t k = 0; k < programs.size(); ++k) {
    CHECK(text_of(programs[k], w) == text_of(again[k], w));
    CHECK(programs[k].components.size() >= 1);
    CHECK(programs[k].components.size() <= 5);
    if (k % 2 == 0) rescaled += programs[k].components[0].weight == 0.3;
  }
  CHECK(rescaled > 0);
  seen.record.trace = {1, 1, 0.1, 0.4, 0.5, 1};
  index_t dropped = 0;
  for (const program& p : propose(seen, 40, w, random)) dropped += p.components[0].behind == gate::open;
  CHECK(dropped > 5);
}

TEST_CASE(
    "what is found does better than what was written by hand, on both worlds, with seeds not seen in the search") {
  const study_options o{.rounds = 3, .candidates = 8, .runs = 4, .evaluations = 6, .seed = 1};
  std::FILE* const nowhere = std::fopen("/dev/null", "w");
  ex::progress bar(trainings_of(o), "eureka", nowhere);
  const auto all = run_study(o, bar, false);
  REQUIRE(all.size() == 2);
  for (const world_result& r : all) {
    CAPTURE(r.where.name);
    CHECK(r.best_again.record.score > r.start_again.record.score + 0.2);
    CHECK(r.better.low > 0);
    CHECK(story(r).find("Round 3: ") != std::string::npos);
  }
  bar.finish();
  std::fclose(nowhere);
}

TEST_CASE("threads do not change the results; the program writes a page and rows, and refuses what it does not know") {
  namespace fs = std::filesystem;
  const fs::path base = fs::temp_directory_path() / ("eureka_test." + std::to_string(::getpid()));
  std::string rows[2], said[2];
  for (int k = 0; k < 2; ++k) {
    const fs::path out = base / std::to_string(k);
    const auto ran = ex::run_child({EUREKA_PROGRAM, "--rounds", "2", "--candidates", "3", "--runs", "2",
                                    "--evaluations", "2", "--threads", std::to_string(k + 1), "-o", out.string()},
                                   "");
    REQUIRE(ran);
    CHECK(ran->exit_status == 0);
    CHECK(ran->output.find("Round 2: ") != std::string::npos);
    said[k] = ran->output.substr(0, ran->output.find("report: "));
    std::ifstream file(out / "candidates.csv");
    rows[k].assign(std::istreambuf_iterator<char>(file), {});
    CHECK(fs::file_size(out / "report.html") > 10'000);
  }
  CHECK(said[0] == said[1]);
  CHECK(rows[0] == rows[1]);
  CHECK(std::count(rows[0].begin(), rows[0].end(), '\n') == 1 + 2 * 2 * 3);
  CHECK(ex::run_child({EUREKA_PROGRAM, "--rounds", "0"}, "")->exit_status == 2);
  fs::remove_all(base);
}

}  // namespace eureka
