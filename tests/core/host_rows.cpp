// What is thrown on a worker comes home, the same for any number of threads, and the crew can be used on.

#include <guerdon/backend/scalar.hpp>
#include <guerdon/core/host_rows.hpp>

#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif

#include <doctest/doctest.h>

#include <numeric>

namespace guerdon {
namespace {

struct thrown_by {
  index_t row;
};

/// The row whose exception arrives; -1: none does.
template <class F>
index_t thrower(const F& f) {
  try {
    f();
  } catch (const thrown_by& e) {
    return e.row;
  }
  return -1;
}

constexpr int thread_counts[] = {1, 2, 3, 7};

}  // namespace

TEST_CASE("host_rows brings home the exception of the lowest row, and results in order") {
  for (const int threads : thread_counts) {
    CAPTURE(threads);
    const host_rows rows{threads};
    std::vector<index_t> all(500);
    std::iota(all.begin(), all.end(), index_t(0));
    for (int turn = 0; turn < 20; ++turn)
      for (const std::vector<index_t>& bad :
           {std::vector<index_t>{0}, {499}, {17, 18, 400}, {250, 3, 499}, all, std::vector<index_t>{}}) {
        const index_t lowest = bad.empty() ? -1 : *std::min_element(bad.begin(), bad.end());
        const auto fails = [&](index_t i) { return std::find(bad.begin(), bad.end(), i) != bad.end(); };
        CHECK(thrower([&] { rows.each(500, [&](index_t i) { if (fails(i)) throw thrown_by{i}; }); }) == lowest);
        CHECK(thrower([&] {
                rows.map(all, [&](index_t i) {
                  if (fails(i)) throw thrown_by{i};
                  return i;
                });
              }) == lowest);
        const auto squares = rows.map(all, [](index_t i) { return i * i; });  // on with the same threads
        REQUIRE(squares.size() == all.size());
        for (const index_t i : all) REQUIRE(squares[static_cast<std::size_t>(i)] == i * i);
      }
    CHECK(rows.map(std::vector<int>{}, [](int x) { return x; }).empty());
    CHECK(thrower([&] { rows.each(1, [](index_t i) { throw thrown_by{i}; }); }) == 0);
    const auto odd = rows.map(all, [](index_t i) { return i % 2 == 1; });
    for (const index_t i : all) REQUIRE(odd[static_cast<std::size_t>(i)] == (i % 2 == 1));
  }
  CHECK_THROWS_AS(host_rows{0}, std::invalid_argument);
}

TEST_CASE("thread_crew runs every member to its end and brings home the exception of the lowest that threw") {
  for (const int threads : thread_counts) {
    CAPTURE(threads);
    thread_crew crew(threads);
    CHECK(crew.size() == threads);
    for (int turn = 0; turn < 100; ++turn)
      for (int first = 0; first <= threads; ++first) {
        std::atomic<int> ran{0};
        const index_t got = thrower([&] {
          crew.run([&](int k) {
            ran.fetch_add(1);
            if (k >= first) throw thrown_by{k};
          });
        });
        CHECK(got == (first < threads ? first : -1));
        CHECK(ran.load() == threads);
      }
  }
}

namespace {

/// Throws from an element of each(), and from a segment of for_segments() on ragged and on uniform segments.
template <class Backend>
void throws_come_home(const Backend& backend) {
  constexpr index_t n = 40000, rows = 400;  // enough for threads
  std::vector<index_t> offsets;
  for (index_t s = 0; s <= rows; ++s) offsets.push_back(s * n / rows);
  for (const segments& s : {segments::uniform(rows, n / rows), segments(offsets)})
    for (const index_t bad : {index_t(0), index_t(7), index_t(230), rows - 1, index_t(-1)}) {
      const auto program = [=](auto& team, index_t segment) {
        team.once([&] { if (bad >= 0 && segment >= bad) throw thrown_by{segment}; });
      };
      CHECK(thrower([&] { backend.for_segments(s, program); }) == bad);
    }
  for (const index_t bad : {index_t(0), index_t(20001), n - 1, index_t(-1)})
    CHECK(thrower([&] { backend.each(n, [=](index_t i) { if (bad >= 0 && i >= bad) throw thrown_by{i}; }); }) == bad);
  std::vector<index_t> out(static_cast<std::size_t>(n));
  const view<index_t> to = out;
  backend.each(n, [=](index_t i) { to[i] = i; });
  for (index_t i = 0; i < n; ++i) REQUIRE(to[i] == i);
}

}  // namespace

TEST_CASE("what an element or a segment throws comes home from the backends") {
  throws_come_home(scalar_backend());
#ifdef GUERDON_HAS_EIGEN
  for (const int threads : thread_counts) {
    CAPTURE(threads);
    throws_come_home(eigen_backend(threads));
  }
#endif
}

}  // namespace guerdon
