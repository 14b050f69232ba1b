// The operations on a GPU, against the bandwidth of its own copy: launched one by one, and replayed from a graph, with
// guerdon's own teams and with those built from CUB's collectives.
// Without a GPU the program says so and measures nothing.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/cub_team.cuh>
#include <guerdon/objective/entropy_from_logits.hpp>
#include <guerdon/statistics/masked_whiten.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/returns/masked_gae.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>

namespace {

using namespace guerdon;
using guerdon::detail::check;

constexpr index_t tokens = 10'000'000, row = 1000;

/// A stream of our own, which can be captured, and two marks in it.
struct timed_stream {
  cudaStream_t stream = nullptr;
  cudaEvent_t from = nullptr, to = nullptr;

  timed_stream() {
    check(cudaStreamCreate(&stream), "making a stream");
    check(cudaEventCreate(&from), "making an event");
    check(cudaEventCreate(&to), "making an event");
  }
  ~timed_stream() {
    (void)cudaEventDestroy(from);
    (void)cudaEventDestroy(to);
    (void)cudaStreamDestroy(stream);
  }

  /// Seconds that the GPU spends in what `f` gives to the stream.
  template <class F>
  double seconds(F f) {
    check(cudaEventRecord(from, stream), "marking a time");
    f();
    check(cudaEventRecord(to, stream), "marking a time");
    check(cudaEventSynchronize(to), "waiting for the GPU");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, from, to), "reading a time");
    return static_cast<double>(milliseconds) * 1e-3;
  }
};

/// Bytes read and written per second by a copy inside the GPU's memory.
double copy_bandwidth() {
  static const double result = [] {
    timed_stream s;
    constexpr std::size_t bytes = std::size_t(1) << 29;
    const cuda_array<char> from(bytes, s.stream);
    cuda_array<char> to(bytes, s.stream);
    const auto copy = [&] {
      check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, s.stream),
            "copying inside the GPU");
    };
    copy();
    double best = 0;
    for (int k = 0; k < 20; ++k) best = std::max(best, 2.0 * double(bytes) / s.seconds(copy));
    return best;
  }();
  return result;
}

/// ns per element, GB/s of the bytes that must be moved, and how many times the copy of as many takes.
void measure(benchmark::State& state, timed_stream& s, index_t elements, double bytes,
             const std::function<void()>& op) {
  op();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t ready = nullptr;
  if (state.range(0) != 0) {
    check(cudaStreamBeginCapture(s.stream, cudaStreamCaptureModeGlobal), "capturing a graph");
    op();
    check(cudaStreamEndCapture(s.stream, &graph), "capturing a graph");
    check(cudaGraphInstantiate(&ready, graph, 0), "making a graph ready");
  }
  double total = 0;
  for (auto _ : state) {
    const double seconds = s.seconds([&] {
      if (ready) check(cudaGraphLaunch(ready, s.stream), "launching a graph");
      else op();
    });
    state.SetIterationTime(seconds);
    total += seconds;
  }
  const double time = total / static_cast<double>(state.iterations());
  state.counters["ns"] = time * 1e9 / static_cast<double>(elements);
  state.counters["GB/s"] = bytes / time * 1e-9;
  state.counters["x_copy"] = time / (bytes / copy_bandwidth());
  if (ready) (void)cudaGraphExecDestroy(ready);
  if (graph) (void)cudaGraphDestroy(graph);
}

std::vector<float> normal(index_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution;
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& v : x) v = distribution(random);
  return x;
}
std::vector<flag_t> mask(index_t n) {
  std::mt19937 random(4);
  std::vector<flag_t> x(static_cast<std::size_t>(n));
  for (flag_t& v : x) v = random() % 8 != 0;
  return x;
}

template <class Gpu>
void ppo_clip_loss(benchmark::State& state) {
  timed_stream s;
  const Gpu gpu(s.stream);
  const auto logprob = gpu.upload(normal(tokens, 1)), old_logprob = gpu.upload(normal(tokens, 2)),
             advantage = gpu.upload(normal(tokens, 3));
  const auto valid = gpu.upload(mask(tokens));
  auto loss = gpu.template make<float>(1), gradient = gpu.template make<float>(tokens),
       clip_fraction = gpu.template make<float>(1);
  measure(state, s, tokens, 17.0 * tokens, [&] {
    guerdon::ppo_clip_loss<float>(gpu, {.rows = segments::uniform(tokens / row, row),
                                        .logprob = logprob,
                                        .old_logprob = old_logprob,
                                        .token_advantage = advantage,
                                        .mask = valid},
                                  {.loss = loss, .grad_logprob = gradient, .clip_fraction = clip_fraction}, {});
  });
}

template <class Gpu>
void masked_whiten(benchmark::State& state) {
  timed_stream s;
  const Gpu gpu(s.stream);
  const auto value = gpu.upload(normal(tokens, 1));
  const auto valid = gpu.upload(mask(tokens));
  auto out = gpu.template make<float>(tokens);
  measure(state, s, tokens, 14.0 * tokens,
          [&] { guerdon::masked_whiten<float>(gpu, {.value = value, .mask = valid}, {.value = out}, {}); });
}

// Rows of 1 to 1023 tokens.
template <class Gpu>
void masked_gae_ragged(benchmark::State& state) {
  timed_stream s;
  const Gpu gpu(s.stream);
  std::mt19937 random(5);
  std::vector<index_t> cuts{0};
  while (cuts.back() < tokens)
    cuts.push_back(std::min<index_t>(tokens, cuts.back() + 1 + static_cast<index_t>(random() % 1023)));
  const auto offsets = gpu.upload(cuts);
  const auto reward = gpu.upload(normal(tokens, 1)), values = gpu.upload(normal(tokens, 2));
  auto advantage = gpu.template make<float>(tokens), returns = gpu.template make<float>(tokens);
  measure(state, s, tokens, 16.0 * tokens, [&] {
    guerdon::masked_gae<float>(gpu, {.rows = segments(offsets), .token_reward = reward, .values = values},
                               {.advantage = advantage, .returns = returns}, {.gamma = 0.99, .lambda = 0.95});
  });
}

template <class Gpu>
void grpo_advantage(benchmark::State& state) {
  timed_stream s;
  const Gpu gpu(s.stream);
  constexpr index_t n = 1 << 20;
  const auto reward = gpu.upload(normal(n, 1));
  auto advantage = gpu.template make<float>(n);
  measure(state, s, n, 8.0 * n, [&] {
    guerdon::grpo_advantage<float>(gpu, {.reward = reward, .groups = segments::uniform(n / 8, 8)},
                                   {.advantage = advantage}, {});
  });
}

template <class Gpu>
void entropy_from_logits(benchmark::State& state) {
  timed_stream s;
  const Gpu gpu(s.stream);
  constexpr index_t positions = 1024, vocabulary = 32768;
  const auto logits = gpu.upload(normal(positions * vocabulary, 1));
  auto entropy = gpu.template make<float>(positions), gradient = gpu.template make<float>(positions * vocabulary);
  measure(state, s, positions * vocabulary, 8.0 * positions * vocabulary, [&] {
    guerdon::entropy_from_logits<float>(gpu, {.rows = segments::uniform(positions, vocabulary), .logits = logits},
                                        {.entropy = entropy, .grad_logits = gradient}, {});
  });
}

void copy(benchmark::State& state) {
  for (auto _ : state) state.SetIterationTime(1 / copy_bandwidth());
  state.counters["GB/s"] = copy_bandwidth() * 1e-9;
}

void both(benchmark::internal::Benchmark* b) {
  b->ArgName("graph")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond)->UseManualTime();
}
BENCHMARK(copy)->Iterations(1)->UseManualTime();
BENCHMARK(ppo_clip_loss<cuda_backend>)->Apply(both);
BENCHMARK(ppo_clip_loss<cub_cuda_backend>)->Apply(both);
BENCHMARK(masked_whiten<cuda_backend>)->Apply(both);
BENCHMARK(masked_whiten<cub_cuda_backend>)->Apply(both);
BENCHMARK(masked_gae_ragged<cuda_backend>)->Apply(both);
BENCHMARK(masked_gae_ragged<cub_cuda_backend>)->Apply(both);
BENCHMARK(grpo_advantage<cuda_backend>)->Apply(both);
BENCHMARK(grpo_advantage<cub_cuda_backend>)->Apply(both);
BENCHMARK(entropy_from_logits<cuda_backend>)->Apply(both);
BENCHMARK(entropy_from_logits<cub_cuda_backend>)->Apply(both);

}  // namespace

int main(int argc, char** argv) {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::puts("There is no GPU here: nothing is measured.");
    return 0;
  }
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, 0), "asking what GPU this is");
  benchmark::AddCustomContext("gpu", properties.name);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
