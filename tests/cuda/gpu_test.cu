// What only a GPU can show: known answers and random calls, the same bits every run, a warm call that allocates
// nothing and can be captured in a graph. Without a GPU the program says so and counts as skipped.

#include "case_file.hpp"

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/backend/cub_team.cuh>
#include <guerdon/backend/cuda_select.cuh>
#include <guerdon/backend/cuda_sort.cuh>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/returns/masked_gae.hpp>

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

using namespace guerdon::harness;
using guerdon::index_t;
using guerdon::segments;

namespace {

std::vector<float> random_numbers(index_t n, float low, float high, unsigned seed) {
  std::mt19937 source(seed);
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& v : x) v = std::uniform_real_distribution<float>(low, high)(source);
  return x;
}

/// Rows of every length class: lanes, warps, blocks.
std::vector<index_t> mixed_rows() {
  std::vector<index_t> offsets{0};
  for (int k = 0; k < 40; ++k)
    for (const index_t n : {0, 1, 8, 31, 33, 255, 257, 1000}) offsets.push_back(offsets.back() + n);
  return offsets;
}

/// A stream of our own: the default stream cannot be captured.
struct stream_owner {
  cudaStream_t stream = nullptr;
  stream_owner() { guerdon::detail::check(cudaStreamCreate(&stream), "making a stream"); }
  ~stream_owner() { (void)cudaStreamDestroy(stream); }
};

/// One training step's two launches on arrays that stay where they are.
template <class Gpu>
struct step {
  const Gpu& gpu;
  guerdon::cuda_array<index_t> rows;
  guerdon::cuda_array<float> logprob, old_logprob, reward, advantage, loss, gradient, clip_fraction;

  step(const Gpu& backend, const std::vector<index_t>& offsets, const std::vector<float>& now,
       const std::vector<float>& before, const std::vector<float>& rewards)
      : gpu(backend),
        rows(gpu.upload(offsets)),
        logprob(gpu.upload(now)),
        old_logprob(gpu.upload(before)),
        reward(gpu.upload(rewards)),
        advantage(gpu.template make<float>(reward.size())),
        loss(gpu.template make<float>(1)),
        gradient(gpu.template make<float>(logprob.size())),
        clip_fraction(gpu.template make<float>(1)) {}

  void operator()() {
    guerdon::grpo_advantage<float>(gpu, {reward, segments::uniform(reward.size() / 8, 8)}, {advantage}, {});
    guerdon::ppo_clip_loss<float>(
        gpu, {.rows = segments(rows), .logprob = logprob, .old_logprob = old_logprob, .advantage = advantage},
        {loss, gradient, clip_fraction}, {});
  }
  std::vector<float> results() const {
    std::vector<float> all = gradient.to_host();
    all.push_back(loss.to_host()[0]);
    all.push_back(clip_fraction.to_host()[0]);
    return all;
  }
};

struct step_data {
  std::vector<index_t> offsets = mixed_rows();
  std::vector<float> now = random_numbers(offsets.back(), -3, 0, 1), before = random_numbers(offsets.back(), -3, 0, 2),
                     reward = random_numbers(static_cast<index_t>(offsets.size()) - 1, 0, 1, 3);
  template <class Gpu>
  step<Gpu> on(const Gpu& gpu) const { return {gpu, offsets, now, before, reward}; }
};

}  // namespace

TEST_CASE("known answers") {
  const char* folder = std::getenv("GUERDON_CASES");
  REQUIRE_MESSAGE(folder != nullptr, "GUERDON_CASES must name the folder of case files");
  for (const known_answer& a : read_cases(folder)) {
    const operation* op = find_operation(a.op);
    if (op == nullptr || !a.error.empty()) continue;  // what lies in device memory is not looked at before a launch
    for (const element_id element : {element_id::float64, element_id::float32})
      for (const failure& f : check(*op, a, {backend_id::cuda, element}))
        FAIL_CHECK(a.op << "[" << a.index << "] " << name(element) << " \"" << a.note << "\": " << f.output << ": got "
                        << f.got << ", want " << f.want);
  }
}

TEST_CASE_TEMPLATE("a step agrees with the scalar backend and gives the same bits every time", gpu_type,
                   guerdon::cuda_backend, guerdon::cub_cuda_backend) {
  const step_data data;
  const gpu_type gpu;
  step first = data.on(gpu), second = data.on(gpu);
  first();
  second();
  const auto got = first.results();
  CHECK(got == second.results());

  const guerdon::scalar_backend reference;
  const auto groups = segments::uniform(static_cast<index_t>(data.reward.size()) / 8, 8);
  const auto advantage = guerdon::grpo_advantage<float>(reference, {data.reward, groups});
  const auto want = guerdon::ppo_clip_loss<float>(
      reference,
      {.rows = segments(data.offsets), .logprob = data.now, .old_logprob = data.before, .advantage = advantage});
  for (std::size_t i = 0; i < data.now.size(); ++i)
    REQUIRE(got[i] == doctest::Approx(want.grad_logprob[i]).epsilon(1e-5));
  CHECK(got[data.now.size()] == doctest::Approx(want.loss[0]).epsilon(1e-5));
}

TEST_CASE_TEMPLATE("recurrences over rows of every length are those of the scalar backend", gpu_type,
                   guerdon::cuda_backend, guerdon::cub_cuda_backend) {
  const auto offsets = mixed_rows();
  const auto reward = random_numbers(offsets.back(), -1, 1, 4), values = random_numbers(offsets.back(), -1, 1, 5);
  const auto want = guerdon::masked_gae<float>(
      guerdon::scalar_backend(), {.rows = segments(offsets), .token_reward = reward, .values = values},
      {.gamma = 0.99, .lambda = 0.95});
  const gpu_type gpu;
  const auto rows = gpu.upload(offsets);
  const auto reward_gpu = gpu.upload(reward), values_gpu = gpu.upload(values);
  const auto run = [&] {
    return guerdon::masked_gae<float>(gpu, {.rows = segments(rows), .token_reward = reward_gpu, .values = values_gpu},
                                      {.gamma = 0.99, .lambda = 0.95}).advantage.to_host();
  };
  const auto got = run();
  CHECK(got == run());
  for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(got[i] == doctest::Approx(want.advantage[i]).epsilon(1e-4));
}

TEST_CASE("a warm call allocates nothing and can be captured in a graph") {
  const stream_owner owner;
  const guerdon::cuda_backend gpu(owner.stream);
  step s = step_data().on(gpu);
  s();
  const auto want = s.results();
  const std::size_t held = gpu.workspace().capacity();
  s();
  CHECK(gpu.workspace().capacity() == held);

  cudaGraph_t graph = nullptr;
  cudaGraphExec_t ready = nullptr;
  REQUIRE(cudaStreamBeginCapture(owner.stream, cudaStreamCaptureModeGlobal) == cudaSuccess);
  s();
  REQUIRE(cudaStreamEndCapture(owner.stream, &graph) == cudaSuccess);
  REQUIRE(cudaGraphInstantiate(&ready, graph, 0) == cudaSuccess);
  s.gradient.copy_from(std::vector<float>(static_cast<std::size_t>(s.gradient.size()), 0.0f));
  for (int k = 0; k < 3; ++k) REQUIRE(cudaGraphLaunch(ready, owner.stream) == cudaSuccess);
  CHECK(s.results() == want);
  (void)cudaGraphExecDestroy(ready);
  (void)cudaGraphDestroy(graph);
}

TEST_CASE("a cold call in a capture says what to do, a reserved one works") {
  const stream_owner owner;
  cudaGraph_t graph = nullptr;
  {
    const guerdon::cuda_backend cold(owner.stream);
    step s = step_data().on(cold);
    REQUIRE(cudaStreamBeginCapture(owner.stream, cudaStreamCaptureModeRelaxed) == cudaSuccess);
    CHECK_THROWS_WITH_AS(s(), doctest::Contains("reserve its workspace"), guerdon::cuda_error);
    (void)cudaStreamEndCapture(owner.stream, &graph);
    if (graph) (void)cudaGraphDestroy(graph);
  }
  const guerdon::cuda_backend gpu(owner.stream);
  step s = step_data().on(gpu);
  gpu.workspace().reserve(1 << 20);
  REQUIRE(cudaStreamBeginCapture(owner.stream, cudaStreamCaptureModeRelaxed) == cudaSuccess);
  s();
  REQUIRE(cudaStreamEndCapture(owner.stream, &graph) == cudaSuccess);
  (void)cudaGraphDestroy(graph);
}

TEST_CASE("sorting inside ragged and padded segments") {
  const guerdon::cuda_backend gpu;
  const auto offsets = mixed_rows();
  std::vector<index_t> keys(static_cast<std::size_t>(offsets.back()));
  std::mt19937_64 source(7);
  for (index_t& k : keys) k = static_cast<index_t>(source() % 1000) - 500;
  auto want = keys;
  guerdon::scalar_backend().sort_segments<index_t>(segments(offsets), keys, want);
  auto on_gpu = gpu.upload(keys), cut = gpu.upload(offsets);
  auto sorted = gpu.make<index_t>(on_gpu.size());
  gpu.sort_segments<index_t>(segments(cut), on_gpu, sorted);
  CHECK(sorted.to_host() == want);

  const std::vector<index_t> lengths{3, 0, 5, 1};
  const std::vector<double> x{3, 1, 2, 9, 9, 9, 9, 9, 9, 9, 5, 4, 3, 2, 1, 7, 9, 9, 9, 9};
  auto x_gpu = gpu.upload(x);
  auto lengths_gpu = gpu.upload(lengths);
  auto y_gpu = gpu.make<double>(x_gpu.size());
  gpu.sort_segments<double>(segments::padded(5, lengths_gpu), x_gpu, y_gpu);
  const auto y = y_gpu.to_host();
  CHECK(std::vector<double>(y.begin(), y.begin() + 3) == std::vector<double>{1, 2, 3});
  CHECK(std::vector<double>(y.begin() + 10, y.begin() + 15) == std::vector<double>{1, 2, 3, 4, 5});
  CHECK(y[15] == 7);
}

TEST_CASE("pairs, selections, runs and sums are those of the host, and need no memory when warm") {
  using numbers = std::vector<index_t>;
  const guerdon::cuda_backend gpu;
  const guerdon::scalar_backend reference;
  for (const index_t n : {0, 1, 31, 257, 4097, 100000}) {
    INFO(n << " elements");
    const auto size = static_cast<std::size_t>(n);
    std::mt19937_64 source(8);
    numbers keys(size), values(size);
    std::vector<guerdon::flag_t> flags(size);
    for (std::size_t i = 0; i < size; ++i) {
      keys[i] = static_cast<index_t>(source() % 50);
      values[i] = static_cast<index_t>(source() % 1000) - 500;
      flags[i] = source() % 3 == 0;
    }
    const auto on = [&](const auto& backend, const auto& key, const auto& value, const auto& flag) {
      auto sorted_keys = backend.template make<index_t>(n), sorted_values = backend.template make<index_t>(n),
           kept = backend.template make<index_t>(n), run_keys = backend.template make<index_t>(n),
           totals = backend.template make<index_t>(n), sums = backend.template make<index_t>(n + 1),
           counts = backend.template make<index_t>(2);
      backend.template sort_pairs<index_t, index_t>(key, value, sorted_keys, sorted_values, 50);
      backend.template select<index_t>(flag, value, kept, {counts.data(), 1});
      backend.template reduce_by_key<guerdon::add, index_t, index_t>(sorted_keys, value, run_keys, totals,
                                                                     {counts.data() + 1, 1});
      backend.template exclusive_sum<index_t>(value, sums);
      const auto home = [](const auto& array) -> numbers {
        if constexpr (requires { array.to_host(); }) return array.to_host();
        else return array;
      };
      const numbers count = home(counts);
      std::vector<numbers> all{count, home(sorted_keys), home(sorted_values), home(kept), home(run_keys), home(totals),
                               home(sums)};
      all[3].resize(static_cast<std::size_t>(count[0]));
      all[4].resize(static_cast<std::size_t>(count[1]));
      all[5].resize(static_cast<std::size_t>(count[1]));
      return all;
    };
    const auto key = gpu.upload(keys), value = gpu.upload(values);
    const auto flag = gpu.upload(flags);
    const auto want = on(reference, keys, values, flags);
    CHECK(on(gpu, key, value, flag) == want);
    const std::size_t held = gpu.workspace().capacity();
    CHECK(on(gpu, key, value, flag) == want);
    CHECK(gpu.workspace().capacity() == held);
  }
}

int main(int argc, char** argv) {
  try {
    const guerdon::cuda_backend gpu;
    gpu.each(1, guerdon::detail::nothing_to_do{});
    gpu.synchronize();
  } catch (const guerdon::cuda_error& error) {
    if (error.code != cudaErrorNoDevice && error.code != cudaErrorInsufficientDriver) throw;
    std::printf("no CUDA device: %s\n", error.what());
    return 77;
  }
  return doctest::Context(argc, argv).run();
}
