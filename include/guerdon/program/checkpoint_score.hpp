#pragma once
// What a reward program is worth: the best policy of each training run, and mean and spread of that over the runs.
//
// $$m_r = \max_{t \in C} x_{rt}, \qquad
//   C = \{\lfloor (k + 1)\, T / n \rfloor - 1 : k = 0 \ldots n - 1\} \cap \mathbb{N} \text{ or all}$$
//
// Source: Eureka, arXiv:2310.12931 (n evenly spaced policies); eureka-research/Eureka, eureka.py (every logged value).
//
// Details that differ:
// - The default is the released code's; `checkpoints` is the paper's, whose exact places are this project's choice: the
//   last logged value is always one.
// - The deviation is that of the runs as a population. NaN among the values looked at makes its run NaN, and with it
//   mean and std.
//
// Cost: one pass.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/statistics/moments.hpp>

#include <vector>

namespace guerdon {

enum class checkpoint_choice { all, checkpoints };
constexpr auto enumerators(checkpoint_choice) { return std::array{"all", "checkpoints"}; }

namespace op {
struct checkpoint_score : host_kind {
  static constexpr info about{"checkpoint_score", "program", "Score of a reward program over training runs (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    index_t runs = 0;           ///< R >= 1, such as seeds
    view<const double> metric;  ///< [R,T] the task metric as logged, T >= 1
  };
  struct outputs {
    std::vector<double> per_run;  ///< [R]
    double mean = 0;              ///< [1]
    double std = 0;               ///< [1] of the population
  };
  struct options {
    checkpoint_choice mode = checkpoint_choice::all;  ///< every logged value, or some
    index_t num_checkpoints = 10;                     ///< >= 1, for mode checkpoints
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("runs", &I::runs, "R"), array("metric", &I::metric, "R,T"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("per_run", &O::per_run, "R"), array("mean", &O::mean, "1"), array("std", &O::std, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode),
                      option("num_checkpoints", &options::num_checkpoints, counts_from(1, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::checkpoint_score::outputs checkpoint_score(const op::checkpoint_score::inputs& in,
                                                      const op::checkpoint_score::options& o = {}) {
  const auto rule = check<op::checkpoint_score>(in, o);
  rule(in.metric.size() > 0, "metric", "must hold at least one run of one value");
  const index_t length = in.metric.size() / in.runs;
  // As many checkpoints as values, or more, are all of them.
  const index_t n = o.mode == checkpoint_choice::all ? length : std::min(o.num_checkpoints, length);
  op::checkpoint_score::outputs out;
  for (index_t r = 0; r < in.runs; ++r) {
    const double* const x = in.metric.data() + r * length;
    double best = x[length - 1];
    for (index_t k = 1; k < n; ++k) best = math::nan_max(best, x[k * length / n - 1]);
    out.per_run.push_back(best);
  }
  serial_team team;
  const moments m = segment_moments(team, in.runs, [&](index_t r) { return out.per_run[static_cast<std::size_t>(r)]; });
  out.mean = m.mean, out.std = math::sqrt(m.variance(0));
  return out;
}

}}  // namespace guerdon
