#pragma once
// The optimum with an entropy bonus: soft values and the policy that attains them.
//
// $$V(s) = T \log \sum_a \exp\left(Q(s, a) / T\right), \qquad Q = R + \gamma P V, \qquad
//   \pi(a \mid s) = \exp\left((Q(s, a) - V(s)) / T\right)$$
//
// As T goes to 0 it tends to the hard optimum; without reward V is T log A / (1 - gamma).
//
// Source: Haarnoja et al. (2017), arXiv:1702.08165, Eq. 7 and 8.
//
// Details that differ:
// - It ends as mdp_value_iteration does. The policy is softmax(Q / T) of one more backup, so that its rows sum to 1.
//
// Cost: S^2 A a sweep. Memory: 16 to 48 bytes for each transition that is possible, as they are collected, and O(S A).
// No gradient.

#include <guerdon/mdp/softmax_rows.hpp>

namespace guerdon {

namespace op {
struct mdp_soft_value_iteration : host_kind {
  static constexpr info about{"mdp_soft_value_iteration", "mdp", "Entropy-regularised optimum of a finite MDP",
                              "arXiv:1702.08165", skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> value;         ///< [S] the last sweep's
    std::vector<double> action_value;  ///< [S,A] one more backup from it
    std::vector<double> policy;        ///< [S,A] each row a distribution
  };
  struct options {
    double gamma = required;         ///< in [0, 1)
    double temperature = 1;          ///< greater than 0 and finite
    double tolerance = 1e-12;        ///< relative
    index_t max_sweeps = 1'000'000;  ///< then it is refused
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("value", &O::value, "S"), array("action_value", &O::action_value, "S,A"),
                      array("policy", &O::policy, "S,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.9)),
                      option("temperature", &options::temperature, positive_finite(0.1, 4)),
                      option("tolerance", &options::tolerance, at_least(0, 1).drawn(1e-12, 1e-9)),
                      option("max_sweeps", &options::max_sweeps, counts(2000).drawn(1000, 2000)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_soft_value_iteration::outputs mdp_soft_value_iteration(
    const op::mdp_soft_value_iteration::inputs& in, const op::mdp_soft_value_iteration::options& o = {}) {
  const auto rule = check<op::mdp_soft_value_iteration>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  op::mdp_soft_value_iteration::outputs out;
  out.value = mdp::iterated_value(rule, m, o.gamma, o.tolerance, o.max_sweeps, [&](std::span<const double> row) {
    return mdp::soft_maximum(row, o.temperature);
  });
  out.action_value = mdp::action_values(m, out.value, o.gamma);
  out.policy = mdp::softmax_rows(out.action_value.data(), m.states, m.actions, o.temperature);
  return out;
}

}}  // namespace guerdon
