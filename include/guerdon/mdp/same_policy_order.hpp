#pragma once
// Whether two rewards order all policies equally.
//
// $$\max_{s, a, s'} |s(R_1) - s(R_2)| \le \epsilon$$
//
// with s the standard form of standardize_reward under val and the Euclidean norm. Two rewards order all policies
// equally, from a start that reaches every state, exactly if they differ by a positive factor, a potential and what s'
// the mean is paid for.
//
// Source: Skalse et al. (2023), arXiv:2309.15257.
//
// Details that differ:
// - Two trivial rewards do, exactly one does not.
//
// Cost: S^2 A + S^3 / 3, twice. Memory: two forms of S^2 A, and 2 S^2 + O(S A). No gradient.

#include <guerdon/mdp/starc_distance.hpp>

namespace guerdon {

namespace op {
struct same_policy_order : host_kind {
  static constexpr info about{"same_policy_order", "mdp", "Whether two rewards order policies equally",
                              "arXiv:2309.15257", skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward_a;     ///< [S,A,S] R(s,a,s')
    view<const double> reward_b;     ///< [S,A,S]
    view<const double> policy = {};  ///< [S,A] of val; uniform if left out
  };
  struct outputs {
    bool same = false;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    double tolerance = 1e-6;  ///< of the difference of standard forms
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("reward_a", &I::reward_a, "S,A,S"), array("reward_b", &I::reward_b, "S,A,S"),
                                     optional_array("policy", &I::policy, "S,A", probabilities())));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("same", &O::same, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      option("tolerance", &options::tolerance, at_least(0, 1).drawn(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::same_policy_order::outputs same_policy_order(const op::same_policy_order::inputs& in,
                                                 const op::same_policy_order::options& o = {}) {
  const auto rule = check<op::same_policy_order>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {in.policy, {}, {}});
  const auto difference = mdp::standard_difference<Solver>(rule, setting, {.gamma = o.gamma}, in.reward_a, in.reward_b);
  return {mdp::largest(difference) <= o.tolerance};
}

}}  // namespace guerdon
