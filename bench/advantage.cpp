// Reward-level code: written for reading, and yet a million rewards take milliseconds. Equal groups of 8, and groups of
// 4 to 64.

#include "ceiling.hpp"

#include <guerdon/advantage/dynamic_sampling_mask.hpp>
#include <guerdon/advantage/gpg_advantage.hpp>
#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/maxrl_advantage.hpp>
#include <guerdon/advantage/opo_advantage.hpp>
#include <guerdon/advantage/passk_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

constexpr index_t rewards = 1'000'000, group = 8;

std::vector<index_t> ragged_groups() {
  std::mt19937 random(2);
  std::vector<index_t> offsets{0};
  while (offsets.back() < rewards)
    offsets.push_back(std::min<index_t>(rewards, offsets.back() + 4 + static_cast<index_t>(random() % 61)));
  return offsets;
}

/// call(backend, rewards, groups, advantages); the first argument of the bench is the threads, the second 1 for ragged.
template <class Call>
void reduction(benchmark::State& state, const std::vector<float>& reward, Call call) {
  const std::vector<index_t> offsets = ragged_groups();
  const segments groups = state.range(1) == 0 ? segments::uniform(rewards / group, group) : segments(offsets);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  std::vector<float> advantage(reward.size());
  stream ceiling(rewards, 1, false, 1, cpu.threads());
  against_ceiling(state, rewards, ceiling.bytes(), [&] { call(cpu, reward, groups, advantage); }, [&] { ceiling(); });
}

void grpo_advantage(benchmark::State& state) {
  reduction(state, normal(rewards, 1), [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::grpo_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage}, {});
  });
}
void grpo_advantage_batch_scale(benchmark::State& state) {
  reduction(state, normal(rewards, 1), [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::grpo_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage},
                            {.std_scope = std_scope::batch});
  });
}
void rloo_advantage(benchmark::State& state) {
  reduction(state, normal(rewards, 1), [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::rloo_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage}, {});
  });
}
void maxrl_advantage(benchmark::State& state) {
  std::vector<float> right = normal(rewards, 1);
  for (float& r : right) r = r > 0.5f ? 1.0f : 0.0f;
  reduction(state, right, [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::maxrl_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage}, {});
  });
}
void gpg_advantage(benchmark::State& state) {
  reduction(state, normal(rewards, 1), [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::gpg_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage}, {});
  });
}
void opo_advantage(benchmark::State& state) {
  std::vector<index_t> length(static_cast<std::size_t>(rewards));
  for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<index_t>(100 + i * 37 % 900);
  reduction(state, normal(rewards, 1), [&](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::opo_advantage(cpu, {.reward = reward, .length = length, .groups = groups}, {.advantage = advantage}, {});
  });
}
void passk_advantage(benchmark::State& state) {
  reduction(state, normal(rewards, 1), [](const auto& cpu, const auto& reward, const auto& groups, auto& advantage) {
    guerdon::passk_advantage(cpu, {.reward = reward, .groups = groups}, {.advantage = advantage}, {});
  });
}
void dynamic_sampling_mask(benchmark::State& state) {
  std::vector<flag_t> keep_group(static_cast<std::size_t>(rewards)), keep(static_cast<std::size_t>(rewards));
  reduction(state, normal(rewards, 1), [&](const auto& cpu, const auto& reward, const auto& groups, auto&) {
    guerdon::dynamic_sampling_mask(cpu, {.metric = reward, .groups = groups},
                                   {.keep_group = {keep_group.data(), groups.count()}, .keep = keep}, {});
  });
}

void rows(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "ragged"})->Args({1, 0})->Args({1, 1})->Unit(benchmark::kMillisecond)->UseRealTime();
}
BENCHMARK(grpo_advantage)->Apply(rows)->Args({2, 0});
BENCHMARK(grpo_advantage_batch_scale)->Apply(rows);
BENCHMARK(rloo_advantage)->Apply(rows);
BENCHMARK(maxrl_advantage)->Apply(rows);
BENCHMARK(gpg_advantage)->Apply(rows);
BENCHMARK(opo_advantage)->Apply(rows);
BENCHMARK(passk_advantage)->Apply(rows);
BENCHMARK(dynamic_sampling_mask)->Apply(rows);

}  // namespace
