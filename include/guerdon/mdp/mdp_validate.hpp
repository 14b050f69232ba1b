#pragma once
// Whether a finite Markov decision process is one, and which of its states are absorbing.
//
// $$\text{absorbing}(s) = \left[\min_a P(s \mid s, a) \ge 1 - 10^{-12} \text{ and } R(s, a) = 0 \text{ for all }
//   a\right]$$
//
// What is wrong is refused with a sentence, in this order: shapes, transition, initial, gamma, reward.
//
// Source: Puterman (1994); this project's own definition of the tolerances.
//
// Details that differ:
// - Rows of probabilities may be off 1 by 1e-6; a negative entry or a NaN is none.
//
// Cost: S^2 A. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct mdp_validate : host_kind {
  static constexpr info about{"mdp_validate", "mdp", "Checks of a finite MDP, and its absorbing states", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    finite_mdp mdp;
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    bool valid = false;            ///< always 1: what is not valid is refused
    std::vector<flag_t> absorbing; ///< [S] never left, and without reward
  };
  struct options {
    double gamma = required;  ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("valid", &O::valid, "1"), array("absorbing", &O::absorbing, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::mdp_validate::outputs mdp_validate(const op::mdp_validate::inputs& in,
                                              const op::mdp_validate::options& o = {}) {
  const auto rule = check<op::mdp_validate>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, {}, o.gamma, mdp::check_gamma);
  const std::vector<char> absorbing = mdp::absorbing_states(m);
  return {true, {absorbing.begin(), absorbing.end()}};
}

}}  // namespace guerdon
