// Counts, hashes and look-ups of exploration in millions of keys (states, queries) per second, and programs cut out of
// answers in MB/s; bench/peers/exploration.py has the same in Python.

#include "exploration_inputs.hpp"

#include <guerdon/backend/eigen.hpp>
#include <guerdon/exploration/episodic_novelty.hpp>
#include <guerdon/exploration/episodic_visit_count.hpp>
#include <guerdon/exploration/hash_count_bonus.hpp>
#include <guerdon/exploration/oni_retrieval_reward.hpp>
#include <guerdon/exploration/simhash.hpp>
#include <guerdon/program/extract_program.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

template <class F>
void millions(benchmark::State& state, index_t count, const char* unit, F f) {
  for (auto _ : state) benchmark::DoNotOptimize(f());
  state.counters[unit] =
      benchmark::Counter(static_cast<double>(count) * 1e-6, benchmark::Counter::kIsIterationInvariantRate);
}

constexpr index_t visits = 1'000'000;

/// Visits of states.range(0) states, in batches of 8192, by a counter that knows them.
void count_by_hash(benchmark::State& state) {
  const auto keys = visited(visits, state.range(0));
  hash_count_bonus counter{.options = {.order = state.range(1) == 0 ? count_order::batch : count_order::online}};
  counter.update(keys);
  millions(state, visits, "Mkeys/s", [&] {
    double sum = 0;
    for (index_t i = 0; i < visits; i += batch) {
      const auto r = counter.update({keys.data() + i, std::min(batch, visits - i)});
      sum += r.bonus[0];
    }
    return sum;
  });
}
void visits_of_episodes(benchmark::State& state) {
  const auto keys = visited(visits, 200);
  const auto start = episode_starts(visits);
  millions(state, visits, "Mkeys/s", [&] { return episodic_visit_count({columns, keys, start}).count[0]; });
}
void retrieval(benchmark::State& state) {
  const auto keys = visited(visits, 4000), judged = visited(3000, 4000);
  const std::vector<double> label(judged.size(), 1.0);
  millions(state, visits, "Mkeys/s", [&] { return oni_retrieval_reward({keys, judged, label}).reward[0]; });
}
template <real T>
void hash_states(benchmark::State& state) {
  const index_t count = 50'000;
  const auto as = [](const std::vector<double>& x) { return std::vector<T>(x.begin(), x.end()); };
  const auto states = as(normal_numbers(count * dimensions, 5));
  const auto projection = as(normal_numbers(dimensions * planes, 6));
  std::vector<flag_t> bits(static_cast<std::size_t>(count * planes));
  std::vector<index_t> key(static_cast<std::size_t>(count));
  const eigen_backend cpu;
  millions(state, count, "Mstates/s", [&] {
    simhash<T>(cpu, {dimensions, planes, states, projection}, {bits, key}, {});
    return key[0];
  });
}
void nearest_memories(benchmark::State& state) {
  const auto memory = normal_numbers(state.range(0) * dimensions, 7), queries = normal_numbers(256 * dimensions, 8);
  millions(state, 256, "Mqueries/s", [&] {
    episodic_novelty novelty{.options = {.k = 10}};
    return novelty.update(queries, memory, dimensions)[0];
  });
}
void programs_of_answers(benchmark::State& state) {
  const std::string text = answer_with_program(200'000);
  for (auto _ : state) benchmark::DoNotOptimize(extract_program({text}).program.size());
  state.counters["MB/s"] = benchmark::Counter(static_cast<double>(text.size()) * 1e-6,
                                              benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(count_by_hash)
    ->ArgNames({"states", "online"})
    ->ArgsProduct({{1000, 20000}, {0, 1}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(visits_of_episodes)->Unit(benchmark::kMillisecond);
BENCHMARK(retrieval)->Unit(benchmark::kMillisecond);
BENCHMARK(hash_states<double>)->Unit(benchmark::kMillisecond);
BENCHMARK(hash_states<float>)->Unit(benchmark::kMillisecond);
BENCHMARK(nearest_memories)->ArgName("memories")->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(programs_of_answers)->Unit(benchmark::kMillisecond);

}  // namespace
