#pragma once
// PPO's clip and its relatives as a rule: what becomes of a ratio.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon {

namespace op {
/// How far a ratio may leave 1, downwards and upwards.
template <class Bounds>
constexpr auto range_parameters() {
  return std::tuple(option("low", &Bounds::low, at_least(0, 0.99)).in_files("clip_low"),
                    option("high", &Bounds::high, at_least(0, 1)).in_files("clip_high"));
}
}  // namespace op

/// The range of a ratio.
struct ratio_range {
  double low = 0.2;   ///< >= 0 and < 1, or infinity: no lower bound
  double high = 0.2;  ///< >= 0; infinity: no upper bound

  static constexpr auto parameters() { return op::range_parameters<ratio_range>(); }
};

/// Bounds of a ratio.
struct ratio_clip {
  double low = 0.2;   ///< >= 0 and < 1, or infinity: no lower bound
  double high = 0.2;  ///< >= 0; clip-higher: 0.28; infinity: no upper bound
  double dual = std::numeric_limits<double>::infinity();   ///< > 1; usual 3; infinity: off
  double delta = std::numeric_limits<double>::infinity();  ///< > 1; infinity: off

  static constexpr auto parameters() {
    return std::tuple_cat(
        op::range_parameters<ratio_clip>(),
        std::tuple(op::option("dual", &ratio_clip::dual, op::greater_than(1, 1.1, 5)).in_files("dual_clip"),
                   op::option("delta", &ratio_clip::delta, op::greater_than(1, 1.1, 5))));
  }
};

inline namespace GUERDON_ABI {

template <class Bounds>
void check_clip(const call_rules& rule, const Bounds& clip) {
  rule(clip.low < 1 || clip.low == std::numeric_limits<double>::infinity(), "clip.low", "must be below 1, or infinite");
}

/// Loss and slope for a ratio.
template <class R>
GUERDON_HD token_loss<R> clip_ratio(R advantage, const ratio_value<R>& v, const ratio_clip& bounds) {
  const R r = v.ratio, low = R(1) - R(bounds.low), high = R(1) + R(bounds.high);
  const R dual = R(bounds.dual), delta = R(bounds.delta);
  const bool positive = advantage > R(0), negative = advantage < R(0);
  const R bounded = math::min(r, delta);
  // An infinite advantage makes both surrogates infinite: neither is the larger, and the range clips nothing.
  const bool comparable = math::abs(advantage) < std::numeric_limits<R>::infinity();
  const R inside = math::select(comparable, math::clamp(r, low, high), bounded);
  // The larger of the surrogates is -A times the smaller ratio where A > 0, and times the larger where A < 0. Without a
  // sign it is finite for A = 0, even if r overflows, and NaN where A is.
  const R no_sign = math::min(r, R(1)) + advantage;
  const R ratio = math::select(positive, math::min(bounded, inside),
                               math::select(negative, math::max(bounded, inside), no_sign));
  const R factor = math::select(negative, math::min(ratio, dual), ratio);
  const bool clipped = (positive | negative) & ((ratio < bounded) | (ratio > bounded));
  const bool stopped = (factor < r) | (factor > r);  // the gradient passes where the factor is r itself
  return {-advantage * factor, math::select(stopped, R(0), -advantage * v.slope), math::select(clipped, R(1), R(0))};
}

/// The rule: clip_ratio with the token's advantage.
struct clipped {
  using is_rule = void;
  ratio_clip bounds = {};

  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t, const ratio_value<R>& v) const {
    return clip_ratio(t.advantage, v, bounds);
  }
};

}}  // namespace guerdon
