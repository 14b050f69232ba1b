// Token-level losses: what a training step spends its memory bandwidth on.

#include "ceiling.hpp"

#include <guerdon/objective/entropy_from_logits.hpp>
#include <guerdon/objective/logprob_from_logits.hpp>
#include <guerdon/statistics/masked_whiten.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>

#include <cmath>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

constexpr index_t tokens = 10'000'000, row = 1000;

// logprob, old_logprob, token advantage, mask byte read; gradient written: 17 bytes per token.
void ppo_clip_loss(benchmark::State& state) {
  const int threads = static_cast<int>(state.range(0));
  const token_batch batch(tokens);
  const eigen_backend cpu(threads);
  std::vector<float> loss(1), grad(static_cast<std::size_t>(tokens)), clip_fraction(1);
  stream ceiling(tokens, 3, true, 1, threads);
  against_ceiling(state, tokens, ceiling.bytes(), [&] {
    guerdon::ppo_clip_loss(cpu,
                           {.rows = segments::uniform(tokens / row, row),
                            .logprob = batch.logprob,
                            .old_logprob = batch.old_logprob,
                            .token_advantage = batch.advantage,
                            .mask = batch.mask},
                           {.loss = loss, .grad_logprob = grad, .clip_fraction = clip_fraction}, {.clip = {.high = 0.28}});
  }, [&] { ceiling(); });
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

// 128 rows of 32k logits: read once, gradient written once; a row stays in the second-level cache between passes.
constexpr index_t positions = 128, vocabulary = 32768;

void entropy_from_logits(benchmark::State& state) {
  const auto logits = normal(positions * vocabulary, 6, 3);
  const eigen_backend cpu;
  std::vector<float> entropy(positions), grad(logits.size());
  stream ceiling(positions * vocabulary, 1, false, 1);
  against_ceiling(state, positions * vocabulary, ceiling.bytes(), [&] {
    guerdon::entropy_from_logits(cpu, {.rows = segments::uniform(positions, vocabulary), .logits = logits},
                                 {.entropy = entropy, .grad_logits = grad}, {});
  }, [&] { ceiling(); });
}

void logprob_from_logits(benchmark::State& state) {
  const auto logits = normal(positions * vocabulary, 6, 3);
  const std::vector<index_t> token(positions, 7);
  const eigen_backend cpu;
  std::vector<float> logprob(positions), grad(logits.size()), squares(positions);
  stream ceiling(positions * vocabulary, 1, false, 1);
  against_ceiling(state, positions * vocabulary, ceiling.bytes(), [&] {
    guerdon::logprob_from_logits(
        cpu, {.rows = segments::uniform(positions, vocabulary), .logits = logits, .token = token},
        {.logprob = logprob, .grad_logits = grad, .sum_pi_squared = squares}, {});
  }, [&] { ceiling(); });
}

BENCHMARK(ppo_clip_loss)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(ppo_clip_loss_textbook)->Unit(benchmark::kMillisecond);
BENCHMARK(masked_whiten)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(entropy_from_logits)->Unit(benchmark::kMillisecond);
BENCHMARK(logprob_from_logits)->Unit(benchmark::kMillisecond);

}  // namespace
