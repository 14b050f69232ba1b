#pragma once
// How often a model would beat a baseline if both wrote equally long: the win rate of a logistic fit, with the length
// taken out.
//
// $$\min_w \frac{1}{N} \sum_i \bigl( \mathrm{softplus}(f_i) - y_i f_i \bigr) + \frac{\lambda}{2} |w|^2, \qquad
//   f_i = w_l \tanh\frac{d_i}{\mathrm{std}(d)} + w_d\,q_i + w_0, \qquad
//   \text{rate} = \frac{100}{N} \sum_i \sigma(w_d\,q_i + w_0)$$
//
// for preferences y, differences d of length (baseline less model) and difficulties q of the instructions.
//
// Source: length-controlled AlpacaEval 2, arXiv:2404.04475, src/alpaca_eval/metrics/glm_winrate.py, for the form of the
// model.
//
// Details that differ:
// - The released fit has an L1 penalty, whose strength a seeded cross-validation chooses, and two baselines of other
//   lengths added with a total weight of 0.2; its numbers depend on the solver. Here all coefficients are penalised by
//   their squares, and the answer is one.
// - Newton's method from 0, each step halved until the loss does not rise beyond rounding, until no coefficient moves
//   by more than 1e-12 of the largest, or a hundred steps. With $\lambda > 0$ there is one minimum; without, perhaps none.
// - The deviation is the sample's. All lengths equal: nothing to control, and the coefficient of length is 0.
//
// Cost: the samples read twice per step, about six steps. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/judge/head_to_head_winrate.hpp>
#include <guerdon/preference/logistic.hpp>
#include <guerdon/statistics/moments.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace guerdon {
namespace op {
struct length_controlled_winrate : host_kind {
  static constexpr info about{"length_controlled_winrate", "judge",
                              "Win rate without what length explains (AlpacaEval 2)",
                              "arXiv:2404.04475", skeleton::host};
  struct inputs {
    view<const double> preference;         ///< [N] in [0, 1]: 1 = the model wins
    view<const double> length_difference;  ///< [N] length of the baseline's answer less that of the model's
    view<const double> difficulty = {};    ///< [N] of the instruction; left out: not in the model
  };
  struct outputs {
    double length_controlled_winrate = 0;  ///< [1] percent
    double standard_error = 0;             ///< [1] percent
    double raw_winrate = 0;                ///< [1] percent
    std::vector<double> coefficient;       ///< [C] length, difficulty if given, bias
  };
  struct options {
    double l2 = 0.01;  ///< > 0, of all coefficients
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("preference", &I::preference, "N", within(0, 1).without_nan()),
                      array("length_difference", &I::length_difference, "N", finite()),
                      optional_array("difficulty", &I::difficulty, "N", finite()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("length_controlled_winrate", &O::length_controlled_winrate, "1"),
                      array("standard_error", &O::standard_error, "1"), array("raw_winrate", &O::raw_winrate, "1"),
                      array("coefficient", &O::coefficient, "C"));
  }
  static constexpr auto parameters() { return std::tuple(option("l2", &options::l2, greater_than(0, 0.01, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace judge_numbers {

/// A logistic regression on length, difficulty and a bias, with soft labels and all coefficients penalised.
struct winrate_fit {
  static constexpr std::size_t size = 3;
  using vector = std::array<double, size>;
  view<const double> preference, difficulty;
  std::vector<double> length;  // tanh of the standardised difference
  double l2;

  vector features(index_t i) const {
    return {length[static_cast<std::size_t>(i)], difficulty ? difficulty[i] : 0, 1};
  }
  static double product(const vector& a, const vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

  double loss(const vector& w) const {
    double sum = 0;
    for (index_t i = 0; i < preference.size(); ++i) {
      const double f = product(w, features(i));
      sum += logistic(-f).loss - preference[i] * f;
    }
    return sum / static_cast<double>(preference.size()) + l2 / 2 * product(w, w);
  }
  /// Where Newton's step leads from w.
  vector newton_step(const vector& w) const {
    const double n = static_cast<double>(preference.size());
    vector g{};
    std::array<vector, size> h{};
    for (std::size_t j = 0; j < size; ++j) g[j] = l2 * w[j], h[j][j] = l2;
    for (index_t i = 0; i < preference.size(); ++i) {
      const vector x = features(i);
      const double p = math::sigmoid(product(w, x));
      for (std::size_t j = 0; j < size; ++j) {
        g[j] += (p - preference[i]) * x[j] / n;
        for (std::size_t k = 0; k < size; ++k) h[j][k] += p * (1 - p) * x[j] * x[k] / n;
      }
    }
    for (std::size_t j = 0; j < size; ++j)  // Gauss: h is positive definite, so no pivot is needed
      for (std::size_t i = j + 1; i < size; ++i) {
        const double factor = h[i][j] / h[j][j];
        for (std::size_t k = j; k < size; ++k) h[i][k] -= factor * h[j][k];
        g[i] -= factor * g[j];
      }
    vector step{};
    for (std::size_t j = size; j-- > 0;) {
      step[j] = g[j];
      for (std::size_t k = j + 1; k < size; ++k) step[j] -= h[j][k] * step[k];
      step[j] /= h[j][j];
    }
    return step;
  }
  vector solve() const {
    vector w{};
    for (int round = 0; round < 100; ++round) {
      const vector step = newton_step(w);
      const double before = loss(w);
      double moved = 0, largest = 0, part = 1;
      vector next{};
      do {
        for (std::size_t j = 0; j < size; ++j) next[j] = w[j] - part * step[j];
        part /= 2;
      } while (part > 1e-12 && !(loss(next) <= before * (1 + 1e-12)));
      for (std::size_t j = 0; j < size; ++j) {
        moved = std::max(moved, math::abs(next[j] - w[j]));
        largest = std::max(largest, math::abs(next[j]));
      }
      w = next;
      if (moved <= 1e-12 * largest) break;
    }
    return w;
  }
};

/// tanh of the differences over their sample deviation; 0 where they are all equal.
inline std::vector<double> bounded_differences(view<const double> difference) {
  double largest = 0;
  for (const double d : difference) largest = std::max(largest, math::abs(d));
  serial_team alone;
  // Divided by the largest first, so that squares stay in range.
  const double deviation = math::sqrt(segment_moments(alone, difference.size(), [&](index_t i) {
                                        return largest > 0 ? difference[i] / largest : 0;
                                      }).variance(1));
  std::vector<double> x;
  for (const double d : difference) x.push_back(deviation > 0 ? std::tanh(d / largest / deviation) : 0);
  return x;
}

}  // namespace judge_numbers

/// The rate, its standard error and the fit.
inline op::length_controlled_winrate::outputs length_controlled_winrate(
    const op::length_controlled_winrate::inputs& in, const op::length_controlled_winrate::options& o = {}) {
  const auto rule = check<op::length_controlled_winrate>(in, o);
  rule(in.preference.size() >= 2, "preference", "must hold at least 2 samples");
  const judge_numbers::winrate_fit fit{in.preference, in.difficulty,
                                       judge_numbers::bounded_differences(in.length_difference), o.l2};
  const auto w = fit.solve();
  std::vector<double> equal_length, raw(in.preference.begin(), in.preference.end());
  for (index_t i = 0; i < in.preference.size(); ++i)
    equal_length.push_back(math::sigmoid(w[1] * (in.difficulty ? in.difficulty[i] : 0) + w[2]));
  const auto rate = judge_numbers::percent_of(equal_length);
  op::length_controlled_winrate::outputs out{rate.mean, rate.error, judge_numbers::percent_of(raw).mean, {w[0]}};
  if (in.difficulty) out.coefficient.push_back(w[1]);
  out.coefficient.push_back(w[2]);
  return out;
}

}}  // namespace guerdon
