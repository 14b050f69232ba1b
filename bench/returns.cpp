// Recurrences over time: dense time-major (one vector lane per column) and ragged rows of tokens (one chain per row).
// Each against a loop that streams its own bytes, so that the faces of the recurrence can be held against gae.

#include "ceiling.hpp"

#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/importance_corrected_td_errors.hpp>
#include <guerdon/returns/masked_gae.hpp>
#include <guerdon/returns/off_policy_returns.hpp>
#include <guerdon/returns/puff_advantage.hpp>
#include <guerdon/returns/q_lambda.hpp>
#include <guerdon/returns/retrace.hpp>
#include <guerdon/returns/tree_backup.hpp>
#include <guerdon/returns/vtrace.hpp>

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

// 512 steps of 4096 columns, and what the off-policy faces read of them; 4 actions, 128 columns of them.
struct steps {
  index_t count = 512, columns, actions, n = count * columns;
  guerdon::time_layout time = time_major(count, columns);
  std::vector<float> reward = normal(n, 1), discount = std::vector<float>(reward.size(), 0.99f),
                     values = normal(n + columns, 2), value = normal(n, 3), value_next = normal(n, 4),
                     rho = normal(n, 5),
                     q = normal(n * actions, 6), q_next = normal(n * actions, 7),
                     policy = std::vector<float>(q.size(), 1 / float(actions));
  std::vector<index_t> action = std::vector<index_t>(reward.size(), 1);
  std::vector<float> first = reward, second = reward, third = reward, fourth = reward;  // results

  explicit steps(index_t columns_, index_t actions_ = 0) : columns(columns_), actions(actions_) {
    for (float& r : rho) r = std::abs(r);
  }
};

// Five arrays read, four written: 36 bytes.
void vtrace_time_major(benchmark::State& state) {
  steps x(4096);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 5, false, 4, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::vtrace(cpu, {.time = x.time, .value = x.value, .value_next = x.value_next, .reward = x.reward,
                          .discount = x.discount, .rho = x.rho},
                    {.td_error = x.first, .pg_advantage = x.second, .q_estimate = x.third, .value_target = x.fourth},
                    {.lambda = 0.95});
  }, [&] { ceiling(); });
}

// Four read, one written: 20 bytes.
void importance_corrected_time_major(benchmark::State& state) {
  steps x(4096);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 4, false, 1, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::importance_corrected_td_errors(
        cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .rho = x.rho, .values = x.values},
        {.td_error = x.first}, {.lambda = 0.95});
  }, [&] { ceiling(); });
}

// Five read, one written: 24 bytes.
void off_policy_returns_time_major(benchmark::State& state) {
  steps x(4096);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  const guerdon::view<const float> q(x.value.data(), x.n - x.columns), c(x.rho.data(), x.n - x.columns);
  stream ceiling(x.n, 5, false, 1, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::off_policy_returns(
        cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .v = x.value_next, .q = q, .c = c},
        {.returns = x.first}, {});
  }, [&] { ceiling(); });
}

// Reward, discount, mu, two actions of 8 bytes, the q taken, rows of 4 of q and pi; target and error written: 68 bytes.
void retrace_4_actions(benchmark::State& state) {
  steps x(1024, 4);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 19, false, 2, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::retrace(cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
                           .a_tm1 = x.action, .a_t = x.action, .pi_t = x.policy, .mu_t = x.rho},
                     {.target = x.first, .td_error = x.second}, {.lambda = 0.95});
  }, [&] { ceiling(); });
}

void tree_backup_4_actions(benchmark::State& state) {
  steps x(1024, 4);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 18, false, 2, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::tree_backup(cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q,
                               .q_t = x.q_next, .a_tm1 = x.action, .a_t = x.action, .pi_t = x.policy},
                         {.target = x.first, .td_error = x.second}, {.lambda = 0.95});
  }, [&] { ceiling(); });
}

// Peng's: reward, discount, an action of 8 bytes, the q taken (a row of 16 bytes), a row of q; two written: 56 bytes.
void q_lambda_4_actions(benchmark::State& state) {
  steps x(1024, 4);
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 12, false, 2, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::q_lambda(cpu, {.time = x.time, .reward = x.reward, .discount = x.discount, .q_tm1 = x.q, .q_t = x.q_next,
                            .a_tm1 = x.action},
                      {.target = x.first, .td_error = x.second}, {.kind = q_lambda_kind::peng, .lambda = 0.95});
  }, [&] { ceiling(); });
}

// PufferLib's segments of 64 slots: three arrays and a flag read, one written: 17 bytes.
void puff_advantage_segments(benchmark::State& state) {
  steps x(4096);
  const std::vector<flag_t> done(x.reward.size());
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(x.n, 3, true, 1, cpu.threads());
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    guerdon::puff_advantage(cpu, {.rows = segments::uniform(x.n / 64, 64), .value = x.value, .reward = x.reward,
                                  .done = done, .importance = x.rho},
                            {.advantage = x.first}, {.gamma = 0.99, .lambda = 0.95});
  }, [&] { ceiling(); });
}

// The loop of PufferLib's published kernel over the same segments.
void puff_advantage_textbook(benchmark::State& state) {
  steps x(4096);
  const std::vector<flag_t> done(x.reward.size());
  stream ceiling(x.n, 3, true, 1);
  against_ceiling(state, x.n, ceiling.bytes(), [&] {
    for (std::size_t begin = 0; begin < x.reward.size(); begin += 64) {
      float running = 0;
      x.first[begin + 63] = 0;
      for (std::size_t t = begin + 63; t-- > begin;) {
        const float go_on = 1.0f - float(done[t + 1]);
        const float error = std::min(x.rho[t], 1.0f) *
                            (x.reward[t + 1] + 0.99f * x.value[t + 1] * go_on - x.value[t]);
        running = error + 0.99f * 0.95f * std::min(x.rho[t], 1.0f) * running * go_on;
        x.first[t] = running;
      }
    }
    benchmark::ClobberMemory();
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
BENCHMARK(vtrace_time_major)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(importance_corrected_time_major)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(off_policy_returns_time_major)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(retrace_4_actions)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(tree_backup_4_actions)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(q_lambda_4_actions)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(puff_advantage_segments)->ArgName("threads")->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(puff_advantage_textbook)->Unit(benchmark::kMillisecond);
BENCHMARK(masked_gae_ragged)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(masked_gae_textbook)->Unit(benchmark::kMillisecond);

}  // namespace
