#pragma once
// Rewards of a ranking model on a common scale, small ones left out.
//
// $$z = \frac{x - \mu}{\sqrt v}, \qquad r = z\,[z > \eta]$$
//
// with the mean and variance of running_mean_std, into which the batch is merged first, with its sample variance.
//
//   guerdon::oni_ranking_reward scale;
//   const std::vector<double> reward = scale.update(raw);
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni, learner.py.
//
// Details that differ:
// - The released code computes z, then adds the raw reward: {.passthrough = true}. The default is what paper and names
//   intend.
// - Between the threshold and 0 rewards stay negative. A variance of 0 makes z 0; NaN stays NaN. An empty batch changes
//   nothing. The code's offline predecessor takes moments of all data, and the threshold as a quantile.
//
// Cost: each reward read twice.

#include <guerdon/core/value.hpp>
#include <guerdon/statistics/running_mean_std.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct oni_ranking_reward : value_kind {
  static constexpr info about{"oni_ranking_reward", "exploration", "Ranking model's rewards, scaled and cut off (ONI)",
                              "arXiv:2410.23022", skeleton::host};
  struct inputs {
    view<const double> raw_reward;  ///< [N]
  };
  struct outputs {
    std::vector<double> reward;  ///< [N]
    double mean = 0;             ///< [1] so far
    double var = 0;              ///< [1]
    double count = 0;            ///< [1]
  };
  struct options {
    double threshold = -0.5;   ///< eta, up to which z counts as 0
    bool passthrough = false;  ///< the raw reward, as released
    double mean = 0;           ///< so far
    double var = 1;            ///< so far
    double count = 1e-4;       ///< rewards so far
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("raw_reward", &I::raw_reward, "N")); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("mean", &O::mean, "1"), array("var", &O::var, "1"),
                      array("count", &O::count, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(-1, 1)),
                      flag("passthrough", &options::passthrough), option("mean", &options::mean),
                      option("var", &options::var, drawn(0.1, 2)), option("count", &options::count, drawn(0.1, 20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::oni_ranking_reward::outputs updated(op::oni_ranking_reward, const op::oni_ranking_reward::inputs& in,
                                               const op::oni_ranking_reward::options& o = {}) {
  check<op::oni_ranking_reward>(in, o);
  guerdon::running_mean_std seen{.mean = {o.mean}, .var = {o.var}, .count = o.count, .ddof = 1};
  seen.update(in.raw_reward);
  op::oni_ranking_reward::outputs out{{}, seen.mean[0], seen.var[0], seen.count};
  for (const double raw : in.raw_reward) {
    const double z = out.var == 0 ? 0 : (raw - out.mean) / math::sqrt(out.var);
    out.reward.push_back(o.passthrough ? raw : z <= o.threshold ? 0 : z);
  }
  return out;
}

}  // namespace GUERDON_ABI

/// The statistics, which stand in the options.
struct oni_ranking_reward {
  op::oni_ranking_reward::options options = {};

  static constexpr const char* name = "oni_ranking_reward";
  static constexpr auto fields() { return op::saved_options<op::oni_ranking_reward>(&oni_ranking_reward::options); }

  /// Takes a batch in and scales it.
  [[gnu::always_inline]] std::vector<double> update(view<const double> raw_reward) {
    auto out = updated(op::oni_ranking_reward(), {raw_reward}, options);
    options.mean = out.mean, options.var = out.var, options.count = out.count;
    return std::move(out.reward);
  }
  /// Takes all that another one has seen.
  [[gnu::always_inline]] void merge(const oni_ranking_reward& other) {
    detail::merge_kept_moments(options, other.options);
  }
};

}  // namespace guerdon
