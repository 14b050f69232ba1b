// What a functor or a program throws comes home from every backend of the host: the first in the order of the plain
// loop, whatever threads and fibers worked on it, and the backend goes on.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include <guerdon/backend/thrust.hpp>
#endif

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace guerdon;

namespace {

struct thrown_at {
  index_t place;
};

/// f(backend) on every backend of the host.
template <class F>
void on_all(F f) {
  f(scalar_backend());
  for (const int members : {1, 7, 32})
    for (const auto order : {member_order::ascending, member_order::descending}) f(emulated_backend(members, order));
#ifdef GUERDON_HAS_EIGEN
  for (const int threads : {1, 2, 3, 8}) f(eigen_backend(threads));
#endif
#ifdef GUERDON_HAS_HOST_THRUST
  f(host_thrust());
#endif
}

/// Where launch() says it threw; -1: it did not.
template <class Launch>
index_t place_of(Launch launch) {
  try {
    launch();
  } catch (const thrown_at& e) {
    return e.place;
  }
  return -1;
}

constexpr index_t many = 40000;  // enough for the threads to be woken
const std::vector<std::set<index_t>> places{{}, {0}, {many - 1}, {31337, 12345, 39999}, {9999, 10000, 20000, 30000}};
index_t first_of(const std::set<index_t>& at) { return at.empty() ? -1 : *at.begin(); }

/// Throws at some elements, numbered through all segments, out of a collective that the segment's number chooses.
struct throwing_program {
  segments s;
  const std::set<index_t>* at;
  view<double> y;

  template <class Team>
  void operator()(Team& team, index_t i) const {
    const index_t begin = s.begin(i), n = s.size(i);
    const std::string alive(40, 'x');  // on the heap: a leak if a member is not unwound
    const auto f = [&](index_t k) {
      if (at->count(begin + k)) throw thrown_at{begin + k};
      y[begin + k] += double(alive.size());
      return 1.0;
    };
    team.each(n, [](index_t) {});
    if (i % 2) team.each(n, [&](index_t k) { f(k); });
    else team.sum(n, f);
    team.sum(n, [](index_t) { return 1.0; });
  }
};

}  // namespace

TEST_CASE("each: the first index that throws, and the next launch runs") {
  on_all([](const auto& backend) {
    std::vector<double> y(many);
    const view<double> out = y;
    for (const auto& at : places) {
      const auto* where = &at;
      CHECK(place_of([&] {
              backend.each(many, [=](index_t i) {
                if (where->count(i)) throw thrown_at{i};
                out[i] += 1;
              });
            }) == first_of(at));
    }
    std::fill(y.begin(), y.end(), 0.0);
    backend.each(many, [=](index_t i) { out[i] = double(i); });
    for (index_t i = 0; i < many; ++i) REQUIRE(out[i] == double(i));
  });
}

TEST_CASE("for_segments: the first segment that throws, and in it the first index") {
  std::vector<index_t> cuts{0, 0, 100};
  while (cuts.back() < many) cuts.push_back(std::min(many, cuts.back() + 1 + cuts.back() % 700));
  std::vector<index_t> lengths(40, 1000);
  on_all([&](const auto& backend) {
    std::vector<double> y(many);
    for (const segments& s : {segments(cuts), segments::uniform(many / 1000, 1000), segments::padded(1000, lengths),
                              segments::uniform(1, many)})
      for (const auto& at : places)
        CHECK(place_of([&] { backend.for_segments(s, throwing_program{s, &at, y}); }) == first_of(at));
  });
}

TEST_CASE("rows of text: the exception keeps its type and its message") {
  const std::vector<std::string> rows(many, "a row that is too long to lie inside the string object");
  on_all([&](const auto& backend) {
    std::vector<std::string> upper(rows.size());
    const view<std::string> out = upper;
    const view<const std::string> in = rows;
    const auto launch = [&] {
      backend.each(many, [=](index_t i) {
        if (i % 10000 == 9000) throw std::invalid_argument("row " + std::to_string(i));
        out[i] = in[i] + "!";
      });
    };
    CHECK_THROWS_WITH_AS(launch(), "row 9000", std::invalid_argument);
    CHECK_THROWS_WITH_AS(launch(), "row 9000", std::invalid_argument);
  });
}

TEST_CASE("recurrences in time bring their exceptions home, too") {
  on_all([](const auto& backend) {
    for (const auto& layout : {time_major(100, 400), batch_major(400, 100)})
      CHECK(place_of([&] {
              backend.recur_time_backward(
                  layout, [](index_t) { return 0.0; },
                  [](const time_index& at) {
                    if (at.b == 7 && at.t == 50) throw thrown_at{at.b};
                    return affine<double>{1.0, 0.5};
                  },
                  [](const time_index&, double, double) {});
            }) == 7);
  });
}

TEST_CASE("a call that throws gives its scratch memory back") {
  on_all([](const auto& backend) {
    const auto piece = [&] { return backend.scratch().template take<double>(5000).data(); };
    piece();  // takes the memory that the next ones are given again
    const double* const before = piece();
    for (int k = 0; k < 3; ++k)
      CHECK_THROWS_AS(reduce_array<add>(
                          backend, many,
                          [](index_t i) -> lanes<double, 1> {
                            if (i == 30000) throw thrown_at{i};
                            return {1.0};
                          },
                          [](const lanes<double, 1>&) {}),
                      thrown_at);
    CHECK(piece() == before);
    double total = 0;
    reduce_array<add>(
        backend, many, [](index_t) { return lanes{1.0}; }, [&](const lanes<double, 1>& t) { total = t[0]; });
    CHECK(total == double(many));
  });
}

TEST_CASE("members of a block that diverges or throws are unwound") {
  static int alive = 0;
  struct counted {
    counted() { ++alive; }
    counted(const counted&) = delete;
    ~counted() { --alive; }
  };
  const auto run = [](bool diverge) {
    emulated_backend(8).for_segments(segments::uniform(3, 40), [=](auto& team, index_t) {
      const counted here;
      bool first = false;
      team.once([&] { first = true; });
      team.sum(40, [](index_t) { return 1.0; });
      if (first && !diverge) throw thrown_at{0};
      if (!first) team.sum(40, [](index_t) { return 1.0; });
    });
  };
  CHECK_THROWS_AS(run(true), std::logic_error);
  CHECK(alive == 0);
  CHECK_THROWS_AS(run(false), thrown_at);
  CHECK(alive == 0);
}
