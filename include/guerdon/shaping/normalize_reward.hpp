#pragma once
// Rewards divided by the running deviation of the discounted sum of past rewards, one of each environment.
//
// | mode | the sum R of an environment | statistics take | afterwards |
// |---|---|---|---|
// | sb3 | $\gamma R + r$ | all of a step | R = 0 at every end |
// | gym, one environment | $\gamma (1 - \text{terminated}) R + r$ | it | |
// | gym_vector | the same, not in the step behind an end | those that moved | |
// | gym_vector_same_step | the same | all of a step | R = 0 at every end |
//
// $$r' = r / \sqrt{v + \varepsilon}$$
//
// with the variance v of running_mean_std, into which a step is merged before its rewards are scaled; `sb3` cuts to
// `clip` as well. No mean is subtracted.
//
//   guerdon::normalize_reward scale{.options = {.gamma = 0.99}};
//   const std::vector<double> scaled = scale.update(reward, terminated, truncated);  // of one step, or of many rows
//
// Source: stable-baselines3 (VecNormalize); Gymnasium (NormalizeReward, for one environment and for vectors).
//
// Details that differ:
// - `gym` drops the past before it adds the terminal reward, so that this reward lives on in the next episode, and
//   takes no notice of truncation; both as released.
// - The sum is of past rewards, not of those to come.
// - Merged, two workers' environments stand side by side: how many sums there were is exact, their mean and variance
//   are to rounding (running_mean_std). The customary start counts 1e-4 in each; `{.var = 0, .count = 0}` counts
//   nothing.
// - Interrupted anywhere and continued with its state, it gives the same numbers.
//
// Cost: each reward read twice.

#include <guerdon/core/value.hpp>
#include <guerdon/statistics/running_mean_std.hpp>

#include <vector>

namespace guerdon {

/// Whose rules the discounted sum follows.
enum class reward_scaling { sb3, gym, gym_vector, gym_vector_same_step };
constexpr auto enumerators(reward_scaling) { return std::array{"sb3", "gym", "gym_vector", "gym_vector_same_step"}; }

namespace op {
struct normalize_reward : value_kind {
  static constexpr info about{"normalize_reward", "shaping",
                              "Rewards over the running deviation of their discounted sum", "arXiv:1811.02553",
                              skeleton::host};
  struct inputs {
    index_t columns = 0;                     ///< environments, E
    view<const double> reward;               ///< [T,E]
    view<const flag_t> terminated;           ///< [T,E] 1 = a terminal state was reached
    view<const flag_t> truncated;            ///< [T,E] 1 = the episode was cut off
    view<const double> running_return = {};  ///< [E] so far; left out: 0
    view<const flag_t> previous_end = {};    ///< [E] 1 = the step before ended an episode; read by gym_vector
  };
  struct outputs {
    std::vector<double> normalized_reward;  ///< [T,E]
    double mean = 0;                        ///< [1] of the sums so far
    double var = 0;                         ///< [1]
    double count = 0;                       ///< [1]
    std::vector<double> running_return;     ///< [E]
    std::vector<flag_t> previous_end;       ///< [E] ends of the last row
  };
  struct options {
    reward_scaling mode = reward_scaling::sb3;  ///< whose rules
    double gamma = 0.99;                        ///< in [0,1], discount of the sum
    double epsilon = 1e-8;                      ///< > 0, added to the variance
    double clip = 10;                           ///< >= 0, bound of the result for mode sb3
    double mean = 0;                            ///< of the sums so far
    double var = 1;                             ///< of the sums so far
    double count = 1e-4;                        ///< sums so far
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "E"), array("reward", &I::reward, "T,E"),
                      array("terminated", &I::terminated, "T,E", yes_or_no()),
                      array("truncated", &I::truncated, "T,E", yes_or_no()),
                      optional_array("running_return", &I::running_return, "E"),
                      optional_array("previous_end", &I::previous_end, "E", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("normalized_reward", &O::normalized_reward, "T,E"), array("mean", &O::mean, "1"),
                      array("var", &O::var, "1"), array("count", &O::count, "1"),
                      array("running_return", &O::running_return, "E"), array("previous_end", &O::previous_end, "E"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), option("gamma", &options::gamma, within(0, 1)),
                      option("epsilon", &options::epsilon, greater_than(0, 1e-8, 0.1)),
                      option("clip", &options::clip, at_least(0, 10)), option("mean", &options::mean),
                      option("var", &options::var, drawn(0, 2)), option("count", &options::count, drawn(0, 20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::normalize_reward::outputs updated(op::normalize_reward, const op::normalize_reward::inputs& in,
                                             const op::normalize_reward::options& o = {}) {
  const auto rule = check<op::normalize_reward>(in, o);
  using mode = reward_scaling;
  const auto environments = static_cast<std::size_t>(in.columns);
  const std::size_t steps = environments == 0 ? 0 : static_cast<std::size_t>(in.reward.size()) / environments;
  rule(o.mode != mode::gym || environments == 1, "reward", "has a shape of more than the one environment of mode gym");
  op::normalize_reward::outputs out{{}, o.mean, o.var, o.count, {}, {}};
  out.normalized_reward.reserve(steps * environments);
  out.running_return.assign(environments, 0);
  out.previous_end.assign(environments, 0);
  if (in.running_return) out.running_return.assign(in.running_return.begin(), in.running_return.end());
  if (in.previous_end) out.previous_end.assign(in.previous_end.begin(), in.previous_end.end());
  guerdon::running_mean_std seen{{o.mean}, {o.var}, o.count};
  std::vector<double> moved;
  for (std::size_t t = 0; t < steps; ++t) {
    const auto first = static_cast<index_t>(t * environments);
    moved.clear();
    for (std::size_t e = 0; e < environments; ++e) {
      const index_t i = first + static_cast<index_t>(e);
      if (o.mode == mode::gym_vector && out.previous_end[e]) continue;
      const bool forgets = o.mode != mode::sb3 && in.terminated[i];
      double& sum = out.running_return[e];
      sum = math::zero_select_product(forgets ? 0 : o.gamma, sum) + in.reward[i];
      moved.push_back(sum);
    }
    seen.update(moved);
    const double scale = 1 / math::sqrt(seen.var[0] + o.epsilon);
    for (std::size_t e = 0; e < environments; ++e) {
      const index_t i = first + static_cast<index_t>(e);
      const double scaled = in.reward[i] * scale;
      out.normalized_reward.push_back(o.mode == mode::sb3 ? math::clamp(scaled, -o.clip, o.clip) : scaled);
      out.previous_end[e] = in.terminated[i] || in.truncated[i];
      if (out.previous_end[e] && (o.mode == mode::sb3 || o.mode == mode::gym_vector_same_step))
        out.running_return[e] = 0;
    }
  }
  out.mean = seen.mean[0], out.var = seen.var[0], out.count = seen.count;
  return out;
}

}  // namespace GUERDON_ABI

/// The statistics, which stand in the options, and what each environment carries.
struct normalize_reward {
  op::normalize_reward::options options = {};
  std::vector<double> running_return = {};  ///< of each environment; empty before the first update
  std::vector<flag_t> previous_end = {};    ///< did its last step end an episode?

  static constexpr const char* name = "normalize_reward";
  static constexpr auto fields() {
    using self = normalize_reward;
    return std::tuple_cat(
        std::tuple(op::saved("running_return", &self::running_return), op::saved("previous_end", &self::previous_end)),
        op::saved_options<op::normalize_reward>(&self::options));
  }

  /// Scales the rewards of a step, one for each environment, or of several steps of `environments` each.
  [[gnu::always_inline]] std::vector<double> update(view<const double> reward, view<const flag_t> terminated,
                                                    view<const flag_t> truncated, index_t environments = 0) {
    if (environments == 0) environments = running_return.empty() ? reward.size() : index_t(running_return.size());
    op::normalize_reward::inputs in{environments, reward, terminated, truncated, {}, {}};
    if (!running_return.empty()) in.running_return = running_return, in.previous_end = previous_end;
    auto out = updated(op::normalize_reward(), in, options);
    options.mean = out.mean, options.var = out.var, options.count = out.count;
    running_return = std::move(out.running_return);
    previous_end = std::move(out.previous_end);
    return std::move(out.normalized_reward);
  }
  /// Takes all that another one has seen, whose environments then follow one's own.
  [[gnu::always_inline]] void merge(const normalize_reward& other) {
    const normalize_reward theirs = other;
    detail::merge_kept_moments(options, theirs.options);
    running_return.insert(running_return.end(), theirs.running_return.begin(), theirs.running_return.end());
    previous_end.insert(previous_end.end(), theirs.previous_end.begin(), theirs.previous_end.end());
  }
};

}  // namespace guerdon
