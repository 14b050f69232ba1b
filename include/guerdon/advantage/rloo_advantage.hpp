#pragma once
// Leave-one-out advantage: each answer's reward minus the mean of the other answers to the same prompt.
//
// $$A_i = r_i - \frac{1}{n-1} \sum_{j \ne i} r_j
//   = \frac{n}{n-1} \left(r_i - \mathrm{mean}(r_g)\right)$$
//
// With `normalize` the advantages of the batch are then brought to mean 0 and deviation 1:
// $(A - \mathrm{mean}) / (\mathrm{std} + \varepsilon)$.
//
// Source: RLOO, Ahmadian et al., arXiv:2402.14740, section 3.3; Kool et al., "Buy 4 REINFORCE samples", 2019.
//
// Details that differ:
// - Group of one, which has no others: 0 here, in TRL, SkyRL and verl's vectorised version; verl's looped
//   version returns the reward (`singleton = score`); OpenRLHF divides 0 by 0.
// - Constant group (all rewards equal): exactly 0, tested as max == min.
// - `normalize` runs over the members of groups of two and more. Groups of one keep what `singleton` gave
//   them, and neither they nor excluded rewards take part.
// - NaN or infinity makes its whole group NaN, of one too, and with `normalize` all groups of two and more. With
//   `nan_policy = exclude` a NaN reward takes part in nothing and gets 0, with `exclude_non_finite` an infinite one
//   too.
// - A group may be empty, groups may differ in size. No gradient: advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache three times; two more with `normalize`.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct rloo_advantage {
  static constexpr info about{"rloo_advantage", "advantage", "Reward minus the mean of the other answers (RLOO)",
                              "arXiv:2402.14740", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    singleton_rule singleton = singleton_rule::zero;  ///< zero or score
    bool normalize = false;                           ///< bring the batch to mean 0 and deviation 1 afterwards
    double epsilon = 1e-4;                            ///< >= 0, added to the deviation (normalize only)
    index_t ddof = 1;  ///< 0 or 1: the variance divides by n - ddof (normalize only)
    guerdon::nan_policy nan_policy = nan_policy::propagate;  ///< what a NaN or infinite reward does
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("singleton", &options::singleton).first(2), flag("normalize", &options::normalize),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      option("ddof", &options::ddof, within(0, 1)), choice("nan_policy", &options::nan_policy));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct rloo_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::rloo_advantage::inputs<T> in;
  view<T> advantage;
  centring_rule centring;
  view<flag_t> outside;  // normalize only: what it passes by, groups of one and rewards that are left out

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto centred = centre_group(team, n, reward, centring);
    team.each(n, [&](index_t i) { advantage[begin + i] = T(centred(reward(i))); });
    if (outside)
      team.each(n, [&](index_t i) {
        outside[begin + i] = flag_t(centred.lone() || left_out(reward(i), centring.nan_policy));
      });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void rloo_advantage(const Backend& backend, const op::rloo_advantage::inputs<T>& in,
                    const op::rloo_advantage::outputs<T>& out, const op::rloo_advantage::options& o,
                    const Shaping& shaping) {
  check<op::rloo_advantage>(backend, in, out, o, shaping);
  const index_t n = in.reward.size();
  auto scratch = backend.scratch();
  const auto outside = o.normalize ? scratch.template take<flag_t>(n) : view<flag_t>();
  const centring_rule centring{advantage_baseline::leave_one_out, o.singleton, o.nan_policy};
  backend.for_segments(in.groups, rloo_program<T, Shaping>{{in.reward, shaping}, in, out.advantage, centring, outside});
  if (!o.normalize) return;

  const auto groups = in.groups;
  const auto advantage = out.advantage;
  const auto takes_part = [=] GUERDON_HD(index_t i) { return groups.holds(i) && !outside[i]; };
  const auto spread = scratch.template take<moments>(1);
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    return counted_value<double>{double(advantage[i]), takes_part(i)};
  }, spread);
  const double epsilon = double(T(o.epsilon));
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double scale = spread_scale(spread[0].variance(double(o.ddof)), epsilon, epsilon_mode::add_std);
    if (takes_part(i)) advantage[i] = T(math::zero_select_product(double(advantage[i]) - spread[0].mean, scale));
  });
}

/// Writes the advantages.
template <real T = float, backend Backend>
void rloo_advantage(const Backend& backend, const op::rloo_advantage::inputs<T>& in,
                    const op::rloo_advantage::outputs<T>& out, const op::rloo_advantage::options& o) {
  rloo_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto rloo_advantage(const Backend& backend, const op::rloo_advantage::inputs<T>& in,
                    const op::rloo_advantage::options& o = {}) {
  return returned<op::rloo_advantage, T>(backend, in, o, [&](auto& out) { rloo_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto rloo_advantage(const op::rloo_advantage::options& o = {}) {
  return advantage_of<op::rloo_advantage>(o, [](const auto&... call) { rloo_advantage(call...); });
}

}}  // namespace guerdon
