#include "child_process.hpp"
#include "study.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace exploration {

TEST_CASE("every world's transitions are distributions, and its success can be reached") {
  for (const world& w : all_worlds()) {
    CAPTURE(w.name);
    CHECK(w.feature.size() == std::size_t(w.states * w.dimensions));
    CHECK(w.message.size() == std::size_t(w.states));
    for (index_t pair = 0; pair < w.states * w.actions; ++pair) {
      double sum = 0;
      for (index_t s = 0; s < w.states; ++s) sum += w.transition[std::size_t(pair * w.states + s)];
      CHECK(sum == doctest::Approx(1));
    }
    std::vector<flag_t> reached(std::size_t(w.states), 0);
    for (std::size_t s = 0; s < reached.size(); ++s) reached[s] = w.initial[s] > 0;
    double best = 0;
    for (index_t round = 0; round < w.states; ++round)
      for (index_t s = 0; s < w.states; ++s)
        for (index_t a = 0; a < w.actions && reached[std::size_t(s)]; ++a)
          for (index_t next = 0; next < w.states; ++next) {
            const std::size_t at = std::size_t((s * w.actions + a) * w.states + next);
            if (w.transition[at] > 0) reached[std::size_t(next)] = 1, best = std::max(best, w.reward[at]);
          }
    CHECK(best >= 1);
  }
}

TEST_CASE("the rule tells helpful messages from the others, and keys tell messages apart") {
  CHECK(is_helpful("you get closer to the treasure"));
  CHECK_FALSE(is_helpful("a leaf falls, number 3"));
  CHECK(preferred("a leaf falls", "you open a door") == 1);
  CHECK(preferred("a leaf falls", "the wind hums") == 2);
  CHECK(key_of("a") != key_of("b"));
  CHECK(key_of("") == static_cast<index_t>(0xcbf29ce484222325u));  // FNV-1a's own offset
  const std::vector<double> bag = bag_of_words("a b a", 64);
  CHECK(std::count(bag.begin(), bag.end(), 0) >= 62);
}

TEST_CASE("every bonus judges every step by a finite number") {
  const world w = distracting_grid();
  episode e;
  e.states = {0};
  random_source random(4);
  for (index_t t = 0; t < 30; ++t) {
    e.states.push_back(index_t(random.below(std::size_t(w.states))));
    e.actions.push_back(0), e.rewards.push_back(0);
    for (index_t d = 0; d < w.width(); ++d) e.feature.push_back(2 * random.uniform() - 1);
    e.message.push_back(t % 5 == 0 ? "you open a door, number " + std::to_string(t) : "a leaf falls, number 1");
  }
  for (const method& m : all_methods()) {
    CAPTURE(m.name);
    const auto judge = m.make(w, 1);
    for (int round = 0; round < 3; ++round) {
      const judgement j = judge->judge(e);
      CHECK(j.intrinsic.size() == 30);
      CHECK(j.weight.size() == 30);
      for (std::size_t t = 0; t < j.intrinsic.size(); ++t) CHECK(std::isfinite(j.weight[t] * j.intrinsic[t]));
    }
  }
}

TEST_CASE("the same seed gives the same bits, another one another run") {
  const world w = chain();
  for (const method& m : all_methods()) {
    CAPTURE(m.name);
    const run_result a = train(w, m, 3), b = train(w, m, 3);
    CHECK(a.mean_bonus == b.mean_bonus);
    CHECK(a.states_seen == b.states_seen);
  }
  CHECK(learn_errands(redistribution::lare, 1).episodes_to_success ==
        learn_errands(redistribution::lare, 1).episodes_to_success);
  CHECK(learn_to_trust(true, trust::learnt, 1).bonus_weight == learn_to_trust(true, trust::learnt, 1).bonus_weight);
  CHECK(learn_to_trust(true, trust::learnt, 1).bonus_weight != learn_to_trust(true, trust::learnt, 2).bonus_weight);
}

TEST_CASE("counts explore the chain that chance does not; a decoded return beats one told at the end") {
  const world w = chain();
  const auto methods = all_methods();
  index_t by_chance = 0, by_counts = 0, at_the_end = 0, decoded = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    by_chance += train(w, methods[0], seed).episodes_to_success;
    by_counts += train(w, methods[1], seed).episodes_to_success;
    at_the_end += learn_errands(redistribution::at_the_end, seed).episodes_to_success;
    decoded += learn_errands(redistribution::lare, seed).episodes_to_success;
  }
  CHECK(by_counts < by_chance);
  CHECK(decoded < at_the_end);
}

TEST_CASE("a misleading bonus ends the plain sum, and loses its weight under BARFI; CaRL's driver is clean") {
  index_t plain = 0, learnt = 0;
  double weight = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    plain += learn_to_trust(true, trust::plain_sum, seed).solved;
    const trust_result t = learn_to_trust(true, trust::learnt, seed);
    learnt += t.solved;
    weight += t.bonus_weight.back() / 5;
  }
  CHECK(learnt > plain);
  CHECK(weight < 0.5);
  int careful = 0, hasty = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    careful += learn_to_drive(lane_reward::carl, seed).solved;
    hasty += learn_to_drive(lane_reward::progress, seed).solved;
  }
  CHECK(careful > hasty);
}

TEST_CASE("a summary pairs each method with the first of its setting") {
  std::vector<run_row> rows;
  for (const char* method : {"none", "counts"})
    for (std::uint64_t seed = 0; seed < 4; ++seed)
      rows.push_back({"exploration", "chain", method, seed, index_t(method[0] == 'n' ? 100 + seed : 40 + seed), true});
  const auto summary = summarize(rows);
  REQUIRE(summary.size() == 2);
  CHECK(summary[0].saved.point == 0);
  CHECK(summary[1].saved.point == 60);
  CHECK(summary[1].solved == 4);
  CHECK(
      csv(rows).starts_with("study,setting,method,seed,episodes_to_success,solved\nexploration,chain,none,0,100,1\n"));
}

TEST_CASE("threads do not change the results; the program writes a page and rows, and refuses what it does not know") {
  namespace ex = guerdon::examples;
  namespace fs = std::filesystem;
  const fs::path base = fs::temp_directory_path() / ("exploration_test." + std::to_string(::getpid()));
  std::string runs[2];
  for (int k = 0; k < 2; ++k) {
    const fs::path out = base / std::to_string(k);
    const auto ran = ex::run_child(
        {EXPLORATION_PROGRAM, "--seeds", "1", "--threads", std::to_string(k + 1), "-o", out.string()}, "");
    REQUIRE(ran);
    CHECK(ran->exit_status == 0);
    CHECK(ran->output.find("ONI ranking") != std::string::npos);
    std::ifstream file(out / "runs.csv");
    runs[k].assign(std::istreambuf_iterator<char>(file), {});
    CHECK(fs::file_size(out / "report.html") > 10'000);
  }
  CHECK(runs[0] == runs[1]);
  CHECK(std::count(runs[0].begin(), runs[0].end(), '\n') == 1 + 36 + 5 + 3 + 6);
  CHECK(ex::run_child({EXPLORATION_PROGRAM, "--seeds", "0"}, "")->exit_status == 2);
  fs::remove_all(base);
}

}  // namespace exploration
