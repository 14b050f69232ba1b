#pragma once
// Group-relative advantages, weighted so that rare successes (hard prompts) and rare failures (easy prompts) count
// most.
//
// $$A_i = \hat a_i \cdot \begin{cases} w(\rho_g) & \hat a_i > 0 \\ w(1 - \rho_g) & \text{else} \end{cases}, \qquad
//   \hat a_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{std}(r_g) + \varepsilon}$$
//
// $$w(x) = w_{min} + \frac{w_{max} - w_{min}}{1 + e^{k (x - x_0)}}$$
//
// where $\rho_g$ is the share of the group's rewards above 0; with the sample deviation.
//
// Source: GRPO-LEAD, arXiv:2504.09696.
//
// Details that differ:
// - Equal rewards: exactly 0. A group of one tells nothing and gets 0; the authors' code takes mean 0 and deviation 1
//   (`singleton = score`).
// - NaN or an infinite reward makes its whole group NaN, of one too. No gradient.
//
// Cost: one pass over the rewards, read from cache four times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct grpo_lead_advantage {
  static constexpr info about{"grpo_lead_advantage", "advantage",
                              "Group advantage weighted by how rare the outcome is (GRPO-LEAD)", "arXiv:2504.09696",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [B] one reward per answer
    segments groups;       ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [B]
  };
  struct options {
    double min_weight = 0.4;                          ///< of what is common
    double max_weight = 1.5;                          ///< of what is rare
    double midpoint = 0.75;                           ///< share of successes where the weight is halfway
    double steepness = 10;                            ///< of the way between the two
    double epsilon = 1e-6;                            ///< >= 0, added to the deviation
    singleton_rule singleton = singleton_rule::zero;  ///< what a group of one gets: 0, or its reward as it is
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("advantage", &O::advantage, "B")); }
  static constexpr auto parameters() {
    return std::tuple(
        option("min_weight", &options::min_weight), option("max_weight", &options::max_weight),
        option("midpoint", &options::midpoint, drawn(0, 1)), option("steepness", &options::steepness, drawn(0, 20)),
        option("epsilon", &options::epsilon, at_least(0, 0.1)), choice("singleton", &options::singleton).first(2));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The advantages of one group.
template <class T, reward_shaping Shaping>
struct grpo_lead_advantage_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::grpo_lead_advantage::inputs<T> in;
  view<T> advantage;
  op::grpo_lead_advantage::options o;
  double epsilon;

  GUERDON_HD double weight(double share) const {
    return o.min_weight + (o.max_weight - o.min_weight) * math::sigmoid(-o.steepness * (share - o.midpoint));
  }
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto centred = centre_group(team, n, reward, {.singleton = o.singleton});
    const double share = team.sum(n, [&](index_t k) { return reward(k) > 0 ? 1.0 : 0.0; }) / double(n);
    const double variance = centred.lone() ? 1 : centred.group.variance(1);
    const double scale = spread_scale(variance, epsilon, epsilon_mode::add_std);
    const double success = weight(share), failure = weight(1 - share);
    team.each(n, [&](index_t k) {
      const double a = math::zero_select_product(centred(reward(k)), scale);
      advantage[begin + k] = T(math::zero_select_product(a, a > 0 ? success : failure));
    });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void grpo_lead_advantage(const Backend& backend, const op::grpo_lead_advantage::inputs<T>& in,
                         const op::grpo_lead_advantage::outputs<T>& out, const op::grpo_lead_advantage::options& o,
                         const Shaping& shaping) {
  check<op::grpo_lead_advantage>(backend, in, out, o, shaping);
  backend.for_segments(in.groups, grpo_lead_advantage_program<T, Shaping>{
                                      {in.reward, shaping}, in, out.advantage, o, double(T(o.epsilon))});
}

/// Writes the advantages.
template <real T = float, backend Backend>
void grpo_lead_advantage(const Backend& backend, const op::grpo_lead_advantage::inputs<T>& in,
                         const op::grpo_lead_advantage::outputs<T>& out, const op::grpo_lead_advantage::options& o) {
  grpo_lead_advantage(backend, in, out, o, unshaped());
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto grpo_lead_advantage(const Backend& backend, const op::grpo_lead_advantage::inputs<T>& in,
                         const op::grpo_lead_advantage::options& o = {}) {
  return returned<op::grpo_lead_advantage, T>(backend, in, o,
                                              [&](auto& out) { grpo_lead_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto grpo_lead_advantage(const op::grpo_lead_advantage::options& o = {}) {
  return advantage_of<op::grpo_lead_advantage>(o, [](const auto&... call) { grpo_lead_advantage(call...); });
}

}}  // namespace guerdon
