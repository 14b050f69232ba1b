#pragma once
// How often a model beats a baseline, in percent, and how sure that is.
//
// $$w = \frac{100}{n} \sum_i v_i, \qquad \mathrm{se} = 100 \sqrt{\frac{\sum_i (v_i - \bar v)^2}{n\,(n - 1)}}, \qquad
//   v = p - 1$$
//
// for preferences p of AlpacaEval: 1 where the baseline wins, 2 where the model does, 1.5 or 0 for a draw, graded
// between.
//
// Source: AlpacaEval, arXiv:2404.04475, src/alpaca_eval/metrics/helpers.py.
//
// Details that differ:
// - NaN and numbers outside [1, 2] are dropped; 0 is 1.5. Nothing left: NaN.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <limits>
#include <vector>

namespace guerdon {
namespace op {
struct head_to_head_winrate : host_kind {
  static constexpr info about{"head_to_head_winrate", "judge", "Win rate against a baseline (AlpacaEval)",
                              "arXiv:2404.04475", skeleton::host};
  struct inputs {
    view<const double> preference;  ///< [N] 1 = baseline, 2 = model, 1.5 or 0 = draw
  };
  struct outputs {
    double win_rate = 0;        ///< [1] percent
    double standard_error = 0;  ///< [1] percent; NaN below two preferences
    index_t n_wins = 0;         ///< [1]
    index_t n_wins_base = 0;    ///< [1]
    index_t n_draws = 0;        ///< [1]
    index_t n_total = 0;        ///< [1] preferences that counted
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("preference", &I::preference, "N", drawn(0.8, 2.2))); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("win_rate", &O::win_rate, "1").or_nan(),
                      array("standard_error", &O::standard_error, "1").or_nan(), array("n_wins", &O::n_wins, "1"),
                      array("n_wins_base", &O::n_wins_base, "1"), array("n_draws", &O::n_draws, "1"),
                      array("n_total", &O::n_total, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace judge_numbers {

/// In percent: the mean, and its standard error, NaN below two values.
struct percent {
  double mean, error;
};
inline percent percent_of(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {100 * mean, n < 2 ? std::numeric_limits<double>::quiet_NaN() : 100 * math::sqrt(squares / (n * (n - 1)))};
}

}  // namespace judge_numbers

/// The rates of all preferences.
inline op::head_to_head_winrate::outputs head_to_head_winrate(const op::head_to_head_winrate::inputs& in,
                                                              const op::head_to_head_winrate::options& o = {}) {
  check<op::head_to_head_winrate>(in, o);
  op::head_to_head_winrate::outputs out;
  std::vector<double> values;
  for (const double given : in.preference) {
    const double p = given == 0 ? 1.5 : given;
    if (!(p >= 1 && p <= 2)) continue;
    values.push_back(p - 1);
    out.n_wins += p > 1.5, out.n_wins_base += p < 1.5, out.n_draws += p == 1.5;
  }
  const auto rate = judge_numbers::percent_of(values);
  out.win_rate = rate.mean, out.standard_error = rate.error;
  out.n_total = static_cast<index_t>(values.size());
  return out;
}

}}  // namespace guerdon
