#pragma once
// Optimal values and actions for every number of steps that are left.
//
// $$V_H = \text{terminal value}, \qquad Q_t = R + \gamma P V_{t+1}, \qquad V_t(s) = \max_a Q_t(s, a)$$
//
// Source: Puterman (1994).
//
// Details that differ:
// - Values within 1e-9 of the best are tied, and the lowest action wins.
//
// Cost: H S^2 A. Memory: O(S A) beside the result. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct mdp_finite_horizon : host_kind {
  static constexpr info about{"mdp_finite_horizon", "mdp", "Optimal values and policy over a finite horizon", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
    view<const double> terminal_value = {};  ///< [S] worth of a state after the last step; 0 if left out
  };
  struct outputs {
    std::vector<double> value;         ///< [H+1,S]
    std::vector<double> action_value;  ///< [H,S,A]
    std::vector<index_t> policy;       ///< [H,S] an action
  };
  struct options {
    index_t horizon = required;  ///< H >= 0 steps
    double gamma = required;     ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(optional_array("terminal_value", &I::terminal_value, "S", finite())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "H+1,S"), array("action_value", &O::action_value, "H,S,A"),
                      array("policy", &O::policy, "H,S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("horizon", &options::horizon, counts(6)),
                      option("gamma", &options::gamma, any_value().drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_finite_horizon::outputs mdp_finite_horizon(const op::mdp_finite_horizon::inputs& in,
                                                          const op::mdp_finite_horizon::options& o = {}) {
  const auto rule = check<op::mdp_finite_horizon>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma);
  rule(mdp::fits(o.horizon, m.pairs()), "horizon", "makes more than 2^27 values");
  const auto horizon = static_cast<std::size_t>(o.horizon);
  op::mdp_finite_horizon::outputs out;
  out.value.resize((horizon + 1) * m.states);
  out.action_value.resize(horizon * m.pairs());
  out.policy.resize(horizon * m.states);
  if (in.terminal_value)
    std::copy(in.terminal_value.begin(), in.terminal_value.end(), out.value.end() - in.terminal_value.size());
  for (std::size_t t = horizon; t-- > 0;) {
    const std::vector<double> q = mdp::action_values(m, out.value.data() + (t + 1) * m.states, o.gamma),
                              v = mdp::per_row(q, m.actions, mdp::largest_of);
    const std::vector<index_t> best = mdp::greedy_policy(q, m.actions);
    std::copy(q.begin(), q.end(), out.action_value.data() + t * m.pairs());
    std::copy(v.begin(), v.end(), out.value.data() + t * m.states);
    std::copy(best.begin(), best.end(), out.policy.data() + t * m.states);
  }
  return out;
}

}}  // namespace guerdon
