#pragma once
// The reward that teaches the current learner most and keeps what is optimal optimal (ExpAdaRD).
//
// $$\max_R\; G \cdot R \quad \text{where} \quad A_\infty(s, a) \ge \text{gap}(s) \text{ for actions that are not
//   optimal},
//   \; |R| \le R_{\max}$$
//
// with G the gradient of adaptive_informativeness. The learner is then trained on R alone, and R is designed anew every
// few episodes.
//
// Source: Devidze et al. (2024), arXiv:2402.07019, Section 5.
//
// Details that differ:
// - The gap is not scaled, and the reward is rounded to 8 decimals as in explicable_reward_design. It is not unique.
// - A bound that is too small for the margins is refused as infeasible.
//
// Cost: a linear programme of S A variables and S A rows, or of F variables and 2 S A rows. Memory: that of the
// programme (linear_program.hpp). No gradient.

#include <guerdon/mdp/adaptive_learner.hpp>
#include <guerdon/mdp/design_problem.hpp>

namespace guerdon {

namespace op {
struct adaptive_reward_design : host_kind {
  static constexpr info about{"adaptive_reward_design", "mdp", "Reward designed for the current learner (ExpAdaRD)",
                              "arXiv:2402.07019", skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const index_t> policy;        ///< [S] the target policy, as action indices
    view<const flag_t> optimal_mask;   ///< [S,A] 1 where the action is optimal
    view<const double> gap;            ///< [S] margins to keep
    taught_learner learner;
    view<const double> features = {};  ///< [P,F] with P = S A: the reward is a mixture of these columns
  };
  struct outputs {
    double objective = 0;        ///< G . R
    std::vector<double> reward;  ///< [S,A]
  };
  struct options {
    double gamma = required;                                                ///< in [0, 1)
    double reward_max = required;                                           ///< bound of every reward, at least 0
    informativeness_weighting weighting = informativeness_weighting::full;  ///< by whose visits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S", integers(0, 0)),
                                     array("optimal_mask", &I::optimal_mask, "S,A", yes_or_no()),
                                     array("gap", &I::gap, "S", margins())),
                          nested_arguments("learner", &I::learner),
                          std::tuple(optional_array("features", &I::features, "P,F", finite().together("seldom"))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"), array("reward", &O::reward, "S,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.9)),
                      option("reward_max", &options::reward_max, finite_at_least_zero(5, 20)),
                      choice("weighting", &options::weighting));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Program` solves it: this project's own linear_program, or adapt/clp.hpp.
template <class Program = linear_program>
op::adaptive_reward_design::outputs adaptive_reward_design(const op::adaptive_reward_design::inputs& in,
                                                           const op::adaptive_reward_design::options& o = {}) {
  const auto rule = check<op::adaptive_reward_design>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp);
  rule(mdp::are_indices(in.policy, m.actions), "policy", "holds what is no action");
  rule(mdp::are_distributions(in.learner.learner_policy, in.mdp.actions), "learner_policy",
       "has a row that is no distribution");
  mdp::check_gamma_below_one(rule, o.gamma);
  rule(!in.features || static_cast<std::size_t>(in.features.size()) % m.pairs() == 0, "features",
       "have the wrong shape: there must be a row for every state and action");
  const std::vector<char> active(m.states, 1);
  const mdp::reward_variables r = mdp::variables_of(m, active, false, in.features);
  Program program(r.count);
  mdp::bound_reward(program, r, m, active, false, bool(in.features), o.reward_max);
  const mdp::advantage_map endless(rule, m, in.policy.data(), o.gamma, mdp::endless);
  mdp::keep_gaps(program, r, endless, in.optimal_mask, {in.gap.begin(), in.gap.end()});
  const std::vector<double> gains =
      r.row(mdp::informativeness_gradient(in.learner, m.actions, o.weighting), r.count);
  for (std::size_t v = 0; v < r.count; ++v) program.gain(v, gains[v]);
  rule(program.maximise() == linear_program::verdict::optimal, "reward_max",
       "makes the design infeasible: no such reward keeps the margins");
  return {program.objective(), mdp::rounded_reward(r.reward(program.solution()))};
}

}}  // namespace guerdon
