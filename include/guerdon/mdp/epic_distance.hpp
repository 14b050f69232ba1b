#pragma once
// EPIC: how differently two rewards are distributed once potentials are taken out.
//
// $$d = \sqrt{\frac{1 - \rho}{2}}, \qquad \rho = \text{corr}_D\left(C(R_1), C(R_2)\right)$$
//
// with C the canonical form of canonicalize_epic and D(s, a, s') the product of the three marginals.
//
// Source: Gleave et al. (2020), arXiv:2006.13900, Definition 4.2.
//
// Details that differ:
// - A reward without variance left (1e-18 of its own mean square) has no correlation: two of them are 0 apart, and one
//   is sqrt(1/2) away from any other. The correlation is held in [-1, 1].
//
// Cost: S^2 A. Memory: two forms of S^2 A, and O(S A). No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct epic_distance : host_kind {
  static constexpr info about{"epic_distance", "mdp", "EPIC distance of two rewards", "arXiv:2006.13900",
                              skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward_a;          ///< [S,A,S] R(s,a,s')
    view<const double> reward_b;          ///< [S,A,S]
    view<const double> state_dist = {};   ///< [S] weights of states; uniform if left out
    view<const double> action_dist = {};  ///< [A] weights of actions; uniform if left out
  };
  struct outputs {
    double distance = 0;  ///< in [0, 1]
    double correlation = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("reward_a", &I::reward_a, "S,A,S"), array("reward_b", &I::reward_b, "S,A,S"),
                                     optional_array("state_dist", &I::state_dist, "S", probabilities()),
                                     optional_array("action_dist", &I::action_dist, "A", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("distance", &O::distance, "1"), array("correlation", &O::correlation, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::epic_distance::outputs epic_distance(const op::epic_distance::inputs& in,
                                                const op::epic_distance::options& o = {}) {
  const auto rule = check<op::epic_distance>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {{}, in.state_dist, in.action_dist});
  rule(mdp::are_finite(in.reward_a), "reward_a", "is not finite everywhere");
  rule(mdp::are_finite(in.reward_b), "reward_b", "is not finite everywhere");
  const std::size_t states = setting.m.states, actions = setting.m.actions;
  const auto mean = [&](const auto& f) {
    double sum = 0;
    for (std::size_t k = 0; k < states * actions * states; ++k)
      sum += setting.state_dist[k / states / actions] * setting.action_dist[k / states % actions] *
             setting.state_dist[k % states] * f(k);
    return sum;
  };
  struct centred {
    std::vector<double> c;
    double variance;
    bool constant;
  };
  const auto centre = [&](const view<const double>& reward) {
    centred x{mdp::canonical_epic(setting, reward.data()), 0, false};
    const double middle = mean([&](std::size_t k) { return x.c[k]; });
    for (double& y : x.c) y -= middle;
    x.variance = mean([&](std::size_t k) { return x.c[k] * x.c[k]; });
    x.constant = x.variance <= 1e-18 * mean([&](std::size_t k) { return reward.data()[k] * reward.data()[k]; });
    return x;
  };
  const centred a = centre(in.reward_a), b = centre(in.reward_b);
  double correlation = a.constant && b.constant ? 1 : 0;
  if (!a.constant && !b.constant)
    correlation = std::clamp(mean([&](std::size_t k) { return a.c[k] * b.c[k]; }) /
                                 (std::sqrt(a.variance) * std::sqrt(b.variance)), -1.0, 1.0);
  return {std::sqrt((1 - correlation) / 2), correlation};
}

}}  // namespace guerdon
