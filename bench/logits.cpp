// Operations on rows of logits in float, half and bfloat16, at the sizes of vocabularies; some 16 million logits, which
// no cache holds. The ceiling reads the rows as often as the mathematics goes over them, in the same order and from the
// same cache, and writes the gradient once.

#include "ceiling.hpp"

#include <guerdon/objective/entropy_from_logits.hpp>
#include <guerdon/objective/jsd_from_logits.hpp>
#include <guerdon/objective/kl_from_logits.hpp>
#include <guerdon/objective/logprob_from_logits.hpp>

namespace {

using namespace guerdon;
using namespace guerdon::bench;

template <class T>
struct logits {
  index_t vocabulary, rows = (index_t(1) << 24) / vocabulary, n = rows * vocabulary;
  bool writes;
  std::vector<T> student = stored(1), teacher = stored(2);
  std::vector<T> gradient = std::vector<T>(writes ? student.size() : 0);
  std::vector<T> of_row = std::vector<T>(static_cast<std::size_t>(rows));
  std::vector<index_t> token = std::vector<index_t>(of_row.size(), 7);
  segments cuts = segments::uniform(rows, vocabulary);
  eigen_backend cpu;

  explicit logits(const benchmark::State& state) : vocabulary(state.range(0)), writes(state.range(1) != 0) {}

  view<T> gradients() { return writes ? view<T>(gradient) : view<T>(); }

 private:
  std::vector<T> stored(unsigned seed) const {
    const auto x = normal(n, seed, 3);
    std::vector<T> y;
    for (const float v : x) y.push_back(T(v));
    return y;
  }
};

/// `passes` over each row with or without a gradient, of the student alone or of both.
template <class T, class Call>
void against_passes(benchmark::State& state, int passes, bool both, Call call) {
  logits<T> x(state);
  passes += x.writes;
  const double bytes = double(sizeof(T)) * static_cast<double>(x.n) * (passes * (both ? 2 : 1) + x.writes);
  against_ceiling(state, x.n, bytes, [&] { call(x); }, [&] {
    read_rows<T>(x.rows, x.vocabulary, passes, x.student.data(), both ? x.teacher.data() : nullptr,
                 x.writes ? x.gradient.data() : nullptr);
  });
}

// The largest, the sums, and the gradient.
template <class T>
void entropy_from_logits(benchmark::State& state) {
  against_passes<T>(state, 2, false, [](logits<T>& x) {
    guerdon::entropy_from_logits<T>(x.cpu, {.rows = x.cuts, .logits = x.student},
                                    {.entropy = x.of_row, .grad_logits = x.gradients()}, {});
  });
}
template <class T>
void logprob_from_logits(benchmark::State& state) {
  against_passes<T>(state, 2, false, [](logits<T>& x) {
    guerdon::logprob_from_logits<T>(x.cpu, {.rows = x.cuts, .logits = x.student, .token = x.token},
                                    {.logprob = x.of_row, .grad_logits = x.gradients()}, {});
  });
}
template <class T>
void kl_from_logits(benchmark::State& state) {
  against_passes<T>(state, 2, true, [](logits<T>& x) {
    guerdon::kl_from_logits<T>(x.cpu, {.rows = x.cuts, .logits = x.student, .ref_logits = x.teacher},
                               {.kl = x.of_row, .grad_logits = x.gradients()}, {});
  });
}
// The mixture takes both sums first.
template <class T>
void jsd_from_logits(benchmark::State& state) {
  against_passes<T>(state, 3, true, [](logits<T>& x) {
    guerdon::jsd_from_logits<T>(x.cpu, {.rows = x.cuts, .logits = x.student, .ref_logits = x.teacher},
                                {.divergence = x.of_row, .grad_logits = x.gradients()}, {});
  });
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"vocabulary", "gradient"})->ArgsProduct({{32768, 151936}, {0, 1}})->Unit(benchmark::kMillisecond);
}
BENCHMARK(entropy_from_logits<float>)->Apply(sizes);
BENCHMARK(entropy_from_logits<float16>)->Apply(sizes);
BENCHMARK(entropy_from_logits<bfloat16>)->Apply(sizes);
BENCHMARK(logprob_from_logits<float>)->Apply(sizes);
BENCHMARK(logprob_from_logits<float16>)->Apply(sizes);
BENCHMARK(logprob_from_logits<bfloat16>)->Apply(sizes);
BENCHMARK(kl_from_logits<float>)->Apply(sizes);
BENCHMARK(kl_from_logits<float16>)->Apply(sizes);
BENCHMARK(kl_from_logits<bfloat16>)->Apply(sizes);
BENCHMARK(jsd_from_logits<float>)->Apply(sizes);
BENCHMARK(jsd_from_logits<float16>)->Apply(sizes);
BENCHMARK(jsd_from_logits<bfloat16>)->Apply(sizes);

}  // namespace
