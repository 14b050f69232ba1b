// The teams of the CUDA backend, guerdon's own and those built from CUB, text for text, on fibers: against the
// blackboard loop, for every length class and every size around their borders.

#include "cub_on_fibers.hpp"

#include <guerdon/backend/cub_collectives.hpp>
#include <guerdon/backend/scalar.hpp>

#include <doctest/doctest.h>

#include <random>

using namespace guerdon;

namespace {

using emulated_cub = basic_emulated_gpu<device::team<device::cub_collectives<fiber_machine>>>;

std::vector<double> random_numbers(index_t n, unsigned seed) {
  std::mt19937 source(seed);
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& v : x) v = std::uniform_real_distribution<double>(-1, 1)(source);
  return x;
}

std::vector<index_t> cut(const std::vector<index_t>& lengths) {
  std::vector<index_t> offsets{0};
  for (const index_t n : lengths) offsets.push_back(offsets.back() + n);
  return offsets;
}

std::vector<index_t> around_the_borders() {
  std::vector<index_t> lengths;
  for (const index_t n : {0, 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 255, 256, 257, 511, 512, 513, 2000, 3000, 3001, 5003})
    lengths.insert(lengths.end(), {n, 0, n});
  return lengths;
}

/// Several collectives in a row; what one wrote the next one reads.
struct mixed_program {
  segments s;
  view<const double> x;
  view<double> y, total;

  template <class Team>
  void operator()(Team& team, index_t i) const {
    const index_t begin = s.begin(i), n = s.size(i);
    const auto first = team.template reduce<add, lowest, highest>(n, [&](index_t k) {
      y[begin + k] = x[begin + k] * 2;
      return lanes{x[begin + k], x[begin + k], x[begin + k]};
    });
    const double second = team.sum(n, [&](index_t k) { return y[begin + k] + first[2] - first[1]; });
    team.each(n, [&](index_t k) { y[begin + k] += second; });
    team.once([&] { total[i] = first[0]; });
  }
};

struct recurrence_program {
  segments s;
  view<const double> x;
  view<double> y;
  bool backward;

  template <class Team>
  void operator()(Team& team, index_t i) const {
    const index_t begin = s.begin(i), n = s.size(i);
    const auto load = [&](index_t k) { return affine<double>{x[begin + k], k % 11 == 5 ? 0.0 : 0.9}; };
    const auto store = [&](index_t k, double here, double before) { y[begin + k] = here + 3 * before; };
    if (backward) team.recur_backward(n, 0.25, load, store);
    else team.recur_forward(n, 0.25, load, store);
  }
};

void check_close(const std::vector<double>& got, const std::vector<double>& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("element " << i);
    REQUIRE(got[i] == doctest::Approx(want[i]).epsilon(1e-12));
  }
}

template <class Backend>
std::vector<double> run_mixed(const Backend& backend, const segments& s, const std::vector<double>& x) {
  std::vector<double> y(x.size()), total(static_cast<std::size_t>(s.count()));
  backend.for_segments(s, mixed_program{s, x, y, total});
  y.insert(y.end(), total.begin(), total.end());
  return y;
}

template <class Backend>
std::vector<double> run_recurrence(const Backend& backend, const segments& s, const std::vector<double>& x,
                                   bool backward) {
  std::vector<double> y(x.size());
  backend.for_segments(s, recurrence_program{s, x, y, backward});
  return y;
}

}  // namespace

TEST_CASE_TEMPLATE("a launch over segments of every length is the blackboard loop", gpu_type,
                   emulated_gpu, emulated_cub) {
  const auto offsets = cut(around_the_borders());
  const auto x = random_numbers(offsets.back(), 1);
  const segments s(offsets);
  for (const int processors : {1, 5, 132}) {
    const gpu_type gpu(processors);
    check_close(run_mixed(gpu, s, x), run_mixed(scalar_backend(), s, x));
    for (const bool backward : {false, true})
      check_close(run_recurrence(gpu, s, x, backward), run_recurrence(scalar_backend(), s, x, backward));
  }
}

TEST_CASE_TEMPLATE("uniform and padded segments are cut as ragged ones are", gpu_type, emulated_gpu, emulated_cub) {
  for (const index_t length : {0, 3, 40, 300}) {
    const index_t count = 41;
    const auto x = random_numbers(count * length, 2);
    const auto s = segments::uniform(count, length);
    check_close(run_mixed(gpu_type(3), s, x), run_mixed(scalar_backend(), s, x));
    std::vector<index_t> lengths(static_cast<std::size_t>(count));
    for (index_t i = 0; i < count; ++i) lengths[static_cast<std::size_t>(i)] = i * length / count;
    const auto padded = segments::padded(length, lengths);
    check_close(run_recurrence(gpu_type(3), padded, x, true), run_recurrence(scalar_backend(), padded, x, true));
  }
}

TEST_CASE_TEMPLATE("a segment's result does not depend on its neighbours or on the machine", gpu_type,
                   emulated_gpu, emulated_cub) {
  const auto lengths = around_the_borders();
  const auto offsets = cut(lengths);
  const auto x = random_numbers(offsets.back(), 3);
  const auto together = run_mixed(gpu_type(2), segments(offsets), x);
  CHECK(together == run_mixed(gpu_type(132), segments(offsets), x));
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::vector<double> part(x.begin() + offsets[i], x.begin() + offsets[i + 1]);
    const auto alone = run_mixed(gpu_type(1), segments::uniform(1, lengths[i]), part);
    for (std::size_t k = 0; k < part.size(); ++k)
      CHECK(alone[k] == together[static_cast<std::size_t>(offsets[i]) + k]);
  }
}

namespace {
struct total_of {
  view<const double> x;
  view<double> total;

  template <class Team>
  void operator()(Team& team, index_t) const {
    const double sum = team.sum(x.size(), [&](index_t k) { return x[k]; });
    team.once([&] { total[0] = sum; });
  }
};
}  // namespace

TEST_CASE_TEMPLATE("what follows a launch sees all that it wrote, with the bits of a launch of its own", gpu_type,
                   emulated_gpu, emulated_cub) {
  const auto offsets = cut(around_the_borders());
  const auto x = random_numbers(offsets.back(), 6);
  const segments s(offsets);
  std::vector<double> y(x.size()), total(static_cast<std::size_t>(s.count())), wanted(1), got(1);
  for (const int processors : {1, 5, 132}) {
    const gpu_type gpu(processors);
    gpu.for_segments(s, mixed_program{s, x, y, total});
    gpu.for_segments(segments::uniform(1, s.count()), total_of{total, wanted});
    for (int turn = 0; turn < 2; ++turn) {
      got[0] = 0;
      std::fill(total.begin(), total.end(), 0.0);
      for_segments_then(gpu, s, mixed_program{s, x, y, total}, s.count(), total_of{total, got});
      CHECK(got == wanted);
    }
  }
  for_segments_then(emulated_gpu(), segments::uniform(0, 3), mixed_program{}, 0, total_of{{}, got});
  CHECK(got[0] == 0);
}

TEST_CASE_TEMPLATE("recurrences in time: strips, a team per column, both layouts", gpu_type,
                   emulated_gpu, emulated_cub) {
  for (const index_t columns : {1, 3, 31, 32, 33, 70})
    for (const index_t steps : {0, 1, 7, 8, 9, 64, 65, 131})
      for (const bool batch_major_layout : {false, true}) {
        const auto layout = batch_major_layout ? batch_major(columns, steps) : time_major(steps, columns);
        const auto x = random_numbers(columns * steps, 4);
        const auto end = random_numbers(columns, 5);
        const auto run = [&](const auto& backend) {
          std::vector<double> y(x.size());
          const view<double> out = y;
          const view<const double> in = x, last = end;
          backend.recur_time_backward(
              layout, [=](index_t b) { return last[b]; },
              [=](const time_index& at) { return affine<double>{in[at.i], at.t % 5 == 2 ? 0.0 : 0.95}; },
              [=](const time_index& at, double here, double next) { out[at.i] = here - 0.5 * next; });
          return y;
        };
        INFO(columns << " columns, " << steps << " steps");
        for (const int processors : {1, 132}) check_close(run(gpu_type(processors)), run(scalar_backend()));
      }
}

TEST_CASE("members that wait for different things are caught") {
  const auto divergent = [](auto& team, index_t) {
    bool first = false;
    team.once([&] { first = true; });
    if (first) team.sum(4, [](index_t) { return 1.0; });
  };
  CHECK_THROWS_AS(emulated_gpu().for_segments(segments::uniform(1, 40), divergent), std::logic_error);
}

TEST_CASE("what a member throws comes home, and the block goes on") {
  const emulated_gpu gpu;
  const auto program = [](auto& team, index_t i) {
    const std::string alive(40, 'x');
    team.sum(40, [&](index_t k) {
      if (i == 1 && k == 30) throw std::length_error(alive);
      return 1.0;
    });
  };
  for (int k = 0; k < 2; ++k) CHECK_THROWS_AS(gpu.for_segments(segments::uniform(2, 40), program), std::length_error);
  gpu.for_segments(segments::uniform(1, 40), program);
}

TEST_CASE("a reduction that reads what a neighbour wrote shows") {
  std::vector<double> on_gpu(64), on_board(64);
  const auto racy = [](view<double> y) {
    return [y](auto& team, index_t) {
      team.each(y.size(), [&](index_t i) { y[i] = double(i); });
      team.each(y.size(), [&](index_t i) { y[i] += i + 1 < y.size() ? y[i + 1] : 0; });
    };
  };
  emulated_gpu().for_segments(segments::uniform(1, 64), racy(on_gpu));
  scalar_backend().for_segments(segments::uniform(1, 64), racy(on_board));
  CHECK(on_gpu != on_board);
}
