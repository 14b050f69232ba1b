// Rows as long as vocabularies: the Eigen backend reads them piece by piece, and tells the k largest from a short list. The
// scalar backend, which does neither, says what comes out; and what is excluded, not a number or the same everywhere.

#include <guerdon/backend/eigen.hpp>
#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#include <guerdon/distillation/skewed_kl_loss.hpp>
#include <guerdon/distillation/topk_support.hpp>
#include <guerdon/distillation/total_variation_loss.hpp>
#include <guerdon/objective/entropy_from_logits.hpp>
#include <guerdon/objective/jsd_from_logits.hpp>
#include <guerdon/objective/kl_from_logits.hpp>
#include <guerdon/objective/logprob_from_logits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;
constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
const scalar_backend reference;
const eigen_backend cpu;

struct row_pair {
  const char* name;
  numbers x, y;
};

/// Rows of n logits, all of which are floats.
std::vector<row_pair> rows_of(std::size_t n) {
  std::mt19937 random(static_cast<unsigned>(n));
  const auto normal = [&](double scale) {
    std::normal_distribution<float> distribution(0, static_cast<float>(scale));
    numbers x(n);
    for (double& v : x) v = static_cast<double>(distribution(random));
    return x;
  };
  const auto changed = [](numbers x, auto f) {
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = f(j, x[j]);
    return x;
  };
  const numbers plain = normal(3), other = normal(3);
  const std::size_t begin = std::min<std::size_t>(n / 3, 4096), end = n - begin;
  std::vector<row_pair> rows{{"normal", plain, other}, {"equal", plain, plain}, {"wide", normal(60), other}};
  rows.push_back({"excluded at the beginning",
                  changed(plain, [&](std::size_t j, double v) { return j < begin ? -inf : v; }), other});
  rows.push_back({"excluded at the end", changed(plain, [&](std::size_t j, double v) { return j < end ? v : -inf; }),
                  changed(other, [&](std::size_t j, double v) { return j < end ? v : -inf; })});
  rows.push_back({"rising", changed(plain, [&](std::size_t j, double v) { return std::floor(v + double(j) / 4); }),
                  changed(other, [&](std::size_t j, double v) { return std::floor(v + double(j) / 4); })});
  rows.push_back(
      {"falling", changed(plain, [&](std::size_t j, double v) { return std::floor(v - double(j)); }), other});
  rows.push_back({"constant", numbers(n, 2.0), numbers(n, -3.0)});
  rows.push_back({"few values", changed(plain, [](std::size_t, double v) { return std::floor(v); }), other});
  rows.push_back({"nothing", numbers(n, -inf), other});
  rows.push_back({"not a number, and far below",
                  changed(plain, [&](std::size_t j, double v) { return j + 1 == n ? nan : j < end ? v : v - 3000; }),
                  other});
  rows.push_back({"infinite", changed(plain, [&](std::size_t j, double v) { return j == n / 2 ? inf : v; }), other});
  rows.push_back({"no teacher", plain, changed(other, [&](std::size_t j, double v) { return j == n / 2 ? nan : v; })});
  rows.push_back({"no mass of the teacher's", plain,
                  changed(other, [&](std::size_t j, double v) { return j == n / 2 ? -inf : v; })});
  return rows;
}

template <class T>
std::vector<T> as(const numbers& x) {
  std::vector<T> y;
  for (const double v : x) y.push_back(T(v));
  return y;
}

template <class T>
void near(const char* what, const std::vector<T>& got, const std::vector<double>& want, double tolerance) {
  CAPTURE(what);
  REQUIRE(got.size() == want.size());
  double scale = 0, off = 0;
  index_t differ = 0;
  for (const double w : want)
    if (std::isfinite(w)) scale = std::max(scale, std::abs(w));
  for (std::size_t i = 0; i < want.size(); ++i) {
    const auto g = static_cast<double>(got[i]);
    if (std::isfinite(want[i])) off = std::max(off, std::isfinite(g) ? std::abs(g - want[i]) : inf);
    else differ += !(g == want[i] || (std::isnan(g) && std::isnan(want[i])));
  }
  CHECK(differ == 0);
  CHECK(off <= tolerance * (scale + 1e-2));
}

template <class T>
void compare(const row_pair& row, double tolerance) {
  CAPTURE(row.name);
  CAPTURE(row.x.size());
  const auto n = static_cast<index_t>(row.x.size());
  const segments rows = segments::uniform(1, n);
  const std::vector<index_t> token{n / 3};
  const auto x = as<T>(row.x), y = as<T>(row.y);
  const numbers X = row.x, Y = row.y;
  for (const bool writes : {false, true}) {
    std::vector<T> value(1), gradient(writes ? x.size() : 0);
    numbers Value(1), Gradient(gradient.size());
    const auto grad = writes ? view<T>(gradient) : view<T>();
    const auto Grad = writes ? view<double>(Gradient) : view<double>();
    const auto check = [&](const char* what) {
      near(what, value, Value, tolerance);
      near(what, gradient, Gradient, tolerance);
    };
    entropy_from_logits<T>(cpu, {.rows = rows, .logits = x}, {.entropy = value, .grad_logits = grad}, {});
    entropy_from_logits<double>(reference, {.rows = rows, .logits = X}, {.entropy = Value, .grad_logits = Grad}, {});
    check("entropy");
    std::vector<T> squares(1);
    numbers Squares(1);
    logprob_from_logits<T>(cpu, {.rows = rows, .logits = x, .token = token},
                           {.logprob = value, .grad_logits = grad, .sum_pi_squared = squares}, {});
    logprob_from_logits<double>(reference, {.rows = rows, .logits = X, .token = token},
                                {.logprob = Value, .grad_logits = Grad, .sum_pi_squared = Squares}, {});
    check("logprob");
    near("squares", squares, Squares, tolerance);
    for (const auto direction : {kl_direction::forward, kl_direction::reverse}) {
      kl_from_logits<T>(cpu, {rows, x, y}, {.kl = value, .grad_logits = grad}, {.direction = direction});
      kl_from_logits<double>(reference, {rows, X, Y}, {.kl = Value, .grad_logits = Grad}, {.direction = direction});
      if (std::isfinite(Value[0])) check("kl");
      else near("kl", value, Value, tolerance);
    }
    jsd_from_logits<T>(cpu, {rows, x, y}, {.divergence = value, .grad_logits = grad}, {});
    jsd_from_logits<double>(reference, {rows, X, Y}, {.divergence = Value, .grad_logits = Grad}, {});
    check("jsd");
    std::vector<T> divergence(1);
    numbers Divergence(1);
    for (const auto direction : {kl_direction::forward, kl_direction::reverse})
      for (const double skew : {0.1, 1.0}) {
        const op::skewed_kl_loss::options o{.direction = direction, .skew = skew};
        skewed_kl_loss<T>(cpu, {rows, x, y}, {value, divergence, grad}, o);
        skewed_kl_loss<double>(reference, {rows, X, Y}, {Value, Divergence, Grad}, o);
        check("skewed");
      }
    total_variation_loss<T>(cpu, {rows, x, y}, {value, divergence, grad}, {});
    total_variation_loss<double>(reference, {rows, X, Y}, {Value, Divergence, Grad}, {});
    check("total variation");
  }
}

/// By a sort.
std::vector<index_t> largest(const numbers& x, index_t k) {
  std::vector<index_t> order(x.size());
  std::iota(order.begin(), order.end(), index_t(0));
  std::erase_if(order, [&](index_t j) { return !(x[static_cast<std::size_t>(j)] > -inf); });
  const auto logit = [&](index_t j) { return x[static_cast<std::size_t>(j)]; };
  std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return logit(a) > logit(b); });
  order.resize(static_cast<std::size_t>(k), -1);
  return order;
}

}  // namespace

TEST_CASE("rows of a vocabulary: pieces add up to the row") {
  for (const std::size_t n : {4095u, 4097u, 13000u})
    for (const row_pair& row : rows_of(n)) compare<float>(row, 2e-5);
  for (const row_pair& row : rows_of(8200)) compare<double>(row, 1e-12);
}

TEST_CASE("rows of a vocabulary: the k largest of a short list are the k largest") {
  const emulated_backend device(32);
  for (const std::size_t n : {4095u, 4096u, 9000u})
    for (const row_pair& row : rows_of(n))
      for (const index_t k : {1, 64, 256, 257}) {
        CAPTURE(row.name);
        CAPTURE(n);
        CAPTURE(k);
        const auto rows = segments::uniform(1, static_cast<index_t>(n));
        const auto x = as<float>(row.x);
        const auto want = largest(row.x, k);
        CHECK(topk_support<float>(cpu, {rows, x, x}, {.k = k}).support == want);
        if (k == 64) CHECK(topk_support<float>(device, {rows, x, x}, {.k = k}).support == want);
      }
}
