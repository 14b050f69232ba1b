#pragma once
// The reward of a verifier that errs at known rates, corrected so that its expectation is the true reward.
//
// $$r' = \frac{R - \rho_0}{1 - \rho_0 - \rho_1}, \qquad E[r' \mid R^*] = R^*$$
//
// with the rate $\rho_0$ at which wrong answers are accepted and $\rho_1$ at which right ones are rejected.
//
// Source: Reinforcement Learning with Verifiable yet Noisy Rewards, arXiv:2510.00915.
//
// Details that differ:
// - Both corrections are increasing and affine. Taking the mean of a group away undoes the forward one, dividing by its
//   deviation both: use the corrected value as the advantage itself, or rates that differ within what is normalised.
// - Results leave [0, 1], and their variance grows as $1 / (1 - \rho_0 - \rho_1)^2$.
// - Standardised values are not what the derivation is about: R is 0 or 1, though any number is taken.
//
// Gradient: d r' / d R = 1 / (1 - rho0 - rho1).
// Cost: one reward read, one written.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct backward_correction {
  static constexpr info about{"backward_correction", "shaping", "Rewards of a noisy verifier, made unbiased",
                              "arXiv:2510.00915", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] of the verifier, usually 0 or 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] unbiased
  };
  struct options {
    double rho0 = 0;  ///< >= 0, rate of false positives; with rho1 less than 1
    double rho1 = 0;  ///< >= 0, rate of false negatives
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option_or_nan("rho0", &options::rho0, drawn(0, 0.45)),
                      option_or_nan("rho1", &options::rho1, drawn(0, 0.45)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
struct backward_shaping {
  using is_shaping = void;
  using operation = op::backward_correction;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    rule(o.rho0 >= 0, "rho0", "is a rate: it must be at least 0");
    rule(o.rho1 >= 0, "rho1", "is a rate: it must be at least 0");
    rule(o.rho0 + o.rho1 < 1, "rho0", "and rho1 are rates: their sum must be less than 1");
  }
  GUERDON_HD double operator()(index_t, double reward) const { return (reward - o.rho0) * (1 / (1 - o.rho0 - o.rho1)); }
};

/// Writes the corrected rewards.
template <real T = float, backend Backend>
void backward_correction(const Backend& backend, const op::backward_correction::inputs<T>& in,
                         const op::backward_correction::outputs<T>& out, const op::backward_correction::options& o) {
  const auto rule = check<op::backward_correction>(backend, in, out, o);
  const backward_shaping shaping{o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto backward_correction(const Backend& backend, const op::backward_correction::inputs<T>& in,
                         const op::backward_correction::options& o = {}) {
  return returned<op::backward_correction, T>(backend, in, o,
                                              [&](auto& out) { backward_correction(backend, in, out, o); });
}

/// The operation as a part of a pipe.
inline backward_shaping backward_correction(const op::backward_correction::options& o = {}) { return {o}; }

}}  // namespace guerdon
