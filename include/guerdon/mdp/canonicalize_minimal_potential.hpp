#pragma once
// The shortest reward among all that differ by a potential.
//
// $$\Phi = \arg\min \sum_{s, a, s'} w(s, a, s') \left(R(s, a, s') + \gamma \Phi(s') - \Phi(s)\right)^2$$
//
// with w = 1, or P(s'|s,a) with weighted. The result is the bracket, also where P is 0.
//
// Source: Skalse et al. (2023), arXiv:2309.15257, for the definition; solved by QR instead of Adam.
//
// Details that differ:
// - The authors' code stops at a gradient of 1e-4 and agrees to about 3e-4. Norms other than L2 have no closed form.
//
// Cost: 2 S^4. Memory: S^3, up to three times that while its rows are collected. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct canonicalize_minimal_potential : host_kind {
  static constexpr info about{"canonicalize_minimal_potential", "mdp", "Shortest reward up to a potential",
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

inline op::canonicalize_minimal_potential::outputs canonicalize_minimal_potential(
    const op::canonicalize_minimal_potential::inputs& in, const op::canonicalize_minimal_potential::options& o = {}) {
  const auto rule = check<op::canonicalize_minimal_potential>(in, o);
  const auto setting = mdp::checked_setting(rule, in.mdp, o.gamma, {}, o.weighted);
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  return {mdp::canonical_minimal_potential(setting, in.reward.data())};
}

}}  // namespace guerdon
