#pragma once
// The softmax policy of a table of logits.
//
// $$\pi(a \mid s) = \frac{\exp\left((\theta(s, a) - \max_b \theta(s, b)) / T\right)}
//   {\sum_c \exp\left((\theta(s, c) - \max_b \theta(s, b)) / T\right)}$$
//
// Source: Sutton and Barto (2018); Agarwal et al. (2021).
//
// Details that differ:
// - A logit of -inf is an action that is never taken; a row of nothing else, a NaN and a +inf are refused.
//
// Cost: S A. No gradient: see mdp_policy_gradient.

#include <guerdon/mdp/softmax_rows.hpp>

namespace guerdon {

namespace op {
struct mdp_softmax_policy : host_kind {
  static constexpr info about{"mdp_softmax_policy", "mdp", "Softmax policy of a table of logits", "", skeleton::host};
  struct inputs {
    index_t states = 0;         ///< S
    view<const double> logits;  ///< [S,A] -inf for an action that is never taken
  };
  struct outputs {
    std::vector<double> policy;  ///< [S,A] each row a distribution
  };
  struct options {
    double temperature = 1;  ///< greater than 0 and finite
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("states", &I::states, "S"), array("logits", &I::logits, "S,A"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("policy", &O::policy, "S,A")); }
  static constexpr auto parameters() {
    return std::tuple(option("temperature", &options::temperature, positive_finite(0.1, 4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_softmax_policy::outputs mdp_softmax_policy(const op::mdp_softmax_policy::inputs& in,
                                                          const op::mdp_softmax_policy::options& o = {}) {
  const auto rule = check<op::mdp_softmax_policy>(in, o);
  if (in.logits.size() == 0) return {};
  const index_t actions = in.logits.size() / in.states;
  rule(mdp::are_logits(in.logits, actions), "logits", "has a row with a NaN, with +inf or with nothing above -inf");
  return {mdp::softmax_rows(in.logits.data(), static_cast<std::size_t>(in.states), static_cast<std::size_t>(actions),
                            o.temperature)};
}

}}  // namespace guerdon
