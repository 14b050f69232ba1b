// Moments at huge offsets: two passes inside a block and Chan's merge across blocks keep the digits that the
// textbook's sum of squares loses.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/statistics/moments.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using guerdon::index_t;
using guerdon::moments;
using guerdon::view;

namespace {

template <class T, class Backend>
moments moments_of(const Backend& backend, const std::vector<T>& x) {
  std::vector<moments> result(1);
  const view<const T> v = x;
  guerdon::array_moments(
      backend, v.size(), [=](index_t i) { return guerdon::counted_value<T>{v[i], true}; }, view<moments>(result));
  return result[0];
}

/// Every third value does not count, and is NaN.
template <class T, class Backend>
moments counted_moments_of(const Backend& backend, const std::vector<T>& x) {
  std::vector<moments> result(1);
  const view<const T> v = x;
  guerdon::array_moments(
      backend, v.size(),
      [=](index_t i) {
        const bool counted = i % 3 != 2;
        return guerdon::counted_value<T>{counted ? v[i] : std::numeric_limits<T>::quiet_NaN(), counted};
      },
      view<moments>(result));
  return result[0];
}

struct exact_moments {
  long double mean = 0, variance = 0;
};
template <class T>
exact_moments exact(const std::vector<T>& x, bool every_third_left_out = false) {
  exact_moments e;
  long double n = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!every_third_left_out || i % 3 != 2) e.mean += static_cast<long double>(x[i]), ++n;
  e.mean /= n;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!every_third_left_out || i % 3 != 2)
      e.variance += std::pow(static_cast<long double>(x[i]) - e.mean, 2.0L) / n;
  return e;
}

/// What the textbook does in the same type: E[x^2] - E[x]^2.
template <class T>
T naive_variance(const std::vector<T>& x) {
  T sum = 0, squares = 0;
  for (const T v : x) sum += v, squares += v * v;
  const T n = static_cast<T>(x.size());
  return squares / n - (sum / n) * (sum / n);
}

template <class T>
std::vector<T> shifted(std::size_t n, double offset, double spread) {
  std::vector<T> x(n);
  std::uint32_t state = 12345;
  for (T& v : x) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<T>(offset + spread * (static_cast<double>(state) / 4294967296.0 - 0.5));
  }
  return x;
}

double error(double got, long double want) {
  return std::abs(got - static_cast<double>(want)) / std::abs(static_cast<double>(want));
}

template <class T, class Backend>
void check_accuracy(const Backend& backend) {
  const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
  for (const std::size_t n : {5u, 33u, 4096u, 4097u, 100000u})
    for (const double offset : {0.0, 1e2, -1e4, 1e6}) {
      // Spread over a few hundred of the type's steps at that offset.
      const double spread = offset == 0 ? 1 : 512 * epsilon * std::abs(offset);
      const auto x = shifted<T>(n, offset, spread);
      CAPTURE(n);
      CAPTURE(offset);
      const exact_moments want = exact(x), some = exact(x, true);
      const moments got = moments_of(backend, x), part = counted_moments_of(backend, x);
      CHECK(got.count == static_cast<double>(n));
      CHECK(std::abs(got.mean - static_cast<double>(want.mean)) <= 2 * epsilon * (std::abs(offset) + spread));
      // The means of the blocks are doubles: their last digit counts where the spread is that small.
      const double bound = 20 * epsilon + 8 * 0x1p-52 * std::abs(offset) / spread;
      CHECK(error(got.variance(0), want.variance) <= bound);
      CHECK(error(part.variance(0), some.variance) <= bound);
      if (std::abs(offset) >= 1e4) CHECK(error(static_cast<double>(naive_variance(x)), want.variance) > 0.5);
    }
}

}  // namespace

TEST_CASE_TEMPLATE("moments keep their digits at a huge offset, where the textbook's lose them all", T, float,
                   double) {
  check_accuracy<T>(guerdon::scalar_backend{});
  check_accuracy<T>(guerdon::emulated_backend{7});
#ifdef GUERDON_HAS_EIGEN
  check_accuracy<T>(guerdon::eigen_backend{1});
  check_accuracy<T>(guerdon::eigen_backend{2});
#endif
}

TEST_CASE_TEMPLATE("constant data has a spread of exactly 0 and its own value as mean", T, float, double) {
  for (const double c : {0.1, 1.0 / 3, 777.7, -1e-30, 1e30})
    for (const std::size_t n : {1u, 3u, 4097u, 20000u}) {
      const moments m = moments_of(guerdon::scalar_backend{}, std::vector<T>(n, static_cast<T>(c)));
      CHECK(m.mean == static_cast<double>(static_cast<T>(c)));
      CHECK(m.variance(0) == 0);
      CHECK(m.variance(1) == 0);
      CHECK(m.constant());
    }
}

TEST_CASE("moments of nothing, of one number, and with NaN among them") {
  const moments none = moments_of(guerdon::scalar_backend{}, std::vector<double>{});
  CHECK(none.count == 0);
  CHECK(none.mean == 0);
  CHECK(none.variance(1) == 0);
  const moments one = moments_of(guerdon::scalar_backend{}, std::vector<double>{4});
  CHECK(one.mean == 4);
  CHECK(one.variance(1) == 0);
  std::vector<double> x(5000, 1.0);
  x[4321] = std::numeric_limits<double>::quiet_NaN();
  const moments m = moments_of(guerdon::scalar_backend{}, x);
  CHECK(std::isnan(m.mean));
  CHECK(std::isnan(m.variance(1)));
  CHECK_FALSE(m.constant());
}

TEST_CASE("merging is the moments of both sets together, whatever the order and the sizes") {
  const auto all = shifted<double>(9000, 1e6, 1);
  const exact_moments want = exact(all);
  for (const std::size_t cut : {0u, 1u, 4500u, 8999u, 9000u}) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(cut);
    const moments a = moments_of(guerdon::scalar_backend{}, std::vector(all.begin(), middle));
    const moments b = moments_of(guerdon::scalar_backend{}, std::vector(middle, all.end()));
    for (const moments& m : {merge(a, b), merge(b, a)}) {
      CHECK(m.count == 9000);
      CHECK(error(m.mean, want.mean) <= 1e-15);
      CHECK(error(m.variance(0), want.variance) <= 1e-9);
    }
  }
}
