#pragma once
// The weight of the entropy bonus, raised while the entropy lies at or below a target and lowered, unused, above it.
//
// $$H \le H_{target}: \quad \alpha' = \min(\alpha + \delta, \alpha_{max}),\; \text{applied } \alpha'; \qquad
//   \text{else} \quad \alpha' = \max(\alpha - \delta, \alpha_{min}),\; \text{applied } 0$$
//
//   guerdon::adaptive_entropy_coefficient bonus{.options = {.target = 0.2}};
//   const double weight = bonus.update(entropy);  // of this step; the coefficient itself is bonus.coef
//
// Source: Skywork-OR1, arXiv:2505.22312, adaptive entropy control.
//
// Details that differ:
// - An entropy of NaN, a step without a measurement, is not at or below the target: the coefficient falls by one step.
//
// Cost: none.

#include <guerdon/core/value.hpp>
#include <guerdon/core/math.hpp>

namespace guerdon {
namespace op {
struct adaptive_entropy_coefficient : value_kind {
  static constexpr info about{"adaptive_entropy_coefficient", "objective",
                              "Weight of the entropy bonus that keeps a target entropy", "arXiv:2505.22312",
                              skeleton::host};
  struct inputs {
    double coef;     ///< [1] the coefficient so far
    double entropy;  ///< [1] mean over valid tokens, measured since the last update
  };
  struct outputs {
    double coef;          ///< [1] the coefficient from here on
    double applied_coef;  ///< [1] the weight of this step: the coefficient, or 0 above the target
  };
  struct options {
    double target = required;  ///< entropy to stay above
    double delta = 0.005;      ///< step of the coefficient
    double coef_min = 0;
    double coef_max = 1;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("coef", &I::coef, "1", drawn(0, 1)), array("entropy", &I::entropy, "1", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("coef", &O::coef, "1"), array("applied_coef", &O::applied_coef, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("target", &options::target, any_value().drawn(0, 2)),
                      option("delta", &options::delta, any_value().drawn(0, 0.2)),
                      option("coef_min", &options::coef_min, any_value().drawn(0, 0.2)),
                      option("coef_max", &options::coef_max, any_value().drawn(0.5, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::adaptive_entropy_coefficient::outputs updated(op::adaptive_entropy_coefficient,
                                                         const op::adaptive_entropy_coefficient::inputs& in,
                                                         const op::adaptive_entropy_coefficient::options& o = {}) {
  check<op::adaptive_entropy_coefficient>(in, o);
  if (in.entropy <= o.target) {
    const double coef = math::min(in.coef + o.delta, o.coef_max);
    return {coef, coef};
  }
  return {math::max(in.coef - o.delta, o.coef_min), 0};
}

}  // namespace GUERDON_ABI

/// The controller: its coefficient and its options.
struct adaptive_entropy_coefficient {
  double coef = 0;  ///< the coefficient
  op::adaptive_entropy_coefficient::options options = {};

  static constexpr const char* name = "adaptive_entropy_coefficient";
  static constexpr auto fields() {
    using self = adaptive_entropy_coefficient;
    return std::tuple_cat(std::tuple(op::saved("coef", &self::coef)),
                          op::saved_options<op::adaptive_entropy_coefficient>(&self::options));
  }

  /// Takes a measurement; returns the weight to use in this step.
  [[gnu::always_inline]] double update(double entropy) {
    const auto now = updated(op::adaptive_entropy_coefficient(), {coef, entropy}, options);
    coef = now.coef;
    return now.applied_coef;
  }
};

}  // namespace guerdon
