// Rules that read tokens and texts, in MB/s of what they read; bench/peers/text_rules.py has the same in Python.

#include "text_inputs.hpp"

#include <guerdon/advantage/salt_advantage.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/ngram_repetition_dense_penalty.hpp>
#include <guerdon/length/ngram_repetition_penalty.hpp>
#include <guerdon/length/tail_ngram_repetition.hpp>
#include <guerdon/process/reasoning_step_split.hpp>
#include <guerdon/shaping/ngram_repeat_penalty.hpp>
#include <guerdon/statistics/answer_ids.hpp>
#include <guerdon/verify/vision_r1_parse_boxes.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

template <class F>
void read(benchmark::State& state, std::size_t bytes, F f) {
  for (auto _ : state) benchmark::DoNotOptimize(f());
  state.counters["MB/s"] = benchmark::Counter(static_cast<double>(bytes) * 1e-6,
                                              benchmark::Counter::kIsIterationInvariantRate);
}

constexpr std::size_t size = 500'000;  // bytes

void ngram_repetition(benchmark::State& state) {
  const auto t = tokens(size / sizeof(index_t));
  read(state, size, [&] { return ngram_repetition_penalty({t}).penalty; });
}
void ngram_repetition_dense(benchmark::State& state) {
  const auto t = tokens(size / sizeof(index_t));
  read(state, size, [&] { return ngram_repetition_dense_penalty({t}).token_penalty[0]; });
}
void tail_repetition(benchmark::State& state) {
  const auto t = tokens(size / sizeof(index_t));
  read(state, size, [&] { return tail_ngram_repetition({t}).repeat_start; });
}
void step_split(benchmark::State& state) {  // positions with a marker word here and there, in responses of 10 000
  constexpr index_t positions = size / 2, each = 10'000;  // two flags a position
  std::vector<flag_t> marker(positions), sentence(positions);
  for (std::size_t t = 0; t < marker.size(); ++t) marker[t] = t * 2654435761U % 97 == 0, sentence[t] = t % 61 == 0;
  const scalar_backend cpu;
  read(state, size, [&] {
    return reasoning_step_split<float>(cpu, {marker, sentence, segments::uniform(positions / each, each)},
                                       {.skip_tokens = 1000, .min_gap = 400}).size();
  });
}
void ngram_repeat(benchmark::State& state) {
  const std::string text = words(size);
  read(state, size, [&] { return ngram_repeat_penalty({text}).penalty; });
}
void parse_boxes(benchmark::State& state) {
  const std::string text = box_list(size);
  read(state, size, [&] { return vision_r1_parse_boxes({text}).box.size(); });
}
void ids_of_answers(benchmark::State& state) {
  const auto all = answers(size);
  read(state, size, [&] { return answer_ids({all}, {.strip = true}).answer_id.size(); });
}
void salt_graph(benchmark::State& state) {
  const auto t = tokens(size / sizeof(index_t) / 3 / 64 * 64);  // state, action, next state
  const index_t steps = static_cast<index_t>(t.size()), trajectories = steps / 64;
  const std::vector<double> advantage(static_cast<std::size_t>(trajectories), 0.5);
  read(state, size, [&] {
    return salt_advantage({t, t, t, segments::uniform(trajectories, 64), advantage, segments::uniform(1, trajectories)},
                          {.history = state.range(0)}).merge_count.size();
  });
}

BENCHMARK(ngram_repetition)->Unit(benchmark::kMillisecond);
BENCHMARK(ngram_repetition_dense)->Unit(benchmark::kMillisecond);
BENCHMARK(tail_repetition)->Unit(benchmark::kMillisecond);
BENCHMARK(step_split)->Unit(benchmark::kMillisecond);
BENCHMARK(ngram_repeat)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_boxes)->Unit(benchmark::kMillisecond);
BENCHMARK(ids_of_answers)->Unit(benchmark::kMillisecond);
BENCHMARK(salt_graph)->ArgName("history")->Arg(0)->Arg(-1)->Arg(16)->Unit(benchmark::kMillisecond);

}  // namespace
