#pragma once
// The expected discounted return of a policy, exactly.
//
// $$J = \mu_0^\top (I - \gamma P_\pi)^{-1} r_\pi = \sum_{s, a} x(s, a)\, R(s, a)$$
//
// with the occupancy x of mdp_occupancy, which is there for gamma < 1.
//
// Source: Puterman (1994); Sutton and Barto (2018).
//
// Details that differ:
// - With gamma = 1 an absorbing state must be reached from everywhere, as in mdp_policy_evaluation.
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>

namespace guerdon {

namespace op {
struct mdp_discounted_return : host_kind {
  static constexpr info about{"mdp_discounted_return", "mdp", "Exact expected return of a policy", "", skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    double expected_return = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("expected_return", &O::expected_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_discounted_return::outputs mdp_discounted_return(const op::mdp_discounted_return::inputs& in,
                                                         const op::mdp_discounted_return::options& o = {}) {
  const auto rule = check<op::mdp_discounted_return>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, o.gamma, mdp::check_gamma);
  return {mdp::inner_product(in.initial, mdp::policy_value<Solver>(rule, m, in.policy.data(), o.gamma))};
}

}}  // namespace guerdon
