#pragma once
// The mean reward of an action over its successors.
//
// $$R(s, a) = \sum_{s'} P(s' \mid s, a)\, R(s, a, s')$$
//
// Source: Puterman (1994).
//
// Details that differ:
// - A reward of [S,A] passes through. What cannot happen has no influence; it must be finite all the same.
//
// Cost: S^2 A. Memory: the result alone. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>

namespace guerdon {

namespace op {
struct expected_reward : host_kind {
  static constexpr info about{"expected_reward", "mdp", "Mean reward of an action over its successors", "",
                              skeleton::host};
  struct inputs {
    finite_mdp mdp;
  };
  struct outputs {
    std::vector<double> expected_reward;  ///< [S,A]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("expected_reward", &O::expected_reward, "S,A")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::expected_reward::outputs expected_reward(const op::expected_reward::inputs& in,
                                                    const op::expected_reward::options& o = {}) {
  const auto rule = check<op::expected_reward>(in, o);
  return {mdp::checked(rule, in.mdp, {}, {}, 0, mdp::check_gamma).reward};
}

}}  // namespace guerdon
