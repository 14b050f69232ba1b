#pragma once
// Intrinsic rewards divided by the running deviation of their discounted sum.
//
// $$f_t = \gamma f_{t-1} + b_t, \qquad \hat b_t = \frac{b_t}{\sqrt{v + \varepsilon}}$$
//
// with the variance v of running_mean_std, into which the T E sums of a call are merged before its rewards are scaled.
//
//   guerdon::rnd_reward_normalize scale;
//   const std::vector<double> scaled = scale.update(bonus, environments);  // of one step, or of many rows
//
// Source: Burda et al. 2018, arXiv:1810.12894 (random network distillation).
//
// Details that differ:
// - The sum runs on through ends of episodes: intrinsic returns are not episodic. No mean is subtracted.
// - A widely copied reimplementation transposes its buffer and filters across environments instead of time, and counts
//   a call as E values instead of T E. This is the original's intent.
//
// Cost: each reward read twice.

#include <guerdon/core/value.hpp>
#include <guerdon/statistics/running_mean_std.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct rnd_reward_normalize : value_kind {
  static constexpr info about{"rnd_reward_normalize", "exploration", "Intrinsic rewards over a running deviation (RND)",
                              "arXiv:1810.12894", skeleton::host};
  struct inputs {
    index_t columns = 0;             ///< environments, E
    view<const double> bonus;        ///< [T,E] of rnd_bonus
    view<const double> filter = {};  ///< [E] discounted sums so far; left out: 0
  };
  struct outputs {
    std::vector<double> normalized;  ///< [T,E]
    double mean = 0;                 ///< [1] of the sums so far
    double var = 0;                  ///< [1]
    double count = 0;                ///< [1]
    std::vector<double> filter;      ///< [E]
  };
  struct options {
    double mean = 0;      ///< of the sums so far
    double var = 1;       ///< of the sums so far
    double count = 1e-4;  ///< sums so far
    double gamma = 0.99;  ///< discount of the sum
    double epsilon = 0;   ///< added to the variance
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "E"), array("bonus", &I::bonus, "T,E", drawn(0, 2)),
                      optional_array("filter", &I::filter, "E"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("normalized", &O::normalized, "T,E"), array("mean", &O::mean, "1"),
                      array("var", &O::var, "1"), array("count", &O::count, "1"), array("filter", &O::filter, "E"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("mean", &options::mean), option("var", &options::var, drawn(0.1, 2)),
                      option("count", &options::count, drawn(0.1, 20)), option("gamma", &options::gamma, drawn(0, 1)),
                      option("epsilon", &options::epsilon, drawn(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::rnd_reward_normalize::outputs updated(op::rnd_reward_normalize, const op::rnd_reward_normalize::inputs& in,
                                                 const op::rnd_reward_normalize::options& o = {}) {
  check<op::rnd_reward_normalize>(in, o);
  op::rnd_reward_normalize::outputs out{{}, o.mean, o.var, o.count, {}};
  out.filter.assign(static_cast<std::size_t>(in.columns), 0);
  if (in.filter) out.filter.assign(in.filter.begin(), in.filter.end());
  std::vector<double> sums;
  for (index_t i = 0; i < in.bonus.size(); ++i) {
    double& sum = out.filter[static_cast<std::size_t>(i % in.columns)];
    sum = math::zero_select_product(o.gamma, sum) + in.bonus[i];
    sums.push_back(sum);
  }
  guerdon::running_mean_std seen{.mean = {o.mean}, .var = {o.var}, .count = o.count};
  seen.update(sums);
  out.mean = seen.mean[0], out.var = seen.var[0], out.count = seen.count;
  for (const double bonus : in.bonus) out.normalized.push_back(bonus / math::sqrt(out.var + o.epsilon));
  return out;
}

}  // namespace GUERDON_ABI

/// The statistics, which stand in the options, and the sum of each environment.
struct rnd_reward_normalize {
  op::rnd_reward_normalize::options options = {};
  std::vector<double> filter = {};  ///< of each environment; empty before the first update

  static constexpr const char* name = "rnd_reward_normalize";
  static constexpr auto fields() {
    using self = rnd_reward_normalize;
    return std::tuple_cat(std::tuple(op::saved("filter", &self::filter)),
                          op::saved_options<op::rnd_reward_normalize>(&self::options));
  }

  /// Scales the bonuses of a step, one for each environment, or of several steps of `environments` each.
  [[gnu::always_inline]] std::vector<double> update(view<const double> bonus, index_t environments = 0) {
    if (environments == 0) environments = filter.empty() ? bonus.size() : index_t(filter.size());
    op::rnd_reward_normalize::inputs in{environments, bonus, {}};
    if (!filter.empty()) in.filter = filter;
    auto out = updated(op::rnd_reward_normalize(), in, options);
    options.mean = out.mean, options.var = out.var, options.count = out.count;
    filter = std::move(out.filter);
    return std::move(out.normalized);
  }
  /// Takes all that another one has seen, whose environments then follow one's own.
  [[gnu::always_inline]] void merge(const rnd_reward_normalize& other) {
    const std::vector<double> theirs = other.filter;
    detail::merge_kept_moments(options, other.options);
    filter.insert(filter.end(), theirs.begin(), theirs.end());
  }
};

}  // namespace guerdon
