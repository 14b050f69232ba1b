#pragma once
// A batch cut into ranks, and what all of them are asked: for threads that play ranks, and for MPI's.

#include <guerdon/adapt/ranks.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/statistics/running_moments.hpp>

#include <random>
#include <vector>

namespace guerdon::ranks_test {

/// Answers of prompts, rows of tokens; the whole batch, the same on every rank.
struct batch {
  index_t rows = 37, length = 11;
  std::vector<index_t> group_offsets{0, 4, 5, 5, 21, 30, 37}, lengths;
  std::vector<double> reward, logprob, old;
  std::vector<flag_t> mask;

  explicit batch(unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const auto n = static_cast<std::size_t>(rows * length);
    for (index_t i = 0; i < rows; ++i)
      reward.push_back(1e6 + normal(random)), lengths.push_back(static_cast<index_t>(random() % 1000));
    reward[4] = 3;
    for (std::size_t i = 30; i < 37; ++i) reward[i] = 0.1;  // a constant group
    for (std::size_t i = 0; i < n; ++i) {
      old.push_back(-std::abs(normal(random)));
      logprob.push_back(old.back() + 0.3 * normal(random));
      mask.push_back(random() % 8 != 0 && i >= static_cast<std::size_t>(length));  // no token of the first row
    }
  }
  /// Rows [first, last) of rank r of n: unevenly, and one without any where there are four.
  std::pair<index_t, index_t> part(int r, int n) const {
    static const std::vector<index_t> cuts[] = {{0, 37}, {0, 17, 37}, {0, 3, 19, 37}, {0, 7, 7, 20, 37}};
    const auto& c = cuts[n - 1];
    return {c[static_cast<std::size_t>(r)], c[static_cast<std::size_t>(r) + 1]};
  }
};

struct answers {
  batch_counts counts;
  moments spread, running;
  std::vector<moments> groups;
  std::vector<double> advantage, by_batch, whitened, grad;
  double loss = 0, median = 0, upper = 0;
  index_t first_group = 0;
};

template <ranks Ranks>
answers ask(const Ranks& ranks, const batch& b) {
  const auto [first, last] = b.part(ranks.rank(), ranks.size());
  const index_t n = last - first, tokens = n * b.length;
  const auto of_rows = [&, first = first](const auto& x) { return view(x.data() + first, n); };
  const auto of_tokens = [&, first = first](const auto& x) { return view(x.data() + first * b.length, tokens); };
  const view<const double> reward = of_rows(b.reward), logprob = of_tokens(b.logprob), old = of_tokens(b.old);
  const view<const flag_t> mask = of_tokens(b.mask);

  answers a;
  std::vector<index_t> offsets(1, 0);  // of the groups that it has a part of
  const auto total = static_cast<index_t>(b.group_offsets.size()) - 1;
  for (index_t g = 0; g < total; ++g) {
    const index_t begin = std::max(b.group_offsets[static_cast<std::size_t>(g)], first);
    const index_t end = std::min(b.group_offsets[static_cast<std::size_t>(g) + 1], last);
    if (begin < end) {
      if (offsets.size() == 1) a.first_group = g;
      offsets.resize(static_cast<std::size_t>(g - a.first_group) + 1, offsets.back());  // empty ones between
      offsets.push_back(end - first);
    }
  }
  const segments rows = segments::uniform(n, b.length), groups(offsets);
  a.counts = global_counts(ranks, rows, mask);
  a.spread = global_moments<Ranks, double>(ranks, logprob, mask);
  running_moments seen;  // two updates, of the whole batch each
  seen.merge(running_moments::of(global_moments<Ranks, double>(ranks, reward)));
  seen.merge(running_moments::of(a.spread));
  a.running = seen.as_moments();
  a.groups = global_group_moments<Ranks, double>(ranks, reward, groups, a.first_group, total);
  a.advantage.resize(static_cast<std::size_t>(n)), a.by_batch = a.advantage;
  global_grpo_advantage<Ranks, double>(ranks, {reward, groups}, a.first_group, total, a.advantage);
  global_grpo_advantage<Ranks, double>(ranks, {reward, groups}, a.first_group, total, a.by_batch,
                                       {.std_scope = std_scope::batch});
  a.whitened.resize(static_cast<std::size_t>(tokens)), a.grad = a.whitened;
  global_whiten<Ranks, double>(ranks, {logprob, mask}, a.whitened);
  ppo_clip_loss<double>(
      scalar_backend(), {.rows = rows, .logprob = logprob, .old_logprob = old, .advantage = a.advantage, .mask = mask},
      {.loss = {&a.loss, 1}, .grad_logprob = a.grad, .clip_fraction = {}},
      {.aggregation = {.mode = aggregation_mode::seq_mean_token_mean, .global_batch_size = a.counts.sequences}});
  const view<const index_t> lengths = of_rows(b.lengths);
  a.median = global_quantile(ranks, lengths, 0.5);
  a.upper = global_quantile(ranks, lengths, 0.9);
  return a;
}

template <class T>
bool same_bits(const T& a, const T& b) { return std::memcmp(&a, &b, sizeof(T)) == 0; }
template <class T>
bool same_part(const std::vector<T>& part, const std::vector<T>& whole, index_t from) {
  return part.empty() || std::memcmp(part.data(), whole.data() + from, part.size() * sizeof(T)) == 0;
}

/// What differs between a rank's answers and those of one process; empty where nothing does.
inline std::string difference(const answers& a, const answers& whole, const batch& b, int rank, int size) {
  const index_t first = b.part(rank, size).first;
  std::string wrong;
  const auto expect = [&](bool holds, const char* what) { wrong += holds ? "" : std::string(what) + "; "; };
  expect(same_bits(a.counts, whole.counts), "counts");
  expect(same_bits(a.spread, whole.spread), "moments");
  expect(same_bits(a.running, whole.running), "running moments");
  expect(same_part(a.groups, whole.groups, a.first_group - whole.first_group), "moments of groups");
  expect(same_part(a.advantage, whole.advantage, first), "GRPO advantages");
  expect(same_part(a.by_batch, whole.by_batch, first), "GRPO advantages by the batch's deviation");
  expect(same_part(a.whitened, whole.whitened, first * b.length), "whitened values");
  expect(same_part(a.grad, whole.grad, first * b.length), "gradient");
  expect(same_bits(a.median, whole.median) && same_bits(a.upper, whole.upper), "quantiles");
  return wrong;
}

}  // namespace guerdon::ranks_test
