#pragma once
// Statistics of a batch that lies on several processes, exact: the same bits on one rank, two, three or four, wherever the
// batch is cut, since what is exchanged are integers (core/exact_sum.hpp).
//
//   guerdon::mpi_ranks ranks;                                        // adapt/mpi.hpp
//   const auto counts = guerdon::global_counts(ranks, rows, mask);
//   ppo_clip_loss(backend, in, out, {.aggregation = {.global_num_tokens = counts.tokens}});   // losses add up
//
// `ranks` is what knows the others:
//   rank(), size()             which one of how many
//   sum(words, n)              n 64-bit integers become their sums over all ranks
//   gather(mine, bytes, all)   the bytes of all ranks, in order
// and every rank makes the same calls in the same order. Each begins with a word on what it is and of which sizes: where
// ranks disagree, all throw std::invalid_argument with the same sentence.
//
// One process is `one_rank`, so that a program is the same with and without others.

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/core/exact_sum.hpp>
#include <guerdon/statistics/masked_whiten.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace guerdon {

template <class R>
concept ranks = requires(const R& r, std::int64_t* words, const void* mine, void* all) {
  { r.rank() } -> std::convertible_to<int>;
  { r.size() } -> std::convertible_to<int>;
  r.sum(words, std::size_t());
  r.gather(mine, std::size_t(), all);
};

/// No others.
struct one_rank {
  static constexpr int rank() { return 0; }
  static constexpr int size() { return 1; }
  static void sum(std::int64_t*, std::size_t) {}
  static void gather(const void* mine, std::size_t bytes, void* all) { std::memcpy(all, mine, bytes); }
};

/// What losses and gradients ask of the whole batch.
struct batch_counts {
  index_t tokens = 0;     ///< valid ones: aggregation.global_num_tokens
  index_t sequences = 0;  ///< with a valid token: aggregation.global_batch_size
};

inline namespace GUERDON_ABI {
namespace detail {

/// Asks done() until it is so, at first without a rest: mostly the others are there at once. False: not within `limit`.
template <class Done>
bool came_in_time(std::chrono::milliseconds limit, Done done) {
  const auto begun = std::chrono::steady_clock::now();
  for (int tries = 0; !done(); ++tries) {
    if (tries < 1000) continue;
    if (std::chrono::steady_clock::now() - begun >= limit) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return true;
}
template <ranks Ranks>
std::string never_came(const Ranks& ranks, std::chrono::milliseconds limit) {
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f", std::chrono::duration<double>(limit).count());
  return "guerdon: rank " + std::to_string(ranks.rank()) + " of " + std::to_string(ranks.size()) + " has waited " +
         seconds + " seconds for the others: one has died, or does not make this call";
}

struct this_process {
  static constexpr bool on_host = true;
};

/// What every rank has to say of a call: its name and its size.
template <ranks Ranks>
void agree(const Ranks& ranks, std::string_view operation, const char* argument, index_t size) {
  struct word {
    char name[40];
    index_t size;
  } mine{{}, size};
  operation.copy(mine.name, sizeof mine.name - 1);
  std::vector<word> all(static_cast<std::size_t>(ranks.size()));
  ranks.gather(&mine, sizeof mine, all.data());
  for (std::size_t r = 1; r < all.size(); ++r) {
    if (std::strcmp(all[r].name, all[0].name) != 0)
      refuse(operation, "ranks", "do not make the same calls: rank 0 is in " + std::string(all[0].name) + ", rank " +
                                     std::to_string(r) + " in " + all[r].name);
    if (all[r].size != all[0].size)
      refuse(operation, argument,
             "must be the same on all ranks: it is " + std::to_string(all[0].size) + " on rank 0 and " +
                 std::to_string(all[r].size) + " on rank " + std::to_string(r));
  }
}

/// Sums of a set of values, of which parts may be elsewhere.
struct partial_sums {
  exact_sum sum;
  index_t count = 0;
  double low = lowest::identity, high = highest::identity;

  void add(double x) {
    sum.add(x);
    ++count;
    low = math::nan_min(low, x), high = math::nan_max(high, x);
  }
  void merge(const partial_sums& other) {
    sum.merge(other.sum);
    count += other.count;
    low = math::nan_min(low, other.low), high = math::nan_max(high, other.high);
  }
  /// But for the spread.
  moments first() const {
    return first_moments({static_cast<double>(count), sum.value(), low, high});
  }
};

/// Sums over all ranks.
template <ranks Ranks>
partial_sums reduced(const Ranks& ranks, partial_sums p) {
  p.sum.settle();
  std::array<std::int64_t, exact_sum::words + 1> words;
  std::copy(p.sum.word().begin(), p.sum.word().end(), words.begin());
  words.back() = p.count;
  ranks.sum(words.data(), words.size());
  std::copy(words.begin(), words.end() - 1, p.sum.word().begin());
  p.sum.settle();
  p.count = words.back();
  const double mine[2] = {p.low, p.high};
  std::vector<double> bounds(2 * static_cast<std::size_t>(ranks.size()));
  ranks.gather(mine, sizeof mine, bounds.data());
  for (std::size_t r = 0; r < bounds.size(); r += 2)
    p.low = math::nan_min(p.low, bounds[r]), p.high = math::nan_max(p.high, bounds[r + 1]);
  return p;
}
inline double squared_deviation(double x, double mean) {
  const double d = x - mean;
  return d * d;
}

/// What a rank has of the groups at its two ends.
struct end_of_rank {
  index_t group = -1;
  partial_sums sums;
};
/// The groups at the ends of ranks become whole. `parts` are those of the groups first, first + 1, ...
template <ranks Ranks>
void join_ends(const Ranks& ranks, index_t first, std::vector<partial_sums>& parts) {
  static_assert(std::is_trivially_copyable_v<end_of_rank>);
  for (partial_sums& p : parts) p.sum.settle();
  end_of_rank mine[2];
  const auto last = first + static_cast<index_t>(parts.size()) - 1;
  if (!parts.empty()) mine[0] = {first, parts.front()};
  if (parts.size() > 1) mine[1] = {last, parts.back()};
  std::vector<end_of_rank> all(2 * static_cast<std::size_t>(ranks.size()));
  ranks.gather(mine, sizeof mine, all.data());
  const auto whole = [&](index_t group, partial_sums& p) {
    p = {};
    for (const end_of_rank& e : all)
      if (e.group == group) p.merge(e.sums);
  };
  if (!parts.empty()) whole(first, parts.front());
  if (parts.size() > 1) whole(last, parts.back());
}

}  // namespace detail

/// Valid tokens, and rows with one, of all ranks.
template <ranks Ranks>
batch_counts global_counts(const Ranks& ranks, const segments& rows, view<const flag_t> mask = {}) {
  detail::agree(ranks, "global_counts", "mask", 0);
  std::int64_t counts[2] = {};
  for (index_t row = 0; row < rows.count(); ++row) {
    std::int64_t valid = mask ? 0 : rows.size(row);
    if (mask)
      for (index_t i = rows.begin(row); i < rows.begin(row) + rows.size(row); ++i) valid += mask[i] != 0;
    counts[0] += valid;
    counts[1] += valid > 0;
  }
  ranks.sum(counts, 2);
  return {counts[0], counts[1]};
}

/// Moments of the valid values of all ranks.
template <ranks Ranks, storage T>
moments global_moments(const Ranks& ranks, view<const T> value, view<const flag_t> mask = {}) {
  detail::agree(ranks, "global_moments", "value", 0);
  require(!mask || mask.size() == value.size(), "global_moments", "mask", "has another size than value");
  const auto counted = [&](index_t i) { return !mask || mask[i] != 0; };
  detail::partial_sums first;
  for (index_t i = 0; i < value.size(); ++i)
    if (counted(i)) first.add(double(value[i]));
  moments m = detail::reduced(ranks, first).first();
  detail::partial_sums second;
  if (!m.one_number())
    for (index_t i = 0; i < value.size(); ++i)
      if (counted(i)) second.add(detail::squared_deviation(double(value[i]), m.mean));
  second = detail::reduced(ranks, second);
  if (!m.one_number()) m.m2 = second.sum.value();
  return m;
}

/// Moments of the groups that this rank has a part of. `groups` cuts its values; its first group is number `first_group`
/// of `total_groups` of the whole batch, which lies on the ranks in order: the last group of one rank may be the first of
/// the next.
template <ranks Ranks, storage T>
std::vector<moments> global_group_moments(const Ranks& ranks, view<const T> value, const segments& groups,
                                          index_t first_group, index_t total_groups) {
  detail::agree(ranks, "global_group_moments", "total_groups", total_groups);
  detail::require_segments(detail::this_process(), groups, value.size(), "global_group_moments", "groups");
  require(first_group >= 0 && first_group + groups.count() <= total_groups, "global_group_moments", "first_group",
          "must leave all groups of the rank inside total_groups");
  std::vector<detail::partial_sums> parts(static_cast<std::size_t>(groups.count()));
  const auto each = [&](auto f) {
    for (index_t g = 0; g < groups.count(); ++g)
      for (index_t i = groups.begin(g); i < groups.begin(g) + groups.size(g); ++i)
        f(static_cast<std::size_t>(g), double(value[i]));
  };
  each([&](std::size_t g, double x) { parts[g].add(x); });
  detail::join_ends(ranks, first_group, parts);
  std::vector<moments> all;
  for (detail::partial_sums& p : parts) {
    all.push_back(p.first());
    p = {};
  }
  each([&](std::size_t g, double x) { parts[g].add(detail::squared_deviation(x, all[g].mean)); });
  detail::join_ends(ranks, first_group, parts);
  for (std::size_t g = 0; g < all.size(); ++g)
    if (!all[g].one_number()) all[g].m2 = parts[g].sum.value();
  return all;
}

/// Quantile q of the valid integers of all ranks, such as lengths: between the two order statistics at q (n - 1) as NumPy
/// has it; NaN of none. At most 128 exchanges of one number.
template <ranks Ranks>
double global_quantile(const Ranks& ranks, view<const index_t> value, double q) {
  require(q >= 0 && q <= 1, "global_quantile", "q", "must lie between 0 and 1");
  detail::agree(ranks, "global_quantile", "q", std::bit_cast<index_t>(q));
  index_t low = std::numeric_limits<index_t>::max(), high = std::numeric_limits<index_t>::min();
  for (const index_t x : value) low = std::min(low, x), high = std::max(high, x);
  const index_t mine[3] = {low, high, value.size()};
  std::vector<index_t> ends(3 * static_cast<std::size_t>(ranks.size()));
  ranks.gather(mine, sizeof mine, ends.data());
  index_t n = 0;
  for (std::size_t r = 0; r < ends.size(); r += 3)
    low = std::min(low, ends[r]), high = std::max(high, ends[r + 1]), n += ends[r + 2];
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  // The least x of which more than k values are at most x.
  const auto order_statistic = [&](index_t k) {
    index_t from = low, to = high;
    while (from < to) {
      const index_t middle =
          from + static_cast<index_t>((static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)) / 2);
      std::int64_t at_most = std::count_if(value.begin(), value.end(), [&](index_t x) { return x <= middle; });
      ranks.sum(&at_most, 1);
      if (at_most > k) to = middle;
      else from = middle + 1;
    }
    return from;
  };
  const double place = q * static_cast<double>(n - 1);
  const auto k = static_cast<index_t>(place);
  const auto below = static_cast<double>(order_statistic(k));
  const double part = place - static_cast<double>(k);
  return part == 0 ? below : below + part * (static_cast<double>(order_statistic(k + 1)) - below);
}

/// masked_whiten of a batch on several ranks: this rank's part of the answer. `result` may be in.value.
template <ranks Ranks, storage T>
void global_whiten(const Ranks& ranks, const op::masked_whiten::inputs<T>& in, view<T> result,
                   const op::masked_whiten::options& o = {}) {
  require(in.mask.size() == in.value.size(), "global_whiten", "mask", "has another size than value");
  require(result.size() == in.value.size(), "global_whiten", "result", "has another size than value");
  require(o.ddof >= 0, "global_whiten", "ddof", "must be at least 0");
  require(o.epsilon >= 0, "global_whiten", "epsilon", "must be at least 0");
  const moments spread = global_moments<Ranks, T>(ranks, in.value, in.mask);
  using R = real_t<T>;
  const whitening<R> whiten(spread, o);
  const bool always = o.keep_masked && spread.count > 0;
  for (index_t i = 0; i < in.value.size(); ++i)
    result[i] = T(in.mask[i] != 0 || always ? whiten(R(in.value[i])) : R(0));
}

/// grpo_advantage of a batch on several ranks, groups being cut or not: this rank's part of the answer. Of the options it
/// has std_scope, ddof, epsilon and epsilon_mode; the others must be at their defaults.
template <ranks Ranks, real T>
void global_grpo_advantage(const Ranks& ranks, const op::grpo_advantage::inputs<T>& in, index_t first_group,
                           index_t total_groups, view<T> advantage, const op::grpo_advantage::options& o = {}) {
  const auto rule = [](bool holds, const char* argument, const char* problem) {
    require(holds, "global_grpo_advantage", argument, problem);
  };
  rule(advantage.size() == in.reward.size(), "advantage", "has another size than reward");
  rule(o.ddof == 0 || o.ddof == 1, "ddof", "must lie between 0 and 1");
  rule(o.epsilon >= 0, "epsilon", "must be at least 0");
  rule(o.baseline == advantage_baseline::mean, "baseline", "must be mean across ranks");
  rule(o.std_kind == std_kind::all, "std_kind", "must be all across ranks");
  rule(o.std_source == std_source::reward, "std_source", "must be reward across ranks");
  rule(o.singleton == singleton_rule::zero, "singleton", "must be zero across ranks");
  rule(o.nan_policy == nan_policy::propagate, "nan_policy", "must be propagate across ranks");
  const auto groups = global_group_moments<Ranks, T>(ranks, in.reward, in.groups, first_group, total_groups);
  moments batch;
  if (o.std_scope == std_scope::batch) batch = global_moments<Ranks, T>(ranks, in.reward);
  const double epsilon = double(T(o.epsilon));
  for (index_t g = 0; g < in.groups.count(); ++g) {
    const moments& m = groups[static_cast<std::size_t>(g)];
    const moments& spread = o.std_scope == std_scope::batch ? batch : m;
    const double variance = spread.variance(double(o.ddof));
    const double scale = o.std_scope == std_scope::none ? 1 : spread_scale(variance, epsilon, o.epsilon_mode);
    for (index_t i = in.groups.begin(g); i < in.groups.begin(g) + in.groups.size(g); ++i) {
      const double centred = m.one_number() ? 0 : double(in.reward[i]) - m.mean;
      advantage[i] = T(variance != variance ? variance : math::zero_select_product(centred, scale));
    }
  }
}

}}  // namespace guerdon
