#pragma once
// The weight of the KL penalty, steered so that the measured KL stays near a target.
//
// $$\beta' = \beta\,\bigl(1 + \mathrm{clip}(\tfrac{\mathrm{KL}}{\text{target}} - 1,\,\pm c)\,\tfrac{n}{h}\bigr)$$
//
// `kind = step` multiplies by `factor` where the KL lies above `tolerance` targets, and divides where it lies below
// target / `tolerance`.
//
//   guerdon::adaptive_kl_coefficient beta{.coef = 0.2, .options = {.target = 6}};
//   beta.update(kl, 256);  // after a batch of 256; then use beta.coef
//
// Source: proportional, Ziegler et al. 2019, arXiv:1909.08593; step, the KL penalty of PPO, arXiv:1707.06347.
//
// Details that differ:
// - A NaN KL, a step without a measurement, leaves the coefficient as it was.
// - `target` is 6 for proportional. A step controller's target is a KL per token (torchrl's is 0.01): it must be given.
// - On a bound of the tolerance itself nothing changes. More than horizon / clip samples at once would turn the sign of
//   the coefficient, as they do in the released code.
//
// Cost: none.

#include <guerdon/core/value.hpp>
#include <guerdon/core/math.hpp>

namespace guerdon {

/// By how much the KL is off, or by a factor where it is far off.
enum class kl_control { proportional, step };
constexpr auto enumerators(kl_control) { return std::array{"proportional", "step"}; }

namespace op {
struct adaptive_kl_coefficient : value_kind {
  static constexpr info about{"adaptive_kl_coefficient", "objective", "Weight of the KL penalty that keeps a target KL",
                              "arXiv:1909.08593; arXiv:1707.06347", skeleton::host};
  struct inputs {
    double coef;                ///< [1] the weight so far
    double kl;                  ///< [1] measured since the last update
    double n_steps = required;  ///< [1] >= 0, samples since the last update; kind step does not read it
  };
  struct outputs {
    double coef;  ///< [1] the weight from here on
  };
  struct options {
    kl_control kind = kl_control::proportional;
    std::optional<double> target = {};  ///< > 0; left out: 6, for kind proportional alone
    double horizon = 10000;             ///< > 0, samples in which the weight follows; kind proportional
    double clip = 0.2;                  ///< >= 0, most relative error that counts; kind proportional
    double factor = 2;                  ///< >= 1; kind step
    double tolerance = 1.5;             ///< >= 1; kind step
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr double most = std::numeric_limits<double>::max();
    return std::tuple(array("coef", &I::coef, "1", drawn(0, 1)), array("kl", &I::kl, "1", drawn(0, 12)),
                      optional_array("n_steps", &I::n_steps, "1", within(0, most).drawn(0, 512)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("coef", &O::coef, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), option("target", &options::target, greater_than(0, 0.01, 8)),
                      option("horizon", &options::horizon, greater_than(0, 100, 20000)),
                      option("clip", &options::clip, at_least(0, 1)),
                      option("factor", &options::factor, at_least(1, 3)),
                      option("tolerance", &options::tolerance, at_least(1, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::adaptive_kl_coefficient::outputs updated(op::adaptive_kl_coefficient,
                                                    const op::adaptive_kl_coefficient::inputs& in,
                                                    const op::adaptive_kl_coefficient::options& o = {}) {
  const auto rule = check<op::adaptive_kl_coefficient>(in, o);
  const bool step = o.kind == kl_control::step;
  rule(!step || o.target, "target", "is required for kind step and was not given");
  rule(step || !is_missing(in.n_steps), "n_steps", "is required and was not given");
  const double target = o.target.value_or(6);
  if (in.kl != in.kl) return {in.coef};
  if (step) return {in.kl > target * o.tolerance   ? in.coef * o.factor
                    : in.kl < target / o.tolerance ? in.coef / o.factor
                                                   : in.coef};
  return {in.coef * (1 + math::clamp(in.kl / target - 1, -o.clip, o.clip) * in.n_steps / o.horizon)};
}

}  // namespace GUERDON_ABI

/// The controller: its weight and its options.
struct adaptive_kl_coefficient {
  double coef = 0.2;  ///< the weight of the KL penalty
  op::adaptive_kl_coefficient::options options = {};

  static constexpr const char* name = "adaptive_kl_coefficient";
  static constexpr auto fields() {
    using self = adaptive_kl_coefficient;
    return std::tuple_cat(std::tuple(op::saved("coef", &self::coef)),
                          op::saved_options<op::adaptive_kl_coefficient>(&self::options));
  }

  /// Takes a measurement, made on so many samples; returns the new weight.
  [[gnu::always_inline]] double update(double kl, double n_steps = required) {
    return coef = updated(op::adaptive_kl_coefficient(), {coef, kl, n_steps}, options).coef;
  }
};

}  // namespace guerdon
