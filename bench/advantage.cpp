// Reward-level code: written for reading, and yet a million rewards take milliseconds.

#include "ceiling.hpp"

#include <guerdon/advantage/grpo_advantage.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

constexpr index_t rewards = 1'000'000, group = 8;

void grpo_advantage(benchmark::State& state) {
  const auto reward = normal(rewards, 1);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  std::vector<float> advantage(reward.size());
  stream ceiling(rewards, 1, false, 1, cpu.threads());
  against_ceiling(state, rewards, ceiling.bytes(), [&] {
    guerdon::grpo_advantage(cpu, {.reward = reward, .groups = segments::uniform(rewards / group, group)},
                            {.advantage = advantage}, {});
  }, [&] { ceiling(); });
}

void grpo_advantage_ragged(benchmark::State& state) {
  const auto reward = normal(rewards, 1);
  std::mt19937 random(2);
  std::vector<index_t> offsets{0};
  while (offsets.back() < rewards)
    offsets.push_back(std::min<index_t>(rewards, offsets.back() + 4 + static_cast<index_t>(random() % 61)));
  const eigen_backend cpu;
  std::vector<float> advantage(reward.size());
  stream ceiling(rewards, 1, false, 1);
  against_ceiling(state, rewards, ceiling.bytes(), [&] {
    guerdon::grpo_advantage(cpu, {.reward = reward, .groups = offsets}, {.advantage = advantage}, {});
  }, [&] { ceiling(); });
}

BENCHMARK(grpo_advantage)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(grpo_advantage_ragged)->Unit(benchmark::kMillisecond);

}  // namespace
