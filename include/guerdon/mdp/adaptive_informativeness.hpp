#pragma once
// How much one policy-gradient step of a learner on a candidate reward helps its teacher's objective (ExpAdaRD).
//
// $$I = \sum_{s, a} w(s, a) \left(R(s, a) - \sum_b \pi(b \mid s)\, R(s, b)\right), \qquad
//   w = \mu_T(s)\, \pi(a \mid s) \left(A^T(s, a) - \sum_b \pi(b \mid s)\, A^T(s, b)\right)
//   \mu_L(s)\, \pi(a \mid s)$$
//
// The policy is in it twice: once from the teacher's objective, once from the learner's own update.
//
// Source: Devidze et al. (2024), arXiv:2402.07019, Section 4, for one step.
//
// Details that differ:
// - teacher_only leaves out the learner's factor, as the authors' code does where it logs.
// - Occupancies are taken as they come; the official code takes the teacher's from an epsilon-greedy policy, without
//   the terminal state, at sum 1.
//
// Cost: S A. No gradient: it is linear, and `gradient` is its slope.

#include <guerdon/mdp/adaptive_learner.hpp>

namespace guerdon {

namespace op {
struct adaptive_informativeness : host_kind {
  static constexpr info about{"adaptive_informativeness", "mdp", "What a reward teaches the current learner (ExpAdaRD)",
                              "arXiv:2402.07019", skeleton::host};
  struct inputs {
    view<const double> reward;  ///< [S,A] the candidate
    taught_learner learner;
    index_t states = 0;         ///< S
    index_t actions = 0;        ///< A
  };
  struct outputs {
    double informativeness = 0;
    std::vector<double> gradient;  ///< [S,A] d informativeness / d reward
  };
  struct options {
    informativeness_weighting weighting = informativeness_weighting::full;  ///< by whose visits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(array("reward", &I::reward, "S,A")), nested_arguments("learner", &I::learner),
                          std::tuple(extent("states", &I::states, "S"), extent("actions", &I::actions, "A")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("informativeness", &O::informativeness, "1"), array("gradient", &O::gradient, "S,A"));
  }
  static constexpr auto parameters() { return std::tuple(choice("weighting", &options::weighting)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::adaptive_informativeness::outputs adaptive_informativeness(
    const op::adaptive_informativeness::inputs& in, const op::adaptive_informativeness::options& o = {}) {
  const auto rule = check<op::adaptive_informativeness>(in, o);
  rule(mdp::are_distributions(in.learner.learner_policy, in.actions), "learner_policy",
       "has a row that is no distribution");
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  op::adaptive_informativeness::outputs out{
      0, mdp::informativeness_gradient(in.learner, static_cast<std::size_t>(in.actions), o.weighting)};
  for (std::size_t sa = 0; sa < out.gradient.size(); ++sa)
    out.informativeness += out.gradient[sa] * in.reward.data()[sa];
  return out;
}

}}  // namespace guerdon
