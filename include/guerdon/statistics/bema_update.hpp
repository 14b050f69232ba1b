#pragma once
// Bias-corrected moving average of parameters: an average that lags, plus what training has moved since its start.
//
// $$m \leftarrow (1 - b)\,m + b\,\theta, \qquad \theta_{BEMA} = m + a\,(\theta - \theta_0), \qquad
//   b = \max(t^{-p},\ b_{min}), \quad a = t^{-q}, \quad t = \text{lag} + c\,\text{step}$$
//
// for the reference policy of a preference loss, or for the model that is evaluated.
//
// Source: BEMA, arXiv:2508.00180.
//
// Details that differ:
// - At its first step (TRL: `update_after`) a trainer sets initial and average to the parameters and does not call;
//   from then on it calls every `update_freq` steps (400).
// - bias_power 0 keeps the whole correction for ever, a large one switches it off.
// - A NaN parameter enters the average for good: look before. No gradient.
//
// Cost: 20 bytes per parameter in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct bema_update {
  static constexpr info about{"bema_update", "statistics", "Bias-corrected moving average of parameters (BEMA)",
                              "arXiv:2508.00180", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> parameters;  ///< [P] as they are
    view<const T> initial;     ///< [P] as they were at the start
    view<const T> ema;         ///< [P] their average so far
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> ema;          ///< [P] the new average; may be the memory of the old one
    Of<T> merged;       ///< [P] the average with its correction
    Of<T> ema_weight;   ///< [1] b
    Of<T> bias_weight;  ///< [1] a
  };
  struct options {
    index_t step = required;    ///< >= 0, optimiser steps
    double ema_power = 0.5;     ///< >= 0, p
    double bias_power = 0.2;    ///< >= 0, q
    double lag = 10;            ///< >= 0; lag + multiplier * step must be at least 1
    double multiplier = 1;      ///< >= 0, c
    double min_ema_weight = 0;  ///< in [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("parameters", &I::parameters, "P"), array("initial", &I::initial, "P"),
                      array("ema", &I::ema, "P"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("ema", &O::ema, "P"), array("merged", &O::merged, "P"),
                      array("ema_weight", &O::ema_weight, "1"), array("bias_weight", &O::bias_weight, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(100)),
                      option("ema_power", &options::ema_power, at_least(0, 1)),
                      option("bias_power", &options::bias_power, at_least(0, 1)),
                      option("lag", &options::lag, at_least(0, 20)),
                      option("multiplier", &options::multiplier, at_least(0, 2)),
                      option("min_ema_weight", &options::min_ema_weight, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes averages and weights.
template <storage T = float, backend Backend>
void bema_update(const Backend& backend, const op::bema_update::inputs<T>& in, const op::bema_update::outputs<T>& out,
                 const op::bema_update::options& o) {
  const auto rule = check<op::bema_update>(backend, in, out, o);
  const double age = o.lag + o.multiplier * double(o.step);
  rule(age >= 1, "lag", "is too small: lag + multiplier * step must be at least 1, or weights exceed 1");
  const double b = math::max(::pow(age, -o.ema_power), o.min_ema_weight), a = ::pow(age, -o.bias_power);
  backend.each(in.parameters.size(), [=] GUERDON_HD(index_t i) {
    const double theta = double(in.parameters[i]), ema = (1 - b) * double(in.ema[i]) + b * theta;
    out.ema[i] = T(ema);
    out.merged[i] = T(ema + a * (theta - double(in.initial[i])));
  });
  backend.each(1, [=] GUERDON_HD(index_t) { out.ema_weight[0] = T(b), out.bias_weight[0] = T(a); });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto bema_update(const Backend& backend, const op::bema_update::inputs<T>& in, const op::bema_update::options& o = {}) {
  return returned<op::bema_update, T>(backend, in, o, [&](auto& out) { bema_update(backend, in, out, o); });
}

}}  // namespace guerdon
