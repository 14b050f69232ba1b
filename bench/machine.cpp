// What this machine's memory does, for reading the other rows.

#include "ceiling.hpp"

#include <cstring>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

constexpr index_t elements = 10'000'000;

void copy(benchmark::State& state) {
  const std::vector<float> from(static_cast<std::size_t>(elements), 1.0f);
  std::vector<float> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size() * sizeof(float));
    benchmark::ClobberMemory();
  }
  state.counters["GB/s"] =
      benchmark::Counter(8.0 * static_cast<double>(elements) * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void triad(benchmark::State& state) {
  stream ceiling(elements, 2, false, 1, static_cast<int>(state.range(0)));
  for (auto _ : state) ceiling();
  state.counters["GB/s"] =
      benchmark::Counter(ceiling.bytes() * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(copy)->Unit(benchmark::kMillisecond);
BENCHMARK(triad)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
