#pragma once
// The inner level of behaviour alignment (BARFI): a policy learns from a blend of rewards on fixed trajectories.

#include <guerdon/mdp/softmax_rollouts.hpp>

namespace guerdon {

/// Trajectories, both of their rewards, and how much each counts.
struct alignment_problem {
  softmax_rollouts rollouts;
  view<const double> primary;    ///< [M,T] the reward that counts
  view<const double> auxiliary;  ///< [M,T] the designer's
  view<const double> weight;     ///< [3] of 1, of primary, of auxiliary

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(op::nested_arguments("rollouts", &I::rollouts),
                          std::tuple(op::array("primary", &I::primary, "M,T"),
                                     op::array("auxiliary", &I::auxiliary, "M,T"),
                                     op::array("weight", &I::weight, "3")));
  }
};

struct alignment_discount {
  double gamma = required;   ///< in [0, 1], by which the policy learns
  double entropy_coeff = 0;  ///< >= 0, worth of -log pi

  static constexpr auto parameters() {
    return std::tuple(op::option("gamma", &alignment_discount::gamma, op::within(0, 1)),
                      op::option("entropy_coeff", &alignment_discount::entropy_coeff, op::at_least(0, 1)));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// The blended reward of the step at `first + t`, with its entropy.
inline double aligned_reward(const alignment_problem& in, const linear_softmax& policy, std::size_t pair, index_t at,
                             double entropy_coeff) {
  return in.weight[0] + math::zero_select_product(in.weight[1], in.primary[at]) +
         math::zero_select_product(in.weight[2], in.auxiliary[at]) -
         (entropy_coeff == 0 ? 0 : entropy_coeff * policy.log_probability(pair));
}

/// The mean over trajectories of the sum of score times blended reward to go: what the inner level sets to 0.
inline std::vector<double> alignment_delta(const alignment_problem& in, std::span<const double> theta, double gamma,
                                           double entropy_coeff) {
  const linear_softmax policy = policy_of(in.rollouts, theta);
  std::vector<double> delta(policy.width);
  const auto count = static_cast<double>(in.rollouts.length.size());
  for_rollouts(in.rollouts, [&](const std::vector<std::size_t>& pairs, index_t first) {
    double to_go = 0;
    for (std::size_t t = pairs.size(); t-- > 0;) {
      to_go = aligned_reward(in, policy, pairs[t], first + static_cast<index_t>(t), entropy_coeff) + gamma * to_go;
      for (std::size_t d = 0; d < policy.width; ++d) delta[d] += policy.score(pairs[t], d) * to_go / count;
    }
  });
  return delta;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
