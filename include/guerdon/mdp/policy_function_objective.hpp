#pragma once
// A function of the policy itself, also in states that are never visited.
//
// $$-\sum_{s, a} \left(\pi(a \mid s) - \pi_{\text{ref}}(a \mid s)\right)^2$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - That it depends on states where nobody goes is what the formalisms below it cannot see.
// - The function may be any of the caller's own: policy_function_objective(in, o, f).
//
// Cost: S A. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/own_function.hpp>

#include <span>

namespace guerdon {

enum class policy_function { negative_square_distance };
constexpr auto enumerators(policy_function) { return std::array{"negative_square_distance"}; }

namespace op {
struct policy_function_objective : host_kind {
  static constexpr info about{"policy_function_objective", "mdp", "Function of the policy itself (FPR)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> policy;                 ///< [S,A] each row a distribution
    view<const double> reference_policy = {};  ///< [S,A] likewise; not for a function of one's own
    index_t states = 0;                        ///< S
    index_t actions = 0;                       ///< A
  };
  struct outputs {
    double objective = 0;
  };
  struct options {
    policy_function function = policy_function::negative_square_distance;  ///< of the policy
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                      optional_array("reference_policy", &I::reference_policy, "S,A", probabilities()),
                      extent("states", &I::states, "S"), extent("actions", &I::actions, "A"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("function", &options::function));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(std::span<const double>) of the policy [S,A], that one counts, options.function does not,
/// and no reference is needed.
template <class F = mdp::named_function>
op::policy_function_objective::outputs policy_function_objective(const op::policy_function_objective::inputs& in,
    const op::policy_function_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::policy_function_objective>(in, mdp::options_for<F>(o));
  rule(mdp::are_distributions(in.policy, in.actions), "policy", "has a row that is no distribution");
  if constexpr (mdp::is_own<F>) return {function(std::span<const double>(in.policy.begin(), in.policy.end()))};
  rule(bool(in.reference_policy), "reference_policy", "is required for this function and was not given");
  rule(mdp::are_distributions(in.reference_policy, in.actions), "reference_policy",
       "has a row that is no distribution");
  double sum = 0;
  for (index_t k = 0; k < in.policy.size(); ++k) {
    const double difference = in.policy[k] - in.reference_policy[k];
    sum += difference * difference;
  }
  return {0 - sum};
}

}}  // namespace guerdon
