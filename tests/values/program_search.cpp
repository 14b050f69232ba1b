// A search that calls a proposer and a trainer: what it keeps is what the operation says of the recorded scores.

#include <guerdon/program/program_search.hpp>

#include <doctest/doctest.h>

namespace guerdon {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr index_t width = 3;
// Three candidates a round; the second round does not run at all.
const std::vector<double> scores{0.2, 0.7, nan, nan, nan, nan, 0.5, 0.1, 0.4, 0.7, 0.9, 0.3};

/// A program is the number of its candidate, counted through all rounds.
struct counting_proposer {
  int next = 0;
  std::vector<int> seen = {};
  std::vector<int> operator()(const trained_program<int>& context, index_t count) {
    seen.push_back(context.program);
    std::vector<int> programs;
    for (index_t k = 0; k < count; ++k) programs.push_back(next++);
    return programs;
  }
};
training_record look_up(int program) {
  const double score = scores[static_cast<std::size_t>(program)];
  return {.score = score, .trace = {double(program)}, .failure = score == score ? "" : "it does not compile"};
}

}  // namespace

TEST_CASE("a search between callables keeps what the operation says of its scores") {
  for (const bool elitist : {false, true}) {
    program_search<int> search{.rule = {.options = {.elitist = elitist}}, .context = {.program = -1}};
    counting_proposer propose;
    std::vector<flag_t> executed;
    for (const double s : scores) executed.push_back(s == s);
    const auto want = evolutionary_reward_search({width, scores, executed}, {.elitist = elitist});
    for (std::size_t t = 0; t < 4; ++t) {
      const auto r = search.round(width, propose, look_up);
      CHECK(r.selected.best_index == want.best_index[t]);
      CHECK(r.selected.execute_rate == want.execute_rate[t]);
      REQUIRE(r.candidates.size() == 3);
      CHECK(r.candidates[2].program == int(3 * t + 2));
      // The program that the proposer saw is the one that the operation names.
      const index_t from = want.context_iteration[t];
      CHECK(propose.seen[t] == (from < 0 ? -1 : int(3 * from + want.best_index[std::size_t(from)])));
    }
    CHECK(search.best.program == int(3 * want.overall_iteration + want.overall_index));
    CHECK(search.best.record.score == 0.9);
    CHECK(search.best.record.trace == std::vector<double>{10});
  }
}

TEST_CASE("a single candidate that fails becomes the context, so that its error is fed back") {
  program_search<int> search{.context = {.program = -1}};
  search.round(1, [](const auto&, index_t) { return std::vector<int>{3}; }, look_up);
  CHECK(search.context.program == 3);
  CHECK(search.context.record.failure == "it does not compile");
  CHECK(search.rule.overall_iteration == -1);
}

TEST_CASE("a proposer or trainer that throws, or too few programs, leave the search as it was") {
  program_search<int> search{.context = {.program = -1}};
  counting_proposer propose;
  const auto fails = [](int) -> training_record { throw std::runtime_error("no memory"); };
  CHECK_THROWS_AS(search.round(width, propose, fails), std::runtime_error);
  CHECK_THROWS_WITH_AS(search.round(width, [](const auto&, index_t) { return std::vector<int>{1}; }, look_up),
                       "program_search: propose must return as many programs as it was asked for",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(search.round(0, propose, look_up), "program_search: candidates must be at least 1",
                       std::invalid_argument);
  CHECK(search.rule.rounds == 0);
  CHECK(search.context.program == -1);
}

}  // namespace guerdon
