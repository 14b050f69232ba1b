#pragma once
// Mean and variance of all vectors seen so far, feature by feature.
//
// $$\mu' = \mu + \delta\,\frac{n}{c + n}, \qquad
//   v' = \frac{v c + v_b n + \delta^2 c n / (c + n)}{c + n}, \qquad c' = c + n, \qquad \delta = \mu_b - \mu$$
//
// for a batch of n rows with mean $\mu_b$ and variance $v_b$.
//
//   guerdon::running_mean_std seen{.mean = {0, 0, 0}, .var = {1, 1, 1}};
//   seen.update(rows);  // [n,3], row by row
//
// Source: stable-baselines3 and Gymnasium (RunningMeanStd); Chan, Golub and LeVeque 1979.
//
// Details that differ:
// - The customary start is mean 0, variance 1 and a count of 1e-4: the first batch dominates, and its variance is not
//   quite its own. `{.count = 0}` with a variance of 0 gives plain moments.
// - `ddof` = 1 takes the sample variance of the batch, which counts as 0 for one row; one public code base gets NaN
//   there.
// - Counts of merged parts are exactly those of the whole, mean and variance within rounding: the state is the
//   published one, which holds no exact sums. Those that have seen nothing take the other's bits.
// - A NaN stays in the state for good. An empty batch changes nothing.
// - running_moments keeps the same state as a sum of squares, with the bounds, and refuses what is not finite.
//
// Cost: the batch is read twice.

#include <guerdon/core/value.hpp>
#include <guerdon/statistics/moments.hpp>

#include <vector>

namespace guerdon {

inline namespace GUERDON_ABI {
namespace detail {

/// Merges a batch, row by row of one number for each feature, into the state of each.
inline void merge_rows(std::vector<double>& mean, std::vector<double>& var, double& count, view<const double> rows,
                       double ddof) {
  const index_t features = static_cast<index_t>(mean.size()), n = features == 0 ? 0 : rows.size() / features;
  require(n * features == rows.size(), "running_mean_std", "rows", "must hold one number for each feature");
  if (n == 0) return;
  for (std::size_t d = 0; d < mean.size(); ++d) {
    serial_team team;
    moments batch = segment_moments(team, n, [&](index_t i) { return rows[i * features + static_cast<index_t>(d)]; });
    batch.m2 = batch.variance(ddof) * batch.count;
    const moments all = merge(moments{count, mean[d], var[d] * count}, batch);
    mean[d] = all.mean;
    var[d] = all.m2 / all.count;
  }
  count += static_cast<double>(n);
}
/// The same of two states.
inline void merge_states(std::vector<double>& mean, std::vector<double>& var, double& count,
                         const std::vector<double>& other_mean, const std::vector<double>& other_var,
                         double other_count) {
  require(mean.size() == other_mean.size(), "running_mean_std", "other", "must have as many features");
  if (other_count == 0) return;
  if (count == 0) {
    mean = other_mean, var = other_var, count = other_count;
    return;
  }
  for (std::size_t d = 0; d < mean.size(); ++d) {
    const moments all =
        merge(moments{count, mean[d], var[d] * count}, moments{other_count, other_mean[d], other_var[d] * other_count});
    mean[d] = all.mean;
    var[d] = all.m2 / all.count;
  }
  count += other_count;
}

}  // namespace detail
}  // namespace GUERDON_ABI

/// The state, and how it takes rows.
struct running_mean_std {
  std::vector<double> mean = {0}, var = {1};  ///< [D]
  double count = 1e-4;                        ///< rows so far
  index_t ddof = 0;                           ///< of the variance of a batch

  static constexpr const char* name = "running_mean_std";
  static constexpr auto fields() {
    using self = running_mean_std;
    return std::tuple(op::saved("mean", &self::mean), op::saved("var", &self::var), op::saved("count", &self::count),
                      op::saved("ddof", &self::ddof));
  }

  /// Takes rows of one number for each feature, end to end.
  [[gnu::always_inline]] void update(view<const double> rows) {
    detail::merge_rows(mean, var, count, rows, static_cast<double>(ddof));
  }
  /// Takes all that another one has seen.
  [[gnu::always_inline]] void merge(const running_mean_std& other) {
    const running_mean_std copy = other;
    detail::merge_states(mean, var, count, copy.mean, copy.var, copy.count);
  }
};

inline namespace GUERDON_ABI { namespace detail {

/// Takes another's moments in, where both keep those of one number among their options.
template <class Options>
void merge_kept_moments(Options& own, const Options& other) {
  guerdon::running_mean_std seen{.mean = {own.mean}, .var = {own.var}, .count = own.count};
  seen.merge({.mean = {other.mean}, .var = {other.var}, .count = other.count});
  own.mean = seen.mean[0], own.var = seen.var[0], own.count = seen.count;
}

}}  // namespace GUERDON_ABI::detail

namespace op {
struct running_mean_std : value_kind {
  static constexpr info about{"running_mean_std", "statistics", "Mean and variance of all vectors seen so far", "",
                              skeleton::host};
  struct inputs {
    view<const double> x = {};     ///< [N] one feature, or:
    view<const double> rows = {};  ///< [N,D] D features each
    index_t features = 0;          ///< D; 0 where nothing says it: 1
    view<const double> mean = {};  ///< [D] so far; left out: 0
    view<const double> var = {};   ///< [D] so far; left out: 1
  };
  struct outputs {
    std::vector<double> mean;  ///< [D]
    std::vector<double> var;   ///< [D]
    double count = 0;          ///< [1]
  };
  struct options {
    double count = 1e-4;  ///< >= 0, rows so far
    index_t ddof = 0;     ///< 0 or 1: the variance of a batch divides by n - ddof
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(optional_array("x", &I::x, "N"), optional_array("rows", &I::rows, "N,D").in_files("x"),
                      extent("features", &I::features, "D"), optional_array("mean", &I::mean, "D"),
                      optional_array("var", &I::var, "D", at_least(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("mean", &O::mean, "D"), array("var", &O::var, "D"), array("count", &O::count, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("count", &options::count, at_least(0, 20)), option("ddof", &options::ddof, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::running_mean_std::outputs updated(op::running_mean_std, const op::running_mean_std::inputs& in,
                                             const op::running_mean_std::options& o = {}) {
  const auto rule = check<op::running_mean_std>(in, o);
  rule(in.rows || in.x, "x", "is required and was not given");
  const index_t features = in.x || in.features == 0 ? 1 : in.features;
  rule(!in.mean || in.mean.size() == features, "mean", "must have one number for each feature");
  rule(!in.var || in.var.size() == features, "var", "must have one number for each feature");
  const auto of = [&](view<const double> given, double start) {
    return given ? std::vector<double>(given.begin(), given.end())
                 : std::vector<double>(static_cast<std::size_t>(features), start);
  };
  guerdon::running_mean_std state{of(in.mean, 0), of(in.var, 1), o.count, o.ddof};
  state.update(in.x ? in.x : in.rows);
  return {state.mean, state.var, state.count};
}

}  // namespace GUERDON_ABI

}  // namespace guerdon
