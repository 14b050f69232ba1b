#pragma once
// How far two rewards are apart in how they order policies.
//
// $$d(R_1, R_2) = m\left(s(R_1) - s(R_2)\right)$$
//
// with s the standard form (standardize_reward) and m a norm. 0 for rewards that differ by a positive factor, a
// potential and what s' the mean is paid for; 2 for R and -R in the norm of the standard form; symmetric. With val or
// minimal it bounds the worst regret from above and below; epic and dard do not.
//
// Source: Skalse et al. (2023), arXiv:2309.15257, Definition 4.
//
// Details that differ:
// - A trivial reward has the standard form 0: two of them are 0 apart, and one is the length of the other away.
//
// Cost: twice that of the canonical form. Memory: that of the canonical form, and another of S^2 A. No gradient.

#include <guerdon/mdp/standardize_reward.hpp>

namespace guerdon {

namespace op {
struct starc_distance : host_kind {
  static constexpr info about{"starc_distance", "mdp", "STARC distance of two rewards", "arXiv:2309.15257",
                              skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward_a;  ///< [S,A,S] R(s,a,s')
    view<const double> reward_b;  ///< [S,A,S]
    reference_distributions reference = {};
  };
  struct outputs {
    double distance = 0;
  };
  struct options {
    standard_form form = {};
    reward_norm_kind metric = reward_norm_kind::l2;  ///< of the difference; not none
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(
        nested_arguments("mdp", &I::mdp),
        std::tuple(array("reward_a", &I::reward_a, "S,A,S"), array("reward_b", &I::reward_b, "S,A,S")),
        nested_arguments("reference", &I::reference));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("distance", &O::distance, "1")); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("form", &options::form), std::tuple(choice("metric", &options::metric).first(6)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace mdp {

/// s(R_a) - s(R_b); the two standard forms, where they are asked for.
template <class Solver = elimination>
std::vector<double> standard_difference(const call_rules& rule, const canonical_setting& c,
                                        const standard_form& form, const view<const double>& reward_a,
                                        const view<const double>& reward_b) {
  rule(are_finite(reward_a), "reward_a", "is not finite everywhere");
  rule(are_finite(reward_b), "reward_b", "is not finite everywhere");
  const auto standard = [&](const view<const double>& reward) {
    return standardized<Solver>(rule, form.canonicalization, c, reward, form.norm, form.zero_tol);
  };
  std::vector<double> a = standard(reward_a);
  const std::vector<double> b = standard(reward_b);
  for (std::size_t k = 0; k < a.size(); ++k) a[k] -= b[k];
  return a;
}

}  // namespace mdp

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::starc_distance::outputs starc_distance(const op::starc_distance::inputs& in,
                                           const op::starc_distance::options& o = {}) {
  const auto rule = check<op::starc_distance>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.form.gamma, in.reference, o.form.weighted);
  const auto difference = mdp::standard_difference<Solver>(rule, setting, o.form, in.reward_a, in.reward_b);
  return {mdp::norm_of(difference, setting.m.transition, o.metric)};
}

}}  // namespace guerdon
