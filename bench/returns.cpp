// Recurrences over time: dense time-major (one vector lane per column) and ragged rows of tokens (one chain per row).

#include "ceiling.hpp"

#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/masked_gae.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

// reward, discount, values read; advantage and value target written: 20 bytes per step.
void gae_time_major(benchmark::State& state) {
  const index_t steps = 512, columns = 4096, n = steps * columns;
  const auto reward = normal(n, 1), values = normal(n + columns, 2);
  std::vector<float> discount(static_cast<std::size_t>(n), 0.99f), advantage(discount.size()), target(discount.size());
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(n, 3, false, 2, cpu.threads());
  against_ceiling(state, n, ceiling.bytes(), [&] {
    guerdon::gae(cpu, {.time = time_major(steps, columns), .reward = reward, .discount = discount, .values = values},
                 {.advantage = advantage, .value_target = target}, {.lambda = 0.95});
  }, [&] { ceiling(); });
}

// Rows of 1 to 1023 tokens: reward and value read, advantage and return written: 16 bytes per token.
void masked_gae_ragged(benchmark::State& state) {
  const index_t n = 10'000'000;
  const auto offsets = ragged_rows(n);
  const auto reward = normal(n, 1), values = normal(n, 2);
  std::vector<float> advantage(reward.size()), returns(reward.size());
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(n, 2, false, 2, cpu.threads());
  against_ceiling(state, n, ceiling.bytes(), [&] {
    guerdon::masked_gae(cpu, {.rows = offsets, .token_reward = reward, .values = values},
                        {.advantage = advantage, .returns = returns}, {.gamma = 0.99, .lambda = 0.95});
  }, [&] { ceiling(); });
}

// The loop of a textbook over the same ragged rows.
void masked_gae_textbook(benchmark::State& state) {
  const index_t n = 10'000'000;
  const auto offsets = ragged_rows(n);
  const auto reward = normal(n, 1), values = normal(n, 2);
  std::vector<float> advantage(reward.size()), returns(reward.size());
  stream ceiling(n, 2, false, 2);
  against_ceiling(state, n, ceiling.bytes(), [&] {
    for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
      float next_value = 0, running = 0;
      for (index_t t = offsets[row + 1] - 1; t >= offsets[row]; --t) {
        const auto i = static_cast<std::size_t>(t);
        const float delta = reward[i] + 0.99f * next_value - values[i];
        running = delta + 0.99f * 0.95f * running;
        advantage[i] = running;
        returns[i] = running + values[i];
        next_value = values[i];
      }
    }
    benchmark::ClobberMemory();
  }, [&] { ceiling(); });
}

BENCHMARK(gae_time_major)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(masked_gae_ragged)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(masked_gae_textbook)->Unit(benchmark::kMillisecond);

}  // namespace
