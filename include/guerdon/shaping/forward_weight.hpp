#pragma once
// Weights of the score function under a verifier that rejects right answers at a known rate, by which the expected
// update keeps its direction.
//
// $$w = R + \rho_1 - 1, \qquad E[w \mid R^* = 1] = 0, \quad E[w \mid R^* = 0] = -(1 - \rho_0 - \rho_1)$$
//
// for the loss $-\mathrm{mean}(w \log \pi)$: accepted answers get a small push up, rejected ones a large push down. The
// expected update is $1 - \rho_0 - \rho_1$ times that of the true reward.
//
// Source: Reinforcement Learning with Verifiable yet Noisy Rewards, arXiv:2510.00915.
//
// Details that differ:
// - Both corrections are increasing and affine. Taking the mean of a group away undoes the forward one, dividing by its
//   deviation both: use the corrected value as the advantage itself, or rates that differ within what is normalised.
// - The rate of false positives is not needed.
// - No part of a pipe: a weight is an advantage already, and what a pipe does behind it would take its shift away.
//
// Cost: one reward read, one weight written.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct forward_weight {
  static constexpr info about{"forward_weight", "shaping", "Weights of the score function under a noisy verifier",
                              "arXiv:2510.00915", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] of the verifier, usually 0 or 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [N]
  };
  struct options {
    double rho1 = 0;  ///< in [0, 1), rate of false negatives
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "N")); }
  static constexpr auto parameters() { return std::tuple(option_or_nan("rho1", &options::rho1, drawn(0, 0.9))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the weights.
template <real T = float, backend Backend>
void forward_weight(const Backend& backend, const op::forward_weight::inputs<T>& in,
                    const op::forward_weight::outputs<T>& out, const op::forward_weight::options& o) {
  const auto rule = check<op::forward_weight>(backend, in, out, o);
  rule(o.rho1 >= 0 && o.rho1 < 1, "rho1", "is a rate: it must be at least 0 and less than 1");
  const double shift = o.rho1 - 1;
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) { out.weight[i] = T(double(in.reward[i]) + shift); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto forward_weight(const Backend& backend, const op::forward_weight::inputs<T>& in,
                    const op::forward_weight::options& o = {}) {
  return returned<op::forward_weight, T>(backend, in, o, [&](auto& out) { forward_weight(backend, in, out, o); });
}

}}  // namespace guerdon
