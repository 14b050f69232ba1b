#pragma once
// Reward against a running estimate of the group's mean, in units of its uncertainty: a scalar Kalman filter reads the
// rewards of a group one after the other.
//
// $$P' = P + q, \quad K = \frac{P'}{P' + s}, \quad x \leftarrow x + K (r - x), \quad P \leftarrow (1 - K) P', \qquad
//   A = \frac{r - x}{\sqrt{P} + \varepsilon}$$
//
// from $x_0$ and $P_0$ in every group, with process variance q and measurement variance s. `use = prior` takes x and P'
// from before the reward.
//
// Source: KRPO, arXiv:2505.07527.
//
// Details that differ:
// - The published code has the reward inside its own baseline (`posterior`), so that the first of a group, where K =
//   0.99, gets almost nothing. `prior` is this project's.
// - The result depends on the order inside the group, and a constant group is not 0, unlike every other advantage here.
//   With q = 0 and s = 1 the baseline is sum/(n + 1).
// - NaN reaches the later members of its group, and no other group. A reward that is the baseline gets 0 over whatever
//   uncertainty. A group may be empty. No gradient: advantages are constants for the loss.
// - grpo-composer feeds means of batches into one filter for all prompts; this is not it.
//
// Cost: 16 bytes per answer in float. One member walks a group.

#include <guerdon/core/shaping.hpp>

namespace guerdon {

enum class kalman_use { posterior, prior };
constexpr auto enumerators(kalman_use) { return std::array{"posterior", "prior"}; }

namespace op {
struct kalman_advantage {
  static constexpr info about{"kalman_advantage", "advantage", "Reward against a Kalman filter of its group (KRPO)",
                              "arXiv:2505.07527", skeleton::scan};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer, in order
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<T> baseline;   ///< [N] the filter's mean
    Of<T> variance;   ///< [N] its variance
  };
  struct options {
    double process_var = 1e-5;               ///< >= 0, by which the mean may move between rewards
    double meas_var = 1e-2;                  ///< > 0, of a reward around the mean
    double init_mean = 0;                    ///< where a group starts
    double init_var = 1;                     ///< >= 0, and how uncertain that is
    double epsilon = 1e-8;                   ///< >= 0, added to the deviation
    kalman_use use = kalman_use::posterior;  ///< the state after the reward, or before it
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("baseline", &O::baseline, "N"),
                      array("variance", &O::variance, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("process_var", &options::process_var, at_least(0, 0.1)),
                      option("meas_var", &options::meas_var, greater_than(0, 0.01, 1)),
                      option("init_mean", &options::init_mean), option("init_var", &options::init_var, at_least(0, 2)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)), choice("use", &options::use));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Down one group, one answer after the other.
template <class T, reward_shaping Shaping>
struct kalman_walk {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  segments groups;
  op::kalman_advantage::outputs<T> out;
  op::kalman_advantage::options o;

  /// Where nothing is asked of the group as a whole, each by itself.
  GUERDON_HD void operator()(index_t g) const {
    serial_team alone;
    (*this)(alone, g);
  }
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    team.once([&] {
      double mean = o.init_mean, variance = o.init_var;
      for (index_t k = 0; k < n; ++k) {
        const double r = reward(k);
        const double before = variance + o.process_var, gain = 1 / (1 + o.meas_var / before);
        const double after = gain * o.meas_var, moved = mean + gain * (r - mean);
        const bool prior = o.use == kalman_use::prior;
        const double baseline = prior ? mean : moved, spread = prior ? before : after;
        out.baseline[begin + k] = T(baseline);
        out.variance[begin + k] = T(spread);
        out.advantage[begin + k] = T(math::zero_select_product(r - baseline, 1 / (math::sqrt(spread) + o.epsilon)));
        mean = moved, variance = after;
      }
    });
  }
};

/// Writes those of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void kalman_advantage(const Backend& backend, const op::kalman_advantage::inputs<T>& in,
                      const op::kalman_advantage::outputs<T>& out, const op::kalman_advantage::options& o,
                      const Shaping& shaping) {
  check<op::kalman_advantage>(backend, in, out, o, shaping);
  const kalman_walk<T, Shaping> walk{{in.reward, shaping}, in.groups, out, o};
  if constexpr (std::is_same_v<Shaping, unshaped>) backend.each(in.groups.count(), walk);
  else backend.for_segments(in.groups, walk);
}

/// Writes them.
template <real T = float, backend Backend>
void kalman_advantage(const Backend& backend, const op::kalman_advantage::inputs<T>& in,
                      const op::kalman_advantage::outputs<T>& out, const op::kalman_advantage::options& o) {
  kalman_advantage(backend, in, out, o, unshaped());
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto kalman_advantage(const Backend& backend, const op::kalman_advantage::inputs<T>& in,
                      const op::kalman_advantage::options& o = {}) {
  return returned<op::kalman_advantage, T>(backend, in, o, [&](auto& out) { kalman_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto kalman_advantage(const op::kalman_advantage::options& o = {}) {
  return advantage_of<op::kalman_advantage>(o, [](const auto&... call) { kalman_advantage(call...); });
}

}}  // namespace guerdon
