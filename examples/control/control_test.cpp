#include <doctest/doctest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "child_process.hpp"
#include "scratch_directory.hpp"
#include "tournament.hpp"

namespace ex = guerdon::examples;
namespace fs = std::filesystem;
using namespace control;
using ex::read;
using ex::scratch_directory;

namespace {

const world& find_world(const std::string& key) {
  for (const world& w : worlds())
    if (w.key == key) return w;
  throw std::runtime_error("there is no world " + key);
}

settings brief() {
  settings s;
  s.updates = 20;
  s.evaluations = 2;
  return s;
}

tournament_options small_tournament(int threads) {
  tournament_options o;
  o.s = brief();
  o.worlds = {&find_world("chain"), &find_world("cliff_walk")};
  for (const recipe& r : recipes()) o.recipes.push_back(&r);
  o.seeds = {1, 2};
  o.threads = threads;
  return o;
}

bool same(const std::vector<run_result>& x, const std::vector<run_result>& y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const run_result& a, const run_result& b) {
    return a.world == b.world && a.recipe == b.recipe && a.seed == b.seed && a.sight == b.sight &&
           std::equal(a.evaluations.begin(), a.evaluations.end(), b.evaluations.begin(), b.evaluations.end(),
                      [](const evaluation& p, const evaluation& q) {
                        return p.steps == q.steps && p.expected == q.expected && p.value_error == q.value_error;
                      });
  });
}

}  // namespace

TEST_CASE("the exact optimum is the value of the policy that takes it, and nothing is better") {
  for (const world& w : worlds()) {
    INFO(w.key);
    // Greedy by one step of looking ahead from the optimal values.
    const std::size_t states = w.initial.size(), actions = static_cast<std::size_t>(w.actions);
    numbers policy(states * actions);
    for (std::size_t s = 0; s < states; ++s) {
      std::size_t best = 0;
      double most = -1e300;
      for (std::size_t a = 0; a < actions; ++a) {
        double q = 0;
        for (std::size_t t = 0; t < states; ++t) {
          const std::size_t at = (s * actions + a) * states + t;
          q += w.transition[at] * (w.reward[at] + w.gamma * w.optimal_value[t]);
        }
        if (q > most + 1e-9) most = q, best = a;
      }
      policy[s * actions + best] = 1;
    }
    CHECK(w.expected_return(policy) == doctest::Approx(w.optimal_return).epsilon(1e-8));
    CHECK(w.optimal_return > w.random_return);
    CHECK(w.share_of_optimum(w.random_return) == 0);
  }
}

TEST_CASE("batches say where episodes end, and what really followed") {
  const world& w = find_world("cliff_walk");
  collector source(w, 3, 5);
  const numbers uniform(static_cast<std::size_t>(w.states * w.actions), 0.25);
  int cuts = 0;
  for (int k = 0; k < 40; ++k) {
    const batch x = source.collect(uniform, 16);
    for (std::size_t i = 0; i < x.reward.size(); ++i) {
      const bool ended = w.final[static_cast<std::size_t>(x.next_state[i])] != 0;
      CHECK((x.discount[i] == 0) == ended);
      cuts += x.truncated[i];
      CHECK_FALSE((ended && x.truncated[i]));
      if (i + 3 >= x.reward.size()) continue;
      if (ended || x.truncated[i]) {
        CHECK(x.state[i + 3] == 36);  // back at the start
      } else {
        CHECK(x.state[i + 3] == x.next_state[i]);
        CHECK(x.next_action[i] == x.action[i + 3]);
      }
    }
  }
  CHECK(cuts > 0);
}

TEST_CASE("tiles cover every state, as many in each, and are fewer than states") {
  for (const world& w : worlds()) {
    const features f = features_of(w, sight::tiles);
    CHECK(f.count < w.states);
    for (const auto& active : f.active) CHECK(active.size() == 2);
  }
}

TEST_CASE("same seed, same bits, for any number of threads; another seed, others") {
  const results one = hold_tournament(small_tournament(1)), two = hold_tournament(small_tournament(3));
  REQUIRE(one.seeds.size() == 2);
  REQUIRE(one.runs.size() == 2 * 2 * (15 + 13));  // seeds, worlds, agents of each sight
  CHECK(same(one.runs, two.runs));
  const auto runs = runs_of(one, find_world("chain"), sight::tabular, recipes().front());
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]->evaluations.back().value_error != runs[1]->evaluations.back().value_error);
}

TEST_CASE("every agent learns: on the chain it ends above the uniform policy") {
  settings s;
  s.updates = 60;
  s.evaluations = 1;
  for (const recipe& r : recipes()) {
    INFO(r.key);
    const auto curve = train(s, find_world("chain"), sight::tabular, r, 3);
    REQUIRE(curve.size() == 2);
    CHECK(std::isfinite(curve.back().value_error));
    CHECK(curve.back().share > 0.1);
    CHECK(curve.back().share <= 1 + 1e-9);
  }
}

TEST_CASE("what is stopped leaves no half of a run") {
  std::atomic<bool> stop{true};
  auto o = small_tournament(2);
  o.stop = &stop;
  const results r = hold_tournament(o);
  CHECK(r.runs.empty());
  CHECK(r.seeds.empty());
}

TEST_CASE("the program writes its report and its records, the same each time, and names what it does not know") {
  const scratch_directory folder;
  const auto call = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CONTROL_PROGRAM);
    return ex::run_child(arguments, "").value();
  };
  const std::vector<std::string> common{"--seeds", "2", "--updates", "20", "--worlds", "chain", "--agents",
                                        "q_learning,retrace,vtrace"};
  const auto into = [&](const char* name) {
    std::vector<std::string> arguments = common;
    arguments.insert(arguments.end(), {"--out", (folder.path / name).string()});
    return arguments;
  };
  const auto first = call(into("a"));
  REQUIRE(first.exit_status == 0);
  CHECK(first.output.find("Retrace") != std::string::npos);
  CHECK(first.output.find("chain of 8 states, linear") != std::string::npos);
  REQUIRE(call(into("b")).exit_status == 0);
  const std::string csv = read(folder.path / "a" / "curves.csv");
  CHECK(csv == read(folder.path / "b" / "curves.csv"));
  CHECK(csv.starts_with("world,sight,agent,seed,steps,expected_return,share_of_optimum,value_error\n"));
  const std::string report = read(folder.path / "a" / "report.html");
  CHECK(report.find("numbers retrace(const value_reading&amp; x) {") != std::string::npos);  // quoted as it stands

  const auto unknown = call({"--agents", "q_learning,nothing"});
  CHECK(unknown.exit_status == 2);
  CHECK(unknown.errors.find("there is no 'nothing'") != std::string::npos);
  CHECK(call({"--updates", "1"}).exit_status == 2);
  CHECK(call({"--worlds", "chain", "--seeds", "1", "--updates", "20", "--out", "/proc/nowhere"}).exit_status == 1);
}
