#pragma once
// The machine's own limit, measured beside each operation in the same process: a loop that streams the same bytes and
// does next to nothing with them. Absolute times drift on shared machines; the ratio of the two does not.

#include <guerdon/backend/eigen.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <random>
#include <type_traits>
#include <vector>

namespace guerdon::bench {

/// Processor time of the calling thread, which does its share of a crew's work: others on the machine do not count.
template <class F>
double seconds(F f) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double start = now();
  f();
  return now() - start;
}

inline double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

/// Reads `reads` float arrays and, if asked, one byte array; writes `writes` float arrays: n elements each.
class stream {
 public:
  stream(index_t n, int reads, bool mask, int writes, int threads = 1)
      : n_(n),
        mask_(mask ? std::vector<flag_t>(static_cast<std::size_t>(n), 1) : std::vector<flag_t>()),
        crew_(threads) {
    for (int k = 0; k < reads; ++k) in_.emplace_back(static_cast<std::size_t>(n), 1.0f);
    for (int k = 0; k < writes; ++k) out_.emplace_back(static_cast<std::size_t>(n));
  }

  double bytes() const {
    return static_cast<double>(n_) *
           (4.0 * static_cast<double>(in_.size() + out_.size()) + (mask_.empty() ? 0.0 : 1.0));
  }

  void operator()() {
    crew_.run([&](int k) {
      const index_t first = n_ * k / crew_.size(), last = n_ * (k + 1) / crew_.size();
      // Blocks small enough that adding up several arrays costs no second trip to memory.
      for (index_t begin = first; begin < last; begin += 512) {
        const index_t length = std::min<index_t>(512, last - begin);
        float sum[512];
        for (index_t i = 0; i < length; ++i) sum[i] = 0;
        for (const auto& in : in_)
          for (index_t i = 0; i < length; ++i) sum[i] += in[static_cast<std::size_t>(begin + i)];
        if (!mask_.empty())
          for (index_t i = 0; i < length; ++i) sum[i] += static_cast<float>(mask_[static_cast<std::size_t>(begin + i)]);
        for (auto& out : out_)
          for (index_t i = 0; i < length; ++i) out[static_cast<std::size_t>(begin + i)] = sum[i];
        if (out_.empty()) benchmark::DoNotOptimize(sum);
      }
    });
    benchmark::ClobberMemory();
  }

 private:
  index_t n_;
  std::vector<std::vector<float>> in_, out_;
  std::vector<flag_t> mask_;
  thread_crew crew_;
};

/// Rows of numbers one after the other, each `passes` times, alone or with the row of a second array; in the last pass
/// a third one is written.
template <class T>
void read_rows(index_t rows, index_t width, int passes, const T* first, const T* second = nullptr, T* out = nullptr) {
  using word = std::conditional_t<sizeof(T) == 2, std::uint16_t, T>;  // as they lie in memory: no conversion
  static_assert(sizeof(word) == sizeof(T));
  constexpr index_t step = 256 / sizeof(T);
  const auto* const in = reinterpret_cast<const word*>(first);
  const auto* const other = reinterpret_cast<const word*>(second);
  auto* const to = reinterpret_cast<word*>(out);
  for (index_t row = 0; row < rows; ++row)
    for (int pass = 0; pass < passes; ++pass) {
      const bool last = to && pass + 1 == passes;
      word sum[step] = {};
      for (index_t j = row * width, end = j + width; j + step <= end; j += step) {
        const auto add = [&](const word* x) {
          for (index_t k = 0; k < step; ++k) sum[k] = static_cast<word>(sum[k] + x[j + k]);
        };
        add(in);
        if (other) add(other);
        if (last)
          for (index_t k = 0; k < step; ++k) to[j + k] = in[j + k];
      }
      benchmark::DoNotOptimize(sum);
    }
  benchmark::ClobberMemory();
}

/// Runs the operation under Google Benchmark, then operation and ceiling in turn, and reports
///   ns             per element        GB/s       of the bytes that the operation must move
///   x_ceiling      median time over the ceiling's median time (1: as fast as memory allows)
template <class Op, class Ceiling>
void against_ceiling(benchmark::State& state, index_t elements, double bytes, Op op, Ceiling ceiling) {
  op();
  for (auto _ : state) op();
  std::vector<double> ours, limit;
  for (int turn = 0; turn < 11; ++turn) {
    ours.push_back(seconds(op));
    limit.push_back(seconds(ceiling));
  }
  const double time = median(ours);
  state.counters["ns"] = time * 1e9 / static_cast<double>(elements);
  state.counters["GB/s"] = bytes / time * 1e-9;
  state.counters["x_ceiling"] = time / median(limit);
}

inline std::vector<float> normal(index_t n, unsigned seed, float scale = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution(0, scale);
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& v : x) v = distribution(random);
  return x;
}

/// Log-probabilities of sampled tokens, and the same a step of training later.
struct token_batch {
  std::vector<float> logprob, old_logprob, advantage;
  std::vector<flag_t> mask;

  explicit token_batch(index_t n) : logprob(normal(n, 1)), old_logprob(normal(n, 2, 0.1f)), advantage(normal(n, 3)) {
    std::mt19937 random(4);
    for (std::size_t i = 0; i < logprob.size(); ++i) {
      logprob[i] = -std::abs(logprob[i]);
      old_logprob[i] += logprob[i];
      mask.push_back(random() % 8 != 0);
    }
  }
};

/// Row offsets with lengths uniform in 1..1023 that cut about n elements.
inline std::vector<index_t> ragged_rows(index_t n) {
  std::mt19937 random(5);
  std::vector<index_t> offsets{0};
  while (offsets.back() < n)
    offsets.push_back(std::min<index_t>(n, offsets.back() + 1 + static_cast<index_t>(random() % 1023)));
  return offsets;
}

}  // namespace guerdon::bench
