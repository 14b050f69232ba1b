#pragma once
// The shortest reward among all that differ by a potential and by what s' the mean is paid for.
//
// $$\Phi = \arg\min \sum_{s, a} \frac{1}{q(s, a)} \left(R(s, a) + \gamma \sum_u P(u \mid s, a)\, \Phi(u) -
//   \Phi(s)\right)^2,
//   \qquad C(s, a, s') = m(s, a)\, \frac{P(s' \mid s, a)}{q(s, a)}$$
//
// with m the bracket at the minimum and $q = \sum_u P(u \mid s, a)^2$. Weighted by P: q = 1, and C = m for every s'.
//
// Source: Skalse et al. (2023), arXiv:2309.15257, for the definition; the closed form is this project's own.
//
// Details that differ:
// - The authors' code runs Adam, and divides only one term by the probability where the whole difference should be; the
//   two agree where transitions are deterministic.
//
// Cost: 2 S^3 A. Memory: S^2 A beside the result, up to three times that while its rows are collected. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct canonicalize_minimal : host_kind {
  static constexpr info about{"canonicalize_minimal", "mdp", "Shortest equivalent reward",
                              "arXiv:2309.15257", skeleton::host, 1e-5, true};
  struct inputs {
    finite_dynamics mdp;
    view<const double> reward;         ///< [S,A,S] R(s,a,s')
  };
  struct outputs {
    std::vector<double> canonical_reward;  ///< [S,A,S]
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    bool weighted = false;    ///< squares weighted by P(s'|s,a)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("reward", &I::reward, "S,A,S")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("canonical_reward", &O::canonical_reward, "S,A,S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      flag("weighted", &options::weighted));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::canonicalize_minimal::outputs canonicalize_minimal(
    const op::canonicalize_minimal::inputs& in, const op::canonicalize_minimal::options& o = {}) {
  const auto rule = check<op::canonicalize_minimal>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {}, o.weighted);
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::canonical_minimal(setting, in.reward.data())};
}

}}  // namespace guerdon
