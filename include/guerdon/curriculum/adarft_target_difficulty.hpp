#pragma once
// The difficulty to train on next: harder while the reward is above its target, easier below.
//
// $$d' = \mathrm{clip}\bigl(d + \eta \tanh(\alpha\,(\bar r - \beta)),\ d_{min},\ d_{max}\bigr)$$
//
//   guerdon::adarft_target_difficulty difficulty;
//   difficulty.update(rewards);  // of a batch; then train on what is nearest to difficulty.options.current_target
//
// Source: AdaRFT, arXiv:2504.05520.
//
// Details that differ:
// - Two targets do not merge: the rewards were earned at the difficulty that each had chosen, and every step is cut to
//   the bounds from where the one before stood. Gather the rewards and update once.
// - No reward: unchanged. A NaN among them makes the target NaN.
//
// Cost: each reward read once.

#include <guerdon/core/value.hpp>

#include <cmath>

namespace guerdon {

namespace op {
struct adarft_target_difficulty : value_kind {
  static constexpr info about{"adarft_target_difficulty", "curriculum",
                              "Difficulty to train on next, steered by the reward (AdaRFT)", "arXiv:2504.05520",
                              skeleton::host};
  struct inputs {
    view<const double> reward;  ///< [N] summed reward of each sequence
  };
  struct outputs {
    double target_difficulty = 0;  ///< [1]
  };
  struct options {
    double current_target = 0;    ///< d
    double target_reward = 0.5;   ///< beta
    double sensitivity = 2;       ///< alpha
    double step_size = 50;        ///< eta
    double min_difficulty = 0;    ///< at most max_difficulty
    double max_difficulty = 100;  ///< at least min_difficulty
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("target_difficulty", &O::target_difficulty, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("current_target", &options::current_target, drawn(0, 100)),
                      option("target_reward", &options::target_reward), option("sensitivity", &options::sensitivity),
                      option("step_size", &options::step_size, drawn(0, 60)),
                      option("min_difficulty", &options::min_difficulty, drawn(0, 20)),
                      option("max_difficulty", &options::max_difficulty, drawn(30, 100)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::adarft_target_difficulty::outputs updated(op::adarft_target_difficulty,
                                                     const op::adarft_target_difficulty::inputs& in,
                                                     const op::adarft_target_difficulty::options& o = {}) {
  const auto rule = check<op::adarft_target_difficulty>(in, o);
  rule(o.min_difficulty <= o.max_difficulty, "min_difficulty", "must not be greater than max_difficulty");
  if (in.reward.size() == 0) return {o.current_target};
  double sum = 0;
  for (const double r : in.reward) sum += r;
  const double excess = sum / static_cast<double>(in.reward.size()) - o.target_reward;
  const double next = o.current_target + o.step_size * std::tanh(o.sensitivity * excess);
  return {math::clamp(next, o.min_difficulty, o.max_difficulty)};
}

}  // namespace GUERDON_ABI

/// The target, which stands in the options.
struct adarft_target_difficulty {
  op::adarft_target_difficulty::options options = {};

  static constexpr const char* name = "adarft_target_difficulty";
  static constexpr auto fields() {
    return op::saved_options<op::adarft_target_difficulty>(&adarft_target_difficulty::options);
  }

  /// Takes the rewards of a batch; returns the new target.
  [[gnu::always_inline]] double update(view<const double> reward) {
    return options.current_target = updated(op::adarft_target_difficulty(), {reward}, options).target_difficulty;
  }
};

}  // namespace guerdon
