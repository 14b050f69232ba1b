#pragma once
// The policy gradient of a linear softmax policy, estimated from trajectories by their rewards to go.
//
// $$\hat{\nabla} J = \frac{1}{M} \sum_m \sum_t \gamma^t\, \psi(s_t, a_t) \sum_{j \ge t} \gamma^{j - t} r_j$$
//
// Source: Williams (1992); Sutton et al. (2000); as BARFI uses it for its outer level, arXiv:2310.19007.
//
// Details that differ:
// - `discount_state` false leaves gamma^t out, as most code does, which is then no gradient of any objective.
// - Trajectories without steps count in the mean; without any trajectory it is 0. mdp_policy_gradient is exact.
//
// Cost: S A D, and D per step.

#include <guerdon/mdp/softmax_rollouts.hpp>

namespace guerdon {

namespace op {
struct reinforce_gradient : host_kind {
  static constexpr info about{"reinforce_gradient", "mdp", "Policy gradient from trajectories (REINFORCE)",
                              "arXiv:2310.19007", skeleton::host};
  struct inputs {
    softmax_rollouts rollouts;
    view<const double> reward;  ///< [M,T]
  };
  struct outputs {
    std::vector<double> gradient;  ///< [D] by theta
  };
  struct options {
    double gamma = required;     ///< in [0, 1]
    bool discount_state = true;  ///< weight step t by gamma^t
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("rollouts", &I::rollouts), std::tuple(array("reward", &I::reward, "M,T")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("gradient", &O::gradient, "D")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), flag("discount_state", &options::discount_state));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::reinforce_gradient::outputs reinforce_gradient(const op::reinforce_gradient::inputs& in,
                                                          const op::reinforce_gradient::options& o = {}) {
  const auto rule = check<op::reinforce_gradient>(in, o);
  mdp::check_rollouts(rule, in.rollouts);
  const mdp::linear_softmax policy = mdp::policy_of(in.rollouts, in.rollouts.theta);
  op::reinforce_gradient::outputs out{std::vector<double>(policy.width)};
  const auto count = static_cast<double>(in.rollouts.length.size());
  std::vector<double> to_go;
  mdp::for_rollouts(in.rollouts, [&](const std::vector<std::size_t>& pairs, index_t first) {
    to_go.assign(pairs.size() + 1, 0);
    for (std::size_t t = pairs.size(); t-- > 0;)
      to_go[t] = in.reward[first + static_cast<index_t>(t)] + math::zero_select_product(o.gamma, to_go[t + 1]);
    double weight = 1 / count;
    for (std::size_t t = 0; t < pairs.size(); ++t, weight *= o.discount_state ? o.gamma : 1)
      for (std::size_t d = 0; d < policy.width; ++d) out.gradient[d] += weight * to_go[t] * policy.score(pairs[t], d);
  });
  return out;
}

}}  // namespace guerdon
