#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <guerdon/mdp/rm_run.hpp>

#include "atomic_file.hpp"
#include "child_process.hpp"
#include "results.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using namespace reward_design;

namespace {

struct scratch_directory {
  fs::path path;
  scratch_directory() {
    std::string name = (fs::temp_directory_path() / ("guerdon-" + std::string(6, 'X'))).string();
    path = ::mkdtemp(name.data());
  }
  ~scratch_directory() { fs::remove_all(path); }
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

const std::vector<world>& worlds() {
  static const std::vector<world> all = all_worlds();
  return all;
}
const world& river() { return worlds().front(); }

ex::child_result call(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), REWARD_DESIGN_PROGRAM);
  return ex::run_child(arguments, "").value();
}

}  // namespace

TEST_CASE("the optimum is exact: its policy is worth it, and no policy of one action more") {
  for (const world& w : worlds()) {
    INFO(w.name);
    CHECK(exact_return(w, w.policy) == doctest::Approx(w.best_return));
    CHECK(w.best_return > 0);
    CHECK(w.best_return <= 1);
    for (std::size_t s = 0; s < w.policy.size(); s += 5) {
      auto other = w.policy;
      other[s] = (other[s] + 1) % w.actions;
      CHECK(exact_return(w, other) <= w.best_return + 1e-9);
    }
  }
}

TEST_CASE("the machine of a formula pays where it is satisfied for ever, and says where it is lost") {
  const task_machine m = machine_of("!plant U (coffee & (!plant U office))", 1, -1);
  CHECK(m.states == 2);
  const auto run = [&](const std::vector<std::string>& labels) {
    return guerdon::rm_run({{m.from, m.to, m.formula, m.reward}, labels},
                           {.rules = {.num_states = m.states, .unmatched = guerdon::unmatched_rule::error}})
        .rewards;
  };
  CHECK(run({"office", "", "coffee", "", "office"}) == numbers{0, 0, 0, 0, 1});
  CHECK(run({"coffee", "plant", "office"}) == numbers{0, -1, 0});
  CHECK(run({"coffee,office"}) == numbers{1});
  const std::string drawing = drawing_of(m);
  CHECK(drawing.find("!plant") != std::string::npos);
  CHECK(drawing.find("coffee &amp;") != std::string::npos);  // what is drawn is text, not markup
}

TEST_CASE("shaped rewards cost nothing and are at distance 0; a STARC distance is symmetric") {
  for (const world& w : {worlds()[0], worlds()[1]}) {
    INFO(w.name);
    const numbers sparse = first_reward(w, design::sparse);
    for (const design d : {design::potential, design::machine_potential}) {
      const numbers shaped = first_reward(w, d);
      CHECK(shaped != sparse);
      CHECK(distance_between(w, distance::starc, sparse, shaped) < 1e-6);
      CHECK(distance_between(w, distance::epic, sparse, shaped) < 1e-6);
      CHECK(distance_between(w, distance::dard, sparse, shaped) < 1e-6);
      CHECK(regrets_of(w, shaped).worst < 1e-6);
    }
    const numbers explicable = first_reward(w, design::explicable);
    CHECK(regrets_of(w, explicable).of_optimum < 1e-6);
    CHECK(distance_between(w, distance::starc, sparse, explicable) ==
          doctest::Approx(distance_between(w, distance::starc, explicable, sparse)));
    CHECK(distance_between(w, distance::starc, sparse, explicable) > 0.01);
  }
}

TEST_CASE("the same seed gives the same bits, another one another run, and all of them finite numbers") {
  settings o;
  o.episodes = 60;
  for (int k = 0; k < designs; ++k) {
    const auto d = static_cast<design>(k);
    INFO(name_of(d));
    const numbers first = first_reward(river(), d);
    const run_result a = learn(river(), d, first, 3, o), b = learn(river(), d, first, 3, o);
    CHECK(a.regret == b.regret);
    CHECK(a.last_reward == b.last_reward);
    REQUIRE(a.regret.size() == 60);
    for (const double x : a.regret) CHECK((x > -1e-9 && x < 1 + 1e-9));
    CHECK(a.last_reward.size() == river().transition.size());
  }
  const numbers first = first_reward(river(), design::exploration);
  CHECK(learn(river(), design::exploration, first, 1, o).last_reward !=
        learn(river(), design::exploration, first, 2, o).last_reward);
}

TEST_CASE("the optimal value as a potential shows the way that the sparse reward does not") {
  settings o;
  o.episodes = 200;
  int sparse = 0, potential = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    sparse += learn(river(), design::sparse, first_reward(river(), design::sparse), seed, o).episodes_to_optimum;
    potential +=
        learn(river(), design::potential, first_reward(river(), design::potential), seed, o).episodes_to_optimum;
  }
  CHECK(potential < sparse);
}

TEST_CASE("what is stopped leaves nothing") {
  const std::atomic<bool> stop{true};
  CHECK(run_all({river()}, 1, {.episodes = 10}, 2, stop, nullptr).worlds.empty());
}

TEST_CASE("the program writes a report and its records, the same for any number of threads") {
  const scratch_directory folder;
  for (const char* threads : {"1", "3"}) {
    const auto ran = call({"--worlds", "river", "--seeds", "2", "--episodes", "40", "--threads", threads, "--out",
                           (folder.path / threads).string()});
    REQUIRE(ran.exit_status == 0);
    CHECK(ran.output.find("counterfactual") != std::string::npos);
  }
  for (const char* file : {"episodes.csv", "curves.csv", "designs.csv", "distances.csv", "report.html"}) {
    CAPTURE(file);
    CHECK(read(folder.path / "1" / file) == read(folder.path / "3" / file));
  }
  const auto lines = [&](const char* file) {
    const std::string text = read(folder.path / "1" / file);
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines("episodes.csv") == 1 + designs * 2);
  CHECK(lines("curves.csv") == 1 + designs * 2 * 40);
  CHECK(lines("designs.csv") == 1 + designs);
  CHECK(lines("distances.csv") == 1 + distances * designs * designs);
  const std::string report = read(folder.path / "1" / "report.html");
  for (const char* part :
       {"The machine of the task", "STARC between the rewards", "DARD between the rewards", "</html>"})
    CHECK(report.find(part) != std::string::npos);
}

TEST_CASE("what is wrong is said before the study begins") {
  const scratch_directory folder;
  CHECK(call({"--seeds", "0"}).exit_status == 2);
  const auto unknown = call({"--worlds", "river,nowhere"});
  CHECK(unknown.exit_status == 2);
  CHECK(unknown.errors.find("there is no 'nowhere'") != std::string::npos);
  fs::create_directories(folder.path / "a" / "report.html");
  ex::write_atomically(folder.path / "file", "");
  // A million episodes of 10000 seeds: who began would not be back.
  for (const std::string& out : {(folder.path / "a").string(), (folder.path / "file" / "b").string()}) {
    const auto refused = call({"--seeds", "10000", "--episodes", "1000000", "--out", out});
    CHECK(refused.exit_status == 1);
    CHECK(refused.errors.find("give another --out") != std::string::npos);
    CHECK(refused.output.empty());
  }
}
