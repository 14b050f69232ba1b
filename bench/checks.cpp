// What it costs that every call is checked: eight responses, as one group has them.

#include "ceiling.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/length/laser_reward.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

struct eight_responses {
  std::vector<float> reward = normal(8, 1), shaped = reward, term = reward;
  std::vector<flag_t> correct = {1, 0, 1, 1, 0, 1, 1, 0};
  std::vector<index_t> length = {10, 20, 30, 40, 50, 60, 70, 80};
  op::laser_reward::inputs<float> in{.reward = reward, .correct = correct, .length = length};
  op::laser_reward::outputs<float> out{.shaped_reward = shaped, .length_reward = term};
  op::laser_reward::options options{.target_length = 45};
};

void checked_call(benchmark::State& state) {
  eight_responses r;
  const scalar_backend cpu;
  for (auto _ : state) {
    guerdon::laser_reward(cpu, r.in, r.out, r.options);
    benchmark::ClobberMemory();
  }
}

void unchecked_loop(benchmark::State& state) {
  eight_responses r;
  const laser_bonus bonus{r.options.alpha, r.options.mode};
  for (auto _ : state) {
    for (index_t i = 0; i < 8; ++i) {
      const double term = bonus(r.in.correct[i] != 0, r.in.length[i] <= r.options.target_length);
      r.out.length_reward[i] = float(term);
      r.out.shaped_reward[i] = float(double(r.in.reward[i]) + term);
    }
    benchmark::ClobberMemory();
  }
}

BENCHMARK(checked_call);
BENCHMARK(unchecked_loop);

}  // namespace
