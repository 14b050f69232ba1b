// Recurrences over time: dense time-major (one vector lane per column) and ragged rows of tokens (one chain per row).

#include "ceiling.hpp"

#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/importance_corrected_td_errors.hpp>
#include <guerdon/returns/lambda_returns.hpp>
#include <guerdon/returns/masked_gae.hpp>
#include <guerdon/returns/n_step_returns.hpp>
#include <guerdon/returns/off_policy_returns.hpp>
#include <guerdon/returns/puff_advantage.hpp>
#include <guerdon/returns/q_lambda.hpp>
#include <guerdon/returns/retrace.hpp>
#include <guerdon/returns/tree_backup.hpp>
#include <guerdon/returns/upgo_returns.hpp>
#include <guerdon/returns/vtrace.hpp>

#include <ctime>
#include <limits>

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

// Five arrays read, four written: 36 bytes per step.
void vtrace_time_major(benchmark::State& state) {
  const index_t steps = 512, columns = 4096, n = steps * columns;
  const auto value = normal(n, 1), value_next = normal(n, 2), reward = normal(n, 3);
  const std::vector<float> discount(value.size(), 0.99f), rho(value.size(), 0.9f);
  std::vector<float> error(value.size()), advantage(value.size()), q(value.size()), target(value.size());
  const eigen_backend cpu(static_cast<int>(state.range(0)));
  stream ceiling(n, 5, false, 4, cpu.threads());
  against_ceiling(state, n, ceiling.bytes(), [&] {
    guerdon::vtrace(cpu, {.time = time_major(steps, columns), .value = value, .value_next = value_next,
                          .reward = reward, .discount = discount, .rho = rho},
                    {error, advantage, q, target}, {.lambda = 0.95});
  }, [&] { ceiling(); });
}

/// The faces of the recurrence beside gae: 256 steps of 1024 columns, four actions. Reports besides
///   least_ns       processor time per element
///   x_gae          the same over gae's
///   x_gae_byte     and per byte that each has to move: gae reads and writes 20 per step
struct faces {
  static constexpr index_t steps = 256, columns = 1024, n = steps * columns, actions = 4;
  time_layout time = time_major(steps, columns);
  std::vector<float> reward = normal(n, 1), values = normal(n + columns, 2), value_next = normal(n, 3), discount, rho;
  std::vector<float> q_tm1 = normal(n * actions, 4), q_t = normal(n * actions, 5), pi_t, mu_t;
  std::vector<index_t> a_tm1, a_t;
  std::vector<flag_t> done;
  std::vector<float> out[4];
  eigen_backend cpu;

  faces() {
    std::mt19937 random(6);
    std::uniform_real_distribution<float> share(0, 1);
    for (auto& x : out) x.resize(static_cast<std::size_t>(n));
    for (index_t i = 0; i < n; ++i) {
      const bool ends = random() % 50 == 0;
      discount.push_back(ends ? 0 : 0.99f);
      done.push_back(ends);
      rho.push_back(2 * share(random));
      mu_t.push_back(0.1f + 0.9f * share(random));
      a_tm1.push_back(static_cast<index_t>(random() % actions));
      a_t.push_back(static_cast<index_t>(random() % actions));
      float p[actions], sum = 0;
      for (float& x : p) sum += x = share(random);
      for (const float x : p) pi_t.push_back(x / sum);
    }
  }
  void gae() {
    guerdon::gae(cpu, {.time = time, .reward = reward, .discount = discount, .values = values},
                 {.advantage = out[0], .value_target = out[1]}, {.lambda = 0.95});
  }
};

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Processor time of the process: of one thread here.
template <class F>
double processor_seconds(F f) {
  const std::clock_t start = std::clock();
  f();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// `reads` and `writes` are arrays of four bytes per step; the numbers of actions count twice.
template <int reads, int writes, class Call>
void beside_gae(benchmark::State& state, Call call) {
  faces f;
  stream ceiling(f.n, reads, false, writes);
  const auto op = [&] { call(f); };
  against_ceiling(state, f.n, ceiling.bytes(), op, [&] { ceiling(); });
  // Processor time, and the least of it: these calls are short, and others at work on the machine do not count.
  double ours = infinity, yardstick = infinity;
  for (int turn = 0; turn < 41; ++turn) {
    ours = std::min(ours, processor_seconds(op));
    yardstick = std::min(yardstick, processor_seconds([&] { f.gae(); }));
  }
  const double ratio = ours / yardstick;
  state.counters["least_ns"] = ours * 1e9 / static_cast<double>(f.n);
  state.counters["x_gae"] = ratio;
  state.counters["x_gae_byte"] = ratio * 20 / (4 * (reads + writes));
}

void lambda_returns(benchmark::State& state) {
  beside_gae<3, 1>(state, [](faces& f) {
    guerdon::lambda_returns(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount,
                                    .value_next = f.value_next}, {.returns = f.out[0]}, {.lambda = 0.95});
  });
}
void n_step_returns(benchmark::State& state) {
  beside_gae<3, 1>(state, [](faces& f) {
    guerdon::n_step_returns(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount,
                                    .value_next = f.value_next}, {.returns = f.out[0]}, {.n = 5});
  });
}
void upgo_returns(benchmark::State& state) {
  beside_gae<3, 2>(state, [](faces& f) {
    guerdon::upgo_returns(f.cpu, {.time = f.time, .reward = f.reward, .values = f.values, .discount = f.discount},
                          {.returns = f.out[0], .advantage = f.out[1]}, {});
  });
}
void importance_corrected_td_errors(benchmark::State& state) {
  beside_gae<4, 1>(state, [](faces& f) {
    guerdon::importance_corrected_td_errors(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount,
                                                    .rho = f.rho, .values = f.values},
                                            {.td_error = f.out[0]}, {.lambda = 0.95});
  });
}
void off_policy_returns(benchmark::State& state) {
  beside_gae<5, 1>(state, [](faces& f) {
    const index_t shorter = f.n - f.columns;
    guerdon::off_policy_returns(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount,
                                        .v = f.value_next, .q = view<const float>(f.values.data(), shorter),
                                        .c = view<const float>(f.mu_t.data(), shorter)}, {.returns = f.out[0]}, {});
  });
}
void vtrace(benchmark::State& state) {
  beside_gae<5, 4>(state, [](faces& f) {
    guerdon::vtrace(f.cpu, {.time = f.time, .value = view<const float>(f.values.data(), f.n),
                            .value_next = f.value_next, .reward = f.reward, .discount = f.discount, .rho = f.rho},
                    {f.out[0], f.out[1], f.out[2], f.out[3]}, {.lambda = 0.95});
  });
}
void retrace(benchmark::State& state) {
  beside_gae<19, 2>(state, [](faces& f) {
    guerdon::retrace(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount, .q_tm1 = f.q_tm1,
                             .q_t = f.q_t, .a_tm1 = f.a_tm1, .a_t = f.a_t, .pi_t = f.pi_t, .mu_t = f.mu_t},
                     {f.out[0], f.out[1]}, {.lambda = 0.95});
  });
}
void tree_backup(benchmark::State& state) {
  beside_gae<18, 2>(state, [](faces& f) {
    guerdon::tree_backup(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount, .q_tm1 = f.q_tm1,
                                 .q_t = f.q_t, .a_tm1 = f.a_tm1, .a_t = f.a_t, .pi_t = f.pi_t},
                         {f.out[0], f.out[1]}, {.lambda = 0.95});
  });
}
void q_lambda_peng(benchmark::State& state) {
  beside_gae<12, 2>(state, [](faces& f) {
    guerdon::q_lambda(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount, .q_tm1 = f.q_tm1,
                              .q_t = f.q_t, .a_tm1 = f.a_tm1}, {f.out[0], f.out[1]},
                      {.kind = q_lambda_kind::peng, .lambda = 0.95});
  });
}
void q_lambda_harutyunyan(benchmark::State& state) {
  beside_gae<18, 2>(state, [](faces& f) {
    guerdon::q_lambda(f.cpu, {.time = f.time, .reward = f.reward, .discount = f.discount, .q_tm1 = f.q_tm1,
                              .q_t = f.q_t, .a_tm1 = f.a_tm1, .a_t = f.a_t, .pi_t = f.pi_t},
                      {f.out[0], f.out[1]}, {.kind = q_lambda_kind::harutyunyan, .lambda = 0.95});
  });
}
// One row a segment, as gae with batch_major; done is a byte, which counts as a float here.
void puff_advantage(benchmark::State& state) {
  beside_gae<4, 1>(state, [](faces& f) {
    guerdon::puff_advantage(f.cpu, {.rows = segments::uniform(f.columns, f.steps), .value = f.value_next,
                                    .reward = f.reward, .done = f.done, .importance = f.rho},
                            {.advantage = f.out[0]}, {.gamma = 0.99, .lambda = 0.95});
  });
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
BENCHMARK(lambda_returns);
BENCHMARK(n_step_returns);
BENCHMARK(upgo_returns);
BENCHMARK(importance_corrected_td_errors);
BENCHMARK(off_policy_returns);
BENCHMARK(vtrace);
BENCHMARK(retrace);
BENCHMARK(tree_backup);
BENCHMARK(q_lambda_peng);
BENCHMARK(q_lambda_harutyunyan);
BENCHMARK(puff_advantage);
BENCHMARK(masked_gae_ragged)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(masked_gae_textbook)->Unit(benchmark::kMillisecond);

}  // namespace
