#pragma once
// How far a candidate's reward rises and falls with the human one over training: Pearson's correlation of two traces.
//
// $$\rho = \frac{\sum_t (a_t - \bar a)(b_t - \bar b)}{\sqrt{\sum_t (a_t - \bar a)^2}\,\sqrt{\sum_t (b_t - \bar b)^2}}$$
//
// Source: Eureka, arXiv:2310.12931; eureka-research/Eureka, eureka.py.
//
// Details that differ:
// - NaN for fewer than two points, for a trace of equal values (whose rounded mean would leave a tiny spread), and
//   where a value is not finite.
// - Deviations are taken in units of the trace's range, so that no square overflows or vanishes.
//
// Cost: two passes over each trace.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

namespace op {
struct reward_correlation : host_kind {
  static constexpr info about{"reward_correlation", "program", "Correlation of two rewards over training (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    view<const double> a;  ///< [T] mean of the human reward in each epoch
    view<const double> b;  ///< [T] mean of the candidate's
  };
  struct outputs {
    double correlation = 0;  ///< [1] in [-1, 1], or NaN
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("a", &I::a, "T"), array("b", &I::b, "T")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("correlation", &O::correlation, "1").or_nan()); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::reward_correlation::outputs reward_correlation(const op::reward_correlation::inputs& in,
                                                          const op::reward_correlation::options& o = {}) {
  check<op::reward_correlation>(in, o);
  serial_team team;
  const auto of = [&](view<const double> x) {
    return segment_moments(team, x.size(), [=](index_t t) { return x[t]; });
  };
  const moments a = of(in.a), b = of(in.b);
  if (in.a.size() < 2 || a.constant() || b.constant()) return {std::numeric_limits<double>::quiet_NaN()};
  double both = 0, of_a = 0, of_b = 0;
  for (index_t t = 0; t < in.a.size(); ++t) {
    const double x = (in.a[t] - a.mean) / (a.high - a.low), y = (in.b[t] - b.mean) / (b.high - b.low);
    both += x * y, of_a += x * x, of_b += y * y;
  }
  return {math::clamp(both / (math::sqrt(of_a) * math::sqrt(of_b)), -1.0, 1.0)};
}

}}  // namespace guerdon
