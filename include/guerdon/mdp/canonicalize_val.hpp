#pragma once
// Value-adjusted levelling: the advantage of a reference policy stands for the reward.
//
// $$C(s, a, s') = \sum_u P(u \mid s, a) \left(R(s, a, u) - V(s) + \gamma V(u)\right)$$
//
// Two rewards have the same form exactly if they differ by a potential and by what s' the mean is paid for.
//
// Source: Skalse et al. (2023), arXiv:2309.15257, Definition 5.
//
// Details that differ:
// - The value is solved for; the authors' code sweeps until changes are below 1e-8.
// - The result depends on the policy: distances are comparable only with the same one.
//
// Cost: S^2 A + S^3 / 3. Memory: 2 S^2 + O(S A) beside the result. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct canonicalize_val : host_kind {
  static constexpr info about{"canonicalize_val", "mdp", "Value-adjusted levelling (VAL)",
                              "arXiv:2309.15257", skeleton::host, 1e-5, false};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward;         ///< [S,A,S] R(s,a,s')
    view<const double> policy = {};  ///< [S,A] whose value is taken out; uniform if left out
  };
  struct outputs {
    std::vector<double> canonical_reward;  ///< [S,A,S]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("reward", &I::reward, "S,A,S"),
                                     optional_array("policy", &I::policy, "S,A", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("canonical_reward", &O::canonical_reward, "S,A,S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::canonicalize_val::outputs canonicalize_val(
    const op::canonicalize_val::inputs& in, const op::canonicalize_val::options& o = {}) {
  const auto rule = check<op::canonicalize_val>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {in.policy, {}, {}});
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::canonical_val<Solver>(rule, setting, in.reward.data())};
}

}}  // namespace guerdon
