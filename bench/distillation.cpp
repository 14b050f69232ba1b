// Losses on rows of logits of a student and a teacher, with the gradient, at the sizes of vocabularies. The ceiling
// reads the rows as often as the mathematics has to go over them, in the same order and from the same cache, and writes
// the gradient once.

#include "ceiling.hpp"

#include <guerdon/distillation/skewed_kl_loss.hpp>
#include <guerdon/distillation/topk_distillation_loss.hpp>
#include <guerdon/distillation/topk_support.hpp>
#include <guerdon/distillation/total_variation_loss.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

struct logits {
  index_t vocabulary, rows = std::max<index_t>(4, (index_t(1) << 20) / vocabulary), n = rows * vocabulary;
  std::vector<float> student = normal(n, 1, 3), teacher = normal(n, 2, 3);
  std::vector<float> gradient = std::vector<float>(student.size());
  std::vector<float> loss = std::vector<float>(1), divergence = std::vector<float>(static_cast<std::size_t>(rows));
  segments cuts = segments::uniform(rows, vocabulary);
  eigen_backend cpu;

  explicit logits(index_t words) : vocabulary(words) {}
};

template <class Call>
void against_passes(benchmark::State& state, int passes, bool both, bool writes, Call call) {
  logits x(state.range(0));
  const double bytes = 4.0 * static_cast<double>(x.n) * (passes * (both ? 2 : 1) + (writes ? 1 : 0));
  against_ceiling(state, x.n, bytes, [&] { call(x); }, [&] {
    read_rows(x.rows, x.vocabulary, passes, x.student.data(), both ? x.teacher.data() : nullptr,
              writes ? x.gradient.data() : nullptr);
  });
}

// The largest of both, both sums, the divergence, its gradient.
void skewed_kl_loss(benchmark::State& state) {
  against_passes(state, 4, true, true, [](logits& x) {
    guerdon::skewed_kl_loss(x.cpu, {x.cuts, x.student, x.teacher}, {x.loss, x.divergence, x.gradient}, {.skew = 0.1});
  });
}
void total_variation_loss(benchmark::State& state) {
  against_passes(state, 4, true, true, [](logits& x) {
    guerdon::total_variation_loss(x.cpu, {x.cuts, x.student, x.teacher}, {x.loss, x.divergence, x.gradient}, {});
  });
}

/// The teacher's tokens: its row once for their logits, twice for its softmax.
template <class Then>
void with_support(benchmark::State& state, int passes, bool both, bool writes, Then then) {
  const index_t k = state.range(1);
  std::vector<index_t> support;
  std::vector<float> logprob;
  against_passes(state, passes, both, writes, [&](logits& x) {
    if (support.empty()) {
      support.resize(static_cast<std::size_t>(x.rows * k));
      logprob.resize(support.size());
      guerdon::topk_support(x.cpu, {x.cuts, x.student, x.teacher}, {support, logprob}, {.k = k});
    }
    then(x, support, logprob, k);
  });
}
void topk_support(benchmark::State& state) {
  with_support(state, 3, false, false, [](logits& x, auto& support, auto& logprob, index_t k) {
    guerdon::topk_support(x.cpu, {x.cuts, x.student, x.teacher}, {support, logprob}, {.k = k});
  });
}
// The student's largest, its sum, its tail, the gradient.
void topk_distillation_loss(benchmark::State& state) {
  with_support(state, 4, false, true, [](logits& x, auto& support, auto& logprob, index_t) {
    guerdon::topk_distillation_loss(x.cpu, {.rows = x.cuts, .logits = x.student, .support = support,
                                            .teacher_logprob = logprob},
                                    {.loss = x.loss, .divergence = x.divergence, .grad_logits = x.gradient}, {});
  });
}

constexpr std::int64_t small = 32768, large = 151936;
BENCHMARK(skewed_kl_loss)->ArgName("vocabulary")->Arg(small)->Arg(large)->Unit(benchmark::kMillisecond);
BENCHMARK(total_variation_loss)->ArgName("vocabulary")->Arg(small)->Arg(large)->Unit(benchmark::kMillisecond);
BENCHMARK(topk_support)->ArgNames({"vocabulary", "k"})->ArgsProduct({{small, large}, {64, 128}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(topk_distillation_loss)->ArgNames({"vocabulary", "k"})->ArgsProduct({{small, large}, {64, 128}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
