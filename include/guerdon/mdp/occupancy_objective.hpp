#pragma once
// A function of where a policy goes.
//
// $$f(d), \qquad d(s, a) = (1 - \gamma) \sum_t \gamma^t P(s_t = s, a_t = a)$$
//
// state_entropy: of the states; negative_l2: minus the distance to a target; negative_kl: minus the sum of
// d log(d / target).
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Terms with d = 0 are 0; a target of 0 where d > 0 gives -inf.
// - The function may be any of the caller's own: occupancy_objective(in, o, f).
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the input and the result. No gradient.

#include <guerdon/mdp/own_function.hpp>
#include <guerdon/mdp/policies.hpp>

#include <span>

namespace guerdon {

enum class occupancy_function { state_entropy, negative_l2, negative_kl };
constexpr auto enumerators(occupancy_function) { return std::array{"state_entropy", "negative_l2", "negative_kl"}; }

namespace op {
struct occupancy_objective : host_kind {
  static constexpr info about{"occupancy_objective", "mdp", "Function of the occupancy measure (FOMR)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    finite_dynamics mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
    view<const double> target_occupancy = {};  ///< [S,A] not for state_entropy
  };
  struct outputs {
    double objective = 0;
    std::vector<double> occupancy;  ///< [S,A] sums to 1
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    occupancy_function function = required;  ///< of the occupancy
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(
        nested_arguments("mdp", &I::mdp),
        std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                   array("initial", &I::initial, "S", probabilities()),
                   optional_array("target_occupancy", &I::target_occupancy, "S,A", finite().drawn(0, 1))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"), array("occupancy", &O::occupancy, "S,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      choice("function", &options::function));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// With `function`, a double(std::span<const double>) of the occupancy [S,A], that one counts, options.function does
/// not, and no target is needed.
template <class F = mdp::named_function>
op::occupancy_objective::outputs occupancy_objective(const op::occupancy_objective::inputs& in,
    const op::occupancy_objective::options& o = {}, const F& function = {}) {
  const auto rule = check<op::occupancy_objective>(in, mdp::options_for<F>(o));
  const bool entropy = o.function == occupancy_function::state_entropy;
  rule(mdp::is_own<F> || entropy || in.target_occupancy, "target_occupancy",
       "is required for this function and was not given");
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy);
  mdp::check_gamma_below_one(rule, o.gamma);
  std::vector<double> visits = mdp::occupancy(rule, m, in.policy.data(), in.initial, o.gamma);
  for (double& d : visits) d *= 1 - o.gamma;
  op::occupancy_objective::outputs out{0, mdp::pair_occupancy(m, in.policy.data(), visits)};
  if constexpr (mdp::is_own<F>) {
    out.objective = function(std::span<const double>(out.occupancy));
    return out;
  }
  double sum = 0;
  if (entropy)
    for (const double d : visits) sum += d > 0 ? d * std::log(d) : 0;
  for (std::size_t sa = 0; !entropy && sa < m.pairs(); ++sa) {
    const double d = out.occupancy[sa], target = in.target_occupancy.data()[sa];
    if (o.function == occupancy_function::negative_l2) sum += (d - target) * (d - target);
    else if (d > 0) sum += d * std::log(d / target);
  }
  out.objective = 0 - (o.function == occupancy_function::negative_l2 ? std::sqrt(sum) : sum);
  return out;
}

}}  // namespace guerdon
