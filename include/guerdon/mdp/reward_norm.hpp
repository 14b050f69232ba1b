#pragma once
// The length of a reward as a vector of numbers.
//
// $$\|R\|_p = \left(\sum_{s, a, s'} w\, |R(s, a, s')|^p\right)^{1/p}$$
//
// with w = 1, or w = P(s'|s,a) in the weighted norms; inf is the largest entry, weighted_inf the largest P |R|; none
// is 1.
//
// Source: Skalse et al. (2023), arXiv:2309.15257; the official code's norms.
//
// Details that differ:
// - Weighted sums are not divided by S A. weighted_inf is not the essential supremum. Nothing has length 0.
//
// Cost: S^2 A. No gradient.

#include <guerdon/mdp/canonical_reward.hpp>

namespace guerdon {

namespace op {
struct reward_norm : host_kind {
  static constexpr info about{"reward_norm", "mdp", "Norms of a reward", "arXiv:2309.15257", skeleton::host};
  struct inputs {
    index_t states = 0;                  ///< S
    view<const double> reward;           ///< [S,A,S] R(s,a,s')
    view<const double> transition = {};  ///< [S,A,S] each row a distribution; of the weighted norms
  };
  struct outputs {
    double norm = 0;
  };
  struct options {
    reward_norm_kind norm = reward_norm_kind::l2;  ///< which
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("states", &I::states, "S"), array("reward", &I::reward, "S,A,S"),
                      optional_array("transition", &I::transition, "S,A,S", probabilities()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("norm", &O::norm, "1")); }
  static constexpr auto parameters() { return std::tuple(choice("norm", &options::norm)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::reward_norm::outputs reward_norm(const op::reward_norm::inputs& in, const op::reward_norm::options& o = {}) {
  const auto rule = check<op::reward_norm>(in, o);
  using kind = reward_norm_kind;
  const bool weighted = o.norm == kind::weighted_1 || o.norm == kind::weighted_2 || o.norm == kind::weighted_inf;
  rule(!weighted || in.transition, "transition", "is required for a weighted norm and was not given");
  rule(mdp::are_distributions(in.transition, in.states), "transition", "has a row that is no distribution");
  rule(mdp::are_finite(in.reward), "reward", "is not finite everywhere");
  const std::span<const double> reward(in.reward.data(), static_cast<std::size_t>(in.reward.size()));
  return {reward.empty() && o.norm != kind::none ? 0 : mdp::norm_of(reward, in.transition.data(), o.norm)};
}

}}  // namespace guerdon
