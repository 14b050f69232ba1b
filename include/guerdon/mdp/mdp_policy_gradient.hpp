#pragma once
// The exact gradient of the expected return by the logits of a softmax policy.
//
// $$\frac{\partial J}{\partial \theta(s, a)} = d(s)\, \pi(a \mid s)\, A(s, a)$$
//
// with d the discounted visits (mdp_occupancy) and A the advantage (mdp_policy_evaluation). The natural gradient's
// direction is A / (1 - gamma).
//
// Source: Sutton et al. (2000); Agarwal et al. (2021).
//
// Details that differ:
// - The visits are not normalised, so that this is the derivative of the return itself. Temperature 1.
//
// Cost: S^2 A + 2 S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/policies.hpp>
#include <guerdon/mdp/softmax_rows.hpp>

namespace guerdon {

namespace op {
struct mdp_policy_gradient : host_kind {
  static constexpr info about{"mdp_policy_gradient", "mdp", "Exact policy gradient of softmax logits", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> logits;   ///< [S,A] of the policy
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<double> gradient;  ///< [S,A] rows sum to 0
    double expected_return = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("logits", &I::logits, "S,A"),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("gradient", &O::gradient, "S,A"), array("expected_return", &O::expected_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::mdp_policy_gradient::outputs mdp_policy_gradient(const op::mdp_policy_gradient::inputs& in,
                                                     const op::mdp_policy_gradient::options& o = {}) {
  const auto rule = check<op::mdp_policy_gradient>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, {}, o.gamma, mdp::check_gamma_below_one);
  rule(mdp::are_logits(in.logits, in.mdp.actions), "logits",
       "has a row with a NaN, with +inf or with nothing above -inf");
  const std::vector<double> policy = mdp::softmax_rows(in.logits.data(), m.states, m.actions, 1),
                            value = mdp::policy_value<Solver>(rule, m, policy.data(), o.gamma),
                            visits = mdp::occupancy<Solver>(rule, m, policy.data(), in.initial, o.gamma);
  op::mdp_policy_gradient::outputs out;
  out.expected_return = mdp::inner_product(in.initial, value);
  out.gradient = mdp::action_values(m, value, o.gamma);
  for (std::size_t sa = 0; sa < m.pairs(); ++sa)
    out.gradient[sa] = visits[sa / m.actions] * policy[sa] * (out.gradient[sa] - value[sa / m.actions]);
  return out;
}

}}  // namespace guerdon
