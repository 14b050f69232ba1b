#include "ranks.hpp"

#include <doctest/doctest.h>

#include <guerdon/statistics/masked_whiten.hpp>

#include <barrier>
#include <mutex>
#include <thread>

using namespace guerdon;
using namespace guerdon::ranks_test;

namespace {

/// Ranks that are threads of this process.
struct thread_world {
  explicit thread_world(int n) : barrier(n), parts(static_cast<std::size_t>(n)) {}
  std::barrier<> barrier;
  std::vector<std::vector<char>> parts;
};
class thread_rank {
 public:
  thread_rank(thread_world& world, int rank) : world_(world), rank_(rank) {}
  int rank() const { return rank_; }
  int size() const { return static_cast<int>(world_.parts.size()); }
  void gather(const void* mine, std::size_t bytes, void* all) const {
    const char* const from = static_cast<const char*>(mine);
    world_.parts[static_cast<std::size_t>(rank_)].assign(from, from + bytes);
    world_.barrier.arrive_and_wait();
    for (std::size_t r = 0; r < world_.parts.size(); ++r)
      std::memcpy(static_cast<char*>(all) + r * bytes, world_.parts[r].data(), bytes);
    world_.barrier.arrive_and_wait();
  }
  void sum(std::int64_t* words, std::size_t n) const {
    std::vector<std::int64_t> all(n * world_.parts.size());
    gather(words, n * sizeof(std::int64_t), all.data());
    std::fill(words, words + n, 0);
    for (std::size_t i = 0; i < all.size(); ++i) words[i % n] += all[i];
  }

 private:
  thread_world& world_;
  int rank_;
};

/// f(rank) of all of them at once; the sentences of those that threw.
template <class F>
std::vector<std::string> on_ranks(int n, F f) {
  thread_world world(n);
  std::vector<std::string> thrown(static_cast<std::size_t>(n));
  std::vector<std::thread> threads;
  for (int r = 0; r < n; ++r)
    threads.emplace_back([&, r] {
      try {
        f(thread_rank(world, r));
      } catch (const std::invalid_argument& e) {
        thrown[static_cast<std::size_t>(r)] = e.what();
      }
    });
  for (std::thread& t : threads) t.join();
  return thrown;
}

}  // namespace

TEST_CASE("ranks give the same bits as one process") {
  for (const unsigned seed : {1u, 2u, 3u}) {
    const batch b(seed);
    const answers whole = ask(one_rank(), b);
    for (int n = 1; n <= 4; ++n) {
      std::vector<double> losses(static_cast<std::size_t>(n));
      const auto thrown = on_ranks(n, [&](const thread_rank& rank) {
        const answers a = ask(rank, b);
        losses[static_cast<std::size_t>(rank.rank())] = a.loss;
        const std::string wrong = difference(a, whole, b, rank.rank(), n);
        require(wrong.empty(), "ranks", wrong.c_str(), "differ");
      });
      for (const std::string& sentence : thrown) CHECK(sentence == "");
      double loss = 0;
      for (const double part : losses) loss += part;
      CHECK(loss == doctest::Approx(whole.loss).epsilon(1e-13));
    }
  }
}

TEST_CASE("what ranks compute is what the operations compute") {
  const batch b(4);
  const answers whole = ask(one_rank(), b);
  const segments groups(b.group_offsets);
  const auto advantage = grpo_advantage<double>(scalar_backend(), {b.reward, groups});
  const auto by_batch = grpo_advantage<double>(scalar_backend(), {b.reward, groups}, {.std_scope = std_scope::batch});
  const auto whitened = masked_whiten<double>(scalar_backend(), {b.logprob, b.mask});
  for (std::size_t i = 0; i < b.reward.size(); ++i) {
    CHECK(whole.advantage[i] == doctest::Approx(advantage[i]).epsilon(1e-9));
    CHECK(whole.by_batch[i] == doctest::Approx(by_batch[i]).epsilon(1e-9));
  }
  for (std::size_t i = 0; i < b.logprob.size(); ++i)
    CHECK(whole.whitened[i] == doctest::Approx(whitened[i]).epsilon(1e-12));
  for (std::size_t i = 30; i < 37; ++i) CHECK(whole.advantage[i] == 0);  // a constant group
  CHECK(whole.advantage[4] == 0);                                        // a group of one
  CHECK(whole.counts.sequences == 36);
  std::vector<index_t> sorted = b.lengths;
  std::sort(sorted.begin(), sorted.end());
  CHECK(whole.median == double(sorted[18]));
  CHECK(whole.upper == doctest::Approx(double(sorted[32]) + 0.4 * double(sorted[33] - sorted[32])));
}

TEST_CASE("nothing, NaN and infinity across ranks") {
  const one_rank one;
  CHECK(global_moments<one_rank, double>(one, view<const double>()).count == 0);
  CHECK(std::isnan(global_quantile(one, view<const index_t>(), 0.5)));
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  const std::vector<double> with_nan{1, nan, 2}, with_inf{1, inf};
  CHECK(std::isnan(global_moments<one_rank, double>(one, with_nan).mean));
  CHECK(std::isnan(global_moments<one_rank, double>(one, with_nan).variance(1)));
  CHECK(global_moments<one_rank, double>(one, with_inf).mean == inf);
}

TEST_CASE("ranks that disagree are told so, all of them") {
  const batch b(5);
  const std::vector<index_t> offsets{0, 2, 4};
  const view<const double> reward(b.reward.data(), 4);
  const auto wrong_shape = on_ranks(3, [&](const thread_rank& rank) {
    global_group_moments<thread_rank, double>(rank, reward, segments(offsets), 0, rank.rank() == 1 ? 7 : 6);
  });
  for (const std::string& sentence : wrong_shape)
    CHECK(sentence ==
          "global_group_moments: total_groups must be the same on all ranks: it is 6 on rank 0 and 7 on rank 1");
  const auto other_call = on_ranks(2, [&](const thread_rank& rank) {
    if (rank.rank() == 0) global_moments<thread_rank, double>(rank, reward);
    else global_counts(rank, segments::uniform(1, 4));
  });
  for (const std::string& sentence : other_call)
    CHECK(sentence.find("do not make the same calls: rank 0 is in global_moments, rank 1 in global_counts") !=
          std::string::npos);
}
