#pragma once
// A reward with the difference of a potential added, which changes no order of policies.
//
// $$R'(s, a, s') = R(s, a, s') + \gamma \Phi(s') - \Phi(s)$$
//
// Source: Ng, Harada and Russell (1999).
//
// Details that differ:
// - A constant potential c shifts every reward by (gamma - 1) c, which is 0 for gamma = 1 only.
//
// Cost: S^2 A. Memory: the result alone. No gradient: it is linear, gamma [s' = j] - [s = j] by potential j.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct potential_shape : host_kind {
  static constexpr info about{"potential_shape", "mdp", "Potential-based shaping of R(s,a,s')", "", skeleton::host};
  struct inputs {
    index_t states = 0;            ///< S
    index_t actions = 0;           ///< A
    view<const double> reward;     ///< [S,A,S] R(s,a,s')
    view<const double> potential;  ///< [S]
  };
  struct outputs {
    std::vector<double> shaped_reward;  ///< [S,A,S]
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("states", &I::states, "S"), extent("actions", &I::actions, "A"),
                      array("reward", &I::reward, "S,A,S"), array("potential", &I::potential, "S", finite()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "S,A,S")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::potential_shape::outputs potential_shape(const op::potential_shape::inputs& in,
                                                    const op::potential_shape::options& o = {}) {
  const auto rule = check<op::potential_shape>(in, o);
  mdp::check_gamma(rule, o.gamma);
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  const mdp::model m{static_cast<std::size_t>(in.states), static_cast<std::size_t>(in.actions), nullptr, {}};
  return {mdp::shaped(m, in.reward.data(), {in.potential.begin(), in.potential.end()}, o.gamma)};
}

}}  // namespace guerdon
