#pragma once
// A reward in its standard form: canonical, and of length 1.
//
// $$s(R) = c(R) / n(c(R)), \qquad s(R) = 0 \text{ if } n(c(R)) \le \epsilon\, n(R)$$
//
// Source: Skalse et al. (2023), arXiv:2309.15257, Definition 4.
//
// Details that differ:
// - The authors' code divides by any length: a reward that is a constant or pure shaping leaves rounding noise, which
//   would be blown up to length 1. The relative test for 0 is this project's own.
//
// Cost: that of the canonical form. Memory: that of the canonical form. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

/// How rewards are brought into their standard form.
struct standard_form {
  double gamma = required;                                              ///< in [0, 1)
  guerdon::canonicalization canonicalization = canonicalization::val;   ///< what is taken out
  reward_norm_kind norm = reward_norm_kind::l2;                ///< in which the length is 1
  bool weighted = false;                                                ///< of the two minimal forms: weighted by P
  double zero_tol = 1e-9;  ///< what part of the reward's length counts as 0

  static constexpr auto parameters() {
    return std::tuple(op::option("gamma", &standard_form::gamma, op::any_value().drawn(0, 0.95)),
                      op::choice("canonicalization", &standard_form::canonicalization),
                      op::choice("norm", &standard_form::norm), op::flag("weighted", &standard_form::weighted),
                      op::option("zero_tol", &standard_form::zero_tol, op::at_least(0, 1).drawn(1e-10, 1e-8)));
  }
};

namespace op {
struct standardize_reward : host_kind {
  static constexpr info about{"standardize_reward", "mdp", "Standard form of a reward (STARC)", "arXiv:2309.15257",
                              skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward;  ///< [S,A,S] R(s,a,s')
    reference_distributions reference = {};
  };
  struct outputs {
    std::vector<double> standardized_reward;  ///< [S,A,S]
  };
  struct options {
    standard_form form = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp), std::tuple(array("reward", &I::reward, "S,A,S")),
                          nested_arguments("reference", &I::reference));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("standardized_reward", &O::standardized_reward, "S,A,S"));
  }
  static constexpr auto parameters() { return nested("form", &options::form); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::standardize_reward::outputs standardize_reward(const op::standardize_reward::inputs& in,
                                                   const op::standardize_reward::options& o = {}) {
  const auto rule = check<op::standardize_reward>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.form.gamma, in.reference, o.form.weighted);
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::standardized<Solver>(rule, o.form.canonicalization, setting, in.reward, o.form.norm, o.form.zero_tol)};
}

}}  // namespace guerdon
