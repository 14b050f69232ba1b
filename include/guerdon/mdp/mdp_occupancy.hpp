#pragma once
// Where a policy goes: expected discounted visits of states and actions.
//
// $$d = (I - \gamma P_\pi)^{-\top} \mu_0, \qquad x(s, a) = d(s)\, \pi(a \mid s)$$
//
// They sum to 1/(1 - gamma), or with normalize to 1, which papers call the discounted state distribution.
//
// Source: Puterman (1994); Agarwal et al. (2021).
//
// Details that differ:
// - Papers differ in whether the factor 1 - gamma is in: option normalize.
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct mdp_occupancy : host_kind {
  static constexpr info about{"mdp_occupancy", "mdp", "Discounted visits of states and actions", "", skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<double> state_occupancy;         ///< [S]
    std::vector<double> state_action_occupancy;  ///< [S,A]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    bool normalize = false;   ///< times 1 - gamma
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("state_occupancy", &O::state_occupancy, "S"),
                      array("state_action_occupancy", &O::state_action_occupancy, "S,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      flag("normalize", &options::normalize));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_occupancy::outputs mdp_occupancy(const op::mdp_occupancy::inputs& in,
                                         const op::mdp_occupancy::options& o = {}) {
  const auto rule = check<op::mdp_occupancy>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy);
  mdp::check_gamma_below_one(rule, o.gamma);
  op::mdp_occupancy::outputs out;
  out.state_occupancy = mdp::occupancy<Solver>(rule, m, in.policy.data(), in.initial, o.gamma);
  if (o.normalize)
    for (double& d : out.state_occupancy) d *= 1 - o.gamma;
  out.state_action_occupancy = mdp::pair_occupancy(m, in.policy.data(), out.state_occupancy);
  return out;
}

}}  // namespace guerdon
