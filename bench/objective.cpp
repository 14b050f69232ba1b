// Token-level losses: what a training step spends its memory bandwidth on.

#include "ceiling.hpp"

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/ratios.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <cmath>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

constexpr index_t tokens = 10'000'000, row = 1000;

// One loss of a batch against the ceiling of what it reads and writes: call(cpu, inputs, outputs), which reads `arrays`
// arrays and the mask, and writes the gradient.
template <class Call>
void against_policy_ceiling(benchmark::State& state, const token_batch& batch, int arrays, Call call) {
  const int threads = static_cast<int>(state.range(0));
  const eigen_backend cpu(threads);
  std::vector<float> loss(1), grad(static_cast<std::size_t>(tokens)), clip_fraction(1);
  stream ceiling(tokens, arrays, true, 1, threads);
  const policy_inputs<float> in{.rows = segments::uniform(tokens / row, row),
                                .logprob = batch.logprob,
                                .old_logprob = batch.old_logprob,
                                .token_advantage = batch.advantage,
                                .mask = batch.mask};
  against_ceiling(state, tokens, ceiling.bytes(), [&] {
    call(cpu, in, policy_outputs<float>{.loss = loss, .grad_logprob = grad, .clip_fraction = clip_fraction});
  }, [&] { ceiling(); });
}

// logprob, old_logprob, token advantage, mask byte read; gradient written: 17 bytes per token.
void ppo_clip_loss(benchmark::State& state) {
  against_policy_ceiling(state, token_batch(tokens), 3, [](const auto& cpu, const auto& in, const auto& out) {
    guerdon::ppo_clip_loss(cpu, in, out, {.clip = {.high = 0.28}});
  });
}

// The same arrays, log-probabilities and mask a second time from cache.
void gspo_loss(benchmark::State& state) {
  against_policy_ceiling(state, token_batch(tokens), 3, [](const auto& cpu, const auto& in, const auto& out) {
    guerdon::gspo_loss(cpu, in, out, {});
  });
}

// Composed: truncated importance weight * clip + 0.04 * k3, log-probabilities of reference and engine read as well: 25
// bytes per token.
void corrected_clip_with_k3(benchmark::State& state) {
  const token_batch batch(tokens);
  std::vector<float> engine = normal(tokens, 6, 0.05f), reference = normal(tokens, 7, 0.1f);
  for (std::size_t i = 0; i < engine.size(); ++i) {
    engine[i] += batch.old_logprob[i];
    reference[i] += batch.old_logprob[i];
  }
  const auto term = truncated_importance<float>{engine} * (token_ratio{} | clipped{{.high = 0.28}}) +
                    0.04 * k3_penalty{};
  against_policy_ceiling(state, batch, 5, [&](const auto& cpu, const auto& in, const auto& out) {
    policy_objective(cpu,
                     {.rows = in.rows,
                      .logprob = in.logprob,
                      .old_logprob = in.old_logprob,
                      .token_advantage = in.token_advantage,
                      .mask = in.mask,
                      .ref_logprob = reference},
                     out, term, {});
  });
}

// The same formula as one writes it down: a branch per case, the C library's exp, one double sum.
void ppo_clip_loss_textbook(benchmark::State& state) {
  const token_batch batch(tokens);
  std::vector<float> grad(static_cast<std::size_t>(tokens));
  stream ceiling(tokens, 3, true, 1);
  against_ceiling(state, tokens, ceiling.bytes(), [&] {
    double loss = 0, valid = 0;
    for (const flag_t m : batch.mask) valid += m;
    for (std::size_t i = 0; i < grad.size(); ++i) {
      grad[i] = 0;
      if (!batch.mask[i]) continue;
      const float a = batch.advantage[i], r = std::exp(batch.logprob[i] - batch.old_logprob[i]);
      const float bound = a > 0 ? 1.28f : 0.8f;
      const bool clipped = a > 0 ? r > bound : r < bound;
      loss -= static_cast<double>(clipped ? bound * a : r * a);
      if (!clipped) grad[i] = static_cast<float>(-static_cast<double>(r * a) / valid);
    }
    benchmark::DoNotOptimize(loss /= valid);
  }, [&] { ceiling(); });
}

// One pass that reads value and mask for the moments, one that reads them again and writes: 14 bytes per element.
void masked_whiten(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  const token_batch batch(tokens);
  const eigen_backend cpu(threads);
  std::vector<float> out(static_cast<std::size_t>(tokens));
  stream moments_pass(tokens, 1, true, 0, threads), map_pass(tokens, 1, true, 1, threads);
  against_ceiling(state, tokens, moments_pass.bytes() + map_pass.bytes(), [&] {
    guerdon::masked_whiten(cpu, {.value = batch.advantage, .mask = batch.mask}, {.value = out}, {});
  }, [&] {
    moments_pass();
    map_pass();
  });
}

BENCHMARK(ppo_clip_loss)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(gspo_loss)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(corrected_clip_with_k3)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ppo_clip_loss_textbook)->Unit(benchmark::kMillisecond);
BENCHMARK(masked_whiten)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
