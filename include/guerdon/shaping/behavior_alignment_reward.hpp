#pragma once
// A blend of the true reward and of a designer's, whose weights are learned (BARFI).
//
// $$r = w_0 + w_1\, r_{\text{primary}} + w_2\, r_{\text{auxiliary}}$$
//
// The derivatives by the weights are (1, primary, auxiliary) of each reward. alignment_outer_gradient says how to move
// the weights, so that the policy that is best for the blend does best under the primary reward.
//
// Source: Gupta et al. (2023), NeurIPS, "Behavior Alignment via Reward Function Optimization", arXiv:2310.19007.
//
// Details that differ:
// - Three weights for all; weights of each state are the caller's, one call for each set.
// - A weight of exactly 0 leaves its reward out, even if that is NaN or infinite.
//
// Cost: two numbers read per reward, one written, and three for the derivatives.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct behavior_alignment_reward {
  static constexpr info about{"behavior_alignment_reward", "shaping", "Blend of a true and a designed reward (BARFI)",
                              "arXiv:2310.19007", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> primary;    ///< [N] the reward that counts
    view<const T> auxiliary;  ///< [N] the designer's
    view<const T> weight;     ///< [3] of 1, of primary, of auxiliary; (0,1,0) is primary alone, (0,1,1) the plain sum
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;       ///< [N]
    Of<T> grad_weight;  ///< [N,3] of each reward; may be left out
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("primary", &I::primary, "N"), array("auxiliary", &I::auxiliary, "N"),
                      array("weight", &I::weight, "3"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), optional_array("grad_weight", &O::grad_weight, "N,3"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards, and their derivatives where there is room for them.
template <real T = float, backend Backend>
void behavior_alignment_reward(const Backend& backend, const op::behavior_alignment_reward::inputs<T>& in,
                               const op::behavior_alignment_reward::outputs<T>& out,
                               const op::behavior_alignment_reward::options& o) {
  check<op::behavior_alignment_reward>(backend, in, out, o);
  backend.each(in.primary.size(), [=] GUERDON_HD(index_t i) {
    const T primary = in.primary[i], auxiliary = in.auxiliary[i];
    out.reward[i] = in.weight[0] + math::zero_select_product(in.weight[1], primary) +
                    math::zero_select_product(in.weight[2], auxiliary);
    if (!out.grad_weight) return;
    out.grad_weight[3 * i] = T(1);
    out.grad_weight[3 * i + 1] = primary;
    out.grad_weight[3 * i + 2] = auxiliary;
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto behavior_alignment_reward(const Backend& backend, const op::behavior_alignment_reward::inputs<T>& in,
                               const op::behavior_alignment_reward::options& o = {}) {
  return returned<op::behavior_alignment_reward, T>(backend, in, o,
                                                    [&](auto& out) { behavior_alignment_reward(backend, in, out, o); });
}

}}  // namespace guerdon
