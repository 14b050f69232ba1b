// The optional launches of the host's backends, against what the standard library says.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include <guerdon/backend/thrust.hpp>
#endif

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace guerdon;

namespace {

/// f(backend) on every backend of the host.
template <class F>
void on_all(F f) {
  f(scalar_backend());
  f(emulated_backend(7));
#ifdef GUERDON_HAS_EIGEN
  f(eigen_backend());
  f(eigen_backend(3));
#endif
#ifdef GUERDON_HAS_HOST_THRUST
  f(host_thrust());
#endif
}

const std::vector<std::size_t> sizes{0, 1, 2, 31, 32, 33, 255, 256, 257, 4095, 4096, 4097, 20000};

/// n keys of about `different` values.
template <class Key>
std::vector<Key> random_keys(std::size_t n, int different, unsigned seed) {
  std::mt19937 source(seed);
  std::vector<Key> keys(n);
  std::uniform_int_distribution<int> any(-different / 2, different - 1 - different / 2);
  for (Key& k : keys) k = static_cast<Key>(any(source));
  return keys;
}

template <class Key>
void check_sort(const std::vector<Key>& keys, Key below = {}) {
  std::vector<index_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  auto want = order;
  std::stable_sort(want.begin(), want.end(), [&](index_t a, index_t b) {
    return keys[static_cast<std::size_t>(a)] < keys[static_cast<std::size_t>(b)];
  });
  on_all([&](const auto& backend) {
    std::vector<Key> sorted(keys.size());
    std::vector<index_t> from(keys.size());
    backend.template sort_pairs<Key, index_t>(keys, order, sorted, from, below);
    CHECK(from == want);
    for (std::size_t i = 0; i < keys.size(); ++i) REQUIRE(sorted[i] == keys[static_cast<std::size_t>(want[i])]);
  });
}

}  // namespace

TEST_CASE("pairs are sorted by key, equal keys in the order they came") {
  for (const std::size_t n : sizes)
    for (const int different : {1, 3, 1 << 30}) {
      INFO(n << " keys of " << different);
      check_sort(random_keys<index_t>(n, different, 1));
      check_sort(random_keys<float>(n, different, 2));
      check_sort(random_keys<double>(n, different, 3));
      auto positive = random_keys<index_t>(n, 100, 4);
      for (index_t& k : positive) k += 50;
      check_sort<index_t>(positive, 100);
    }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  check_sort<double>({0.0, -0.0, infinity, -1.0, 0.0, -infinity, -0.0, 5e-324, -5e-324, infinity});
  check_sort<index_t>({std::numeric_limits<index_t>::max(), std::numeric_limits<index_t>::min(), 0, -1});
}

TEST_CASE("what is selected keeps its order, and is counted") {
  for (const std::size_t n : sizes)
    for (const int one_in : {1, 2, 1000, 0}) {
      const auto values = random_keys<float>(n, 1 << 20, 5);
      std::vector<flag_t> flags(n);
      std::mt19937 source(6);
      for (flag_t& f : flags)
        if (one_in > 0 && source() % static_cast<unsigned>(one_in) == 0) f = static_cast<flag_t>(1 + source() % 255);
      std::vector<float> want;
      for (std::size_t i = 0; i < n; ++i)
        if (flags[i]) want.push_back(values[i]);
      on_all([&](const auto& backend) {
        std::vector<float> kept(n);
        std::vector<index_t> count{-1};
        backend.template select<float>(flags, values, kept, count);
        REQUIRE(count[0] == static_cast<index_t>(want.size()));
        kept.resize(want.size());
        CHECK(kept == want);
      });
    }
}

TEST_CASE("runs of equal neighbours are reduced") {
  for (const std::size_t n : sizes)
    for (const int different : {1, 2, 1 << 30}) {
      const auto keys = random_keys<index_t>(n, different, 7), values = random_keys<index_t>(n, 1 << 20, 8);
      const auto numbers = random_keys<double>(n, 1000, 9);
      std::vector<index_t> run_keys, sums, highest_of;
      std::vector<double> lowest_of;
      for (std::size_t i = 0; i < n; ++i) {
        if (i == 0 || keys[i] != keys[i - 1]) {
          run_keys.push_back(keys[i]);
          sums.push_back(0);
          highest_of.push_back(values[i]);
          lowest_of.push_back(numbers[i]);
        }
        sums.back() += values[i];
        highest_of.back() = std::max(highest_of.back(), values[i]);
        lowest_of.back() = std::min(lowest_of.back(), numbers[i]);
      }
      on_all([&](const auto& backend) {
        const auto check = [&](auto op, const auto& in, const auto& want) {
          using Op = decltype(op);
          using Value = typename std::remove_cvref_t<decltype(in)>::value_type;
          std::vector<index_t> key(n), count{-1};
          std::vector<Value> total(n);
          backend.template reduce_by_key<Op, index_t, Value>(keys, in, key, total, count);
          REQUIRE(count[0] == static_cast<index_t>(want.size()));
          key.resize(want.size());
          total.resize(want.size());
          CHECK(key == run_keys);
          CHECK(total == want);
        };
        check(add{}, values, sums);
        check(highest_number{}, values, highest_of);
        check(lowest{}, numbers, lowest_of);
      });
    }
}

TEST_CASE("the sums of lengths are the offsets of segments") {
  for (const std::size_t n : sizes) {
    const auto lengths = random_keys<index_t>(n, 1 << 30, 10);
    std::vector<flag_t> flags(n);  // their sum does not fit their type
    for (std::size_t i = 0; i < n; ++i) flags[i] = static_cast<flag_t>(lengths[i] & 0xff);
    const auto check = [&](const auto& backend, const auto& values) {
      using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
      std::vector<index_t> sums(n + 1, -1);
      backend.template exclusive_sum<Value>(values, sums);
      index_t total = 0;
      for (std::size_t i = 0; i < n; ++i) {
        REQUIRE(sums[i] == total);
        total += values[i];
      }
      CHECK(sums[n] == total);
    };
    on_all([&](const auto& backend) {
      check(backend, lengths);
      check(backend, flags);
    });
  }
}

TEST_CASE("sorting inside segments, ragged and padded") {
  const std::vector<index_t> offsets{0, 0, 3, 4, 40, 40, 300, 2500};
  const auto keys = random_keys<float>(2500, 500, 11);
  std::vector<float> want = keys;
  for (std::size_t s = 0; s + 1 < offsets.size(); ++s)
    std::sort(want.begin() + offsets[s], want.begin() + offsets[s + 1]);
  const std::vector<index_t> lengths{2, 0, 5, 3};
  const std::vector<float> rows{3, 1, 9, 9, 9, 7, 7, 7, 7, 7, 5, 4, 3, 2, 1, 6, 8, 2, 0, 0};
  on_all([&](const auto& backend) {
    std::vector<float> sorted(keys.size());
    backend.template sort_segments<float>(segments(offsets), keys, sorted);
    CHECK(sorted == want);
    std::vector<float> y(rows.size());
    backend.template sort_segments<float>(segments::padded(5, lengths), rows, y);
    CHECK(std::vector<float>(y.begin(), y.begin() + 2) == std::vector<float>{1, 3});
    CHECK(std::vector<float>(y.begin() + 10, y.begin() + 18) == std::vector<float>{1, 2, 3, 4, 5, 2, 6, 8});
  });
}

TEST_CASE("NaN keys come behind the numbers on the host") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> keys{nan, 2, nan, 1};
  const std::vector<index_t> order{0, 1, 2, 3};
  on_all([&](const auto& backend) {
    std::vector<double> sorted(4);
    std::vector<index_t> from(4);
    backend.template sort_pairs<double, index_t>(keys, order, sorted, from);
    CHECK(from == std::vector<index_t>{3, 1, 0, 2});
  });
}
