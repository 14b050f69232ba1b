#pragma once
// Maximum-likelihood advantage: the centred reward over the group's mean, so that a rare success weighs one over its
// probability.
//
// $$A_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{mean}(r_g) + \varepsilon}$$
//
// For rewards 0 and 1 the mean estimates the probability $p$ of a right answer; a lone success among $n$ answers gets
// $n - 1$, where GRPO gives it about $\sqrt{n}$ and Dr.GRPO less than 1.
//
// Source: MaxRL, arXiv:2602.02710.
//
// Details that differ:
// - A negative reward is an error: divided by a negative mean every sign would turn around (prime-rl and SkyRL assume
//   there is none). A backend whose memory the host cannot read does not check that; there a group whose mean is below
//   0 gets 0. Rewards of -1 and 1 become usable as (r + 1)/2.
// - A group whose mean is 0 gets 0, as does a constant group.
// - Epsilon: prime-rl uses none, which is the default here; SkyRL adds 1e-6.
// - Group of one: 0, or with `singleton = score` the reward itself, undivided.
// - NaN or infinity makes its whole group NaN. A group may be empty, groups may differ in size.
//
// Cost: one pass over the rewards, read from cache three times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct maxrl_advantage {
  static constexpr info about{"maxrl_advantage", "advantage", "Centred reward over the group's mean (MaxRL)",
                              "arXiv:2602.02710", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer, >= 0
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    double epsilon = 0;                               ///< >= 0, added to the mean
    singleton_rule singleton = singleton_rule::zero;  ///< zero or score
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", at_least(0, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("singleton", &options::singleton).first(2));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct maxrl_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::maxrl_advantage::inputs<T> in;
  view<T> advantage;
  singleton_rule singleton;
  double epsilon;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto centred = centre_group(team, n, reward, {.singleton = singleton});
    const double mean = centred.group.mean;
    const double divisor = centred.lone() ? 1 : mean > 0 ? mean + epsilon : std::numeric_limits<double>::infinity();
    team.each(n, [&](index_t i) { advantage[begin + i] = T(centred(reward(i)) / divisor + 0.0); });  // no -0
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void maxrl_advantage(const Backend& backend, const op::maxrl_advantage::inputs<T>& in,
                     const op::maxrl_advantage::outputs<T>& out, const op::maxrl_advantage::options& o,
                     const Shaping& shaping) {
  check<op::maxrl_advantage>(backend, in, out, o, shaping);
  backend.for_segments(in.groups, maxrl_program<T, Shaping>{
                                      {in.reward, shaping}, in, out.advantage, o.singleton, double(T(o.epsilon))});
}

/// Writes the advantages.
template <real T = float, backend Backend>
void maxrl_advantage(const Backend& backend, const op::maxrl_advantage::inputs<T>& in,
                     const op::maxrl_advantage::outputs<T>& out, const op::maxrl_advantage::options& o) {
  maxrl_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto maxrl_advantage(const Backend& backend, const op::maxrl_advantage::inputs<T>& in,
                     const op::maxrl_advantage::options& o = {}) {
  return returned<op::maxrl_advantage, T>(backend, in, o, [&](auto& out) { maxrl_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto maxrl_advantage(const op::maxrl_advantage::options& o = {}) {
  return advantage_of<op::maxrl_advantage>(o, [](const auto&... call) { maxrl_advantage(call...); });
}

}}  // namespace guerdon
