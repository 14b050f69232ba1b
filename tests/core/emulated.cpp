// The emulator shows what a single thread cannot: missing barriers, divergent collectives. Both are planted
// here and seen; and the guarantee that programs rely on holds for every team.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

using guerdon::emulated_backend;
using guerdon::index_t;
using guerdon::member_order;
using guerdon::segments;
using guerdon::view;

namespace {

/// y[i] = x[i] + x[i-1] doubled, with the neighbour read from what another member may not have written yet.
struct missing_barrier {
  view<const int> x;
  view<int> doubled, y;

  template <class Team>
  void operator()(Team& team, index_t) const {
    team.each(x.size(), [&](index_t i) { doubled[i] = 2 * x[i]; });
    // Here a result would have to travel through a collective: there is none.
    team.each(x.size(), [&](index_t i) { y[i] = doubled[i] + doubled[i == 0 ? x.size() - 1 : i - 1]; });
  }
};

/// The same sum where each index reads only what it wrote itself, and its neighbour from the input.
struct right_program {
  view<const int> x;
  view<int> doubled, y;

  template <class Team>
  void operator()(Team& team, index_t) const {
    team.each(x.size(), [&](index_t i) { doubled[i] = 2 * x[i]; });
    team.each(x.size(), [&](index_t i) { y[i] = doubled[i] + 2 * x[i == 0 ? x.size() - 1 : i - 1]; });
  }
};

template <class Program>
std::vector<int> run(int members, member_order order) {
  std::vector<int> x(50), doubled(50, -1), y(50, -1);
  std::iota(x.begin(), x.end(), 1);
  emulated_backend(members, order).for_segments(segments::uniform(1, 50), Program{x, doubled, y});
  return y;
}

}  // namespace

TEST_CASE(
    "a missing barrier shows: the two orders of the members disagree with each other or with one member") {
  const auto alone = run<missing_barrier>(1, member_order::ascending);
  const auto up = run<missing_barrier>(7, member_order::ascending),
             down = run<missing_barrier>(7, member_order::descending);
  CHECK((up != alone || down != alone));
  CHECK(up != down);
  const auto right = run<right_program>(1, member_order::ascending);
  CHECK(right == alone);
  for (const int members : {2, 7, 32})
    for (const auto order : {member_order::ascending, member_order::descending})
      CHECK(run<right_program>(members, order) == right);
}

TEST_CASE("divergent collectives are caught and named") {
  const auto message = [](int members, auto program) {
    const emulated_backend backend(members);
    try {
      backend.for_segments(segments::uniform(1, 50), program);
    } catch (const std::logic_error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  // Member 0 sums alone.
  const auto alone = [](auto& team, index_t) {
    bool first = false;
    team.once([&] { first = true; });
    if (first) (void)team.sum(50, [](index_t) { return 1.0; });
  };
  CHECK(message(1, alone) == "");
  CHECK(message(7, alone) == "divergent collectives: member 0 waits in reduce while member 1 has finished");
  // Members wait in different collectives.
  const auto different = [](auto& team, index_t) {
    bool first = false;
    team.once([&] { first = true; });
    double x = 0;
    if (first)
      x = team.sum(50, [](index_t) { return 1.0; });
    else
      team.recur_backward(
          50, x,
          [](index_t) {
            return guerdon::affine<double>{1, 1};
          },
          [](index_t, double, double) {});
  };
  CHECK(message(7, different) ==
        "divergent collectives: member 0 waits in reduce while member 1 waits in recur_backward");
  // And an innocent program runs after a guilty one.
  CHECK(message(7, [](auto& team, index_t) { (void)team.sum(3, [](index_t) { return 1.0; }); }) == "");
}

namespace {

/// Which member visits which index, in every collective of a program.
struct visits {
  static constexpr index_t n = 131;
  view<int> member_of, wrong;

  template <class Team>
  void operator()(Team& team, index_t) const {
    int me = 0;  // a number of its own for every member
    team.each(n, [&](index_t i) {
      if (me == 0) me = static_cast<int>(i) + 1;
      member_of[i] = me;
    });
    const auto seen = [&](index_t i) { wrong[i] += member_of[i] != me; };
    (void)team.sum(n, [&](index_t i) {
      seen(i);
      return 0.0;
    });
    (void)team.template reduce<guerdon::add, guerdon::highest>(n, [&](index_t i) {
      seen(i);
      return guerdon::lanes{0.0, 0.0};
    });
    team.recur_backward(
        n, 0.0,
        [&](index_t i) {
          seen(i);
          return guerdon::affine<double>{1, 1};
        },
        [&](index_t i, double, double) { seen(i); });
    team.recur_forward(
        n, 0.0,
        [&](index_t i) {
          seen(i);
          return guerdon::affine<double>{1, 1};
        },
        [&](index_t i, double, double) { seen(i); });
    team.each(n, seen);
  }
};

template <class Backend>
void check_visits(const Backend& backend) {
  std::vector<int> member_of(visits::n), wrong(visits::n);
  backend.for_segments(segments::uniform(1, visits::n), visits{member_of, wrong});
  CHECK(std::accumulate(wrong.begin(), wrong.end(), 0) == 0);
}

}  // namespace

TEST_CASE("member k visits the same indices in every collective of a program") {
  check_visits(guerdon::scalar_backend{});
  for (const int members : {1, 2, 7, 32, 64}) check_visits(emulated_backend{members});
#ifdef GUERDON_HAS_EIGEN
  check_visits(guerdon::eigen_backend{});
#endif
}

TEST_CASE("scans of many members are the serial recurrence") {
  std::vector<double> a(97), m(97);
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = static_cast<double>(i % 7) - 3, m[i] = i % 5 == 0 ? 0 : 0.9;
  const auto run = [&](const auto& backend, bool forward) {
    std::vector<double> x(97), neighbour(97);
    backend.for_segments(segments::uniform(1, 97), [&](auto& team, index_t) {
      const auto load = [&](index_t i) {
        return guerdon::affine<double>{a[static_cast<std::size_t>(i)], m[static_cast<std::size_t>(i)]};
      };
      const auto store = [&](index_t i, double value, double other) {
        x[static_cast<std::size_t>(i)] = value;
        neighbour[static_cast<std::size_t>(i)] = other;
      };
      if (forward)
        team.recur_forward(97, 2.5, load, store);
      else
        team.recur_backward(97, 2.5, load, store);
    });
    x.insert(x.end(), neighbour.begin(), neighbour.end());
    return x;
  };
  for (const bool forward : {false, true}) {
    const auto want = run(guerdon::scalar_backend{}, forward);
    for (const int members : {1, 7, 32}) {
      const auto got = run(emulated_backend{members}, forward);
      for (std::size_t i = 0; i < want.size(); ++i) CHECK(std::abs(got[i] - want[i]) <= 1e-12);
    }
  }
}
