#pragma once
// An exponential moving average that starts with its first value.
//
// $$m' = \begin{cases} x & \text{there is none yet} \\ (1 - d)\,x + d\,m & \text{else} \end{cases}$$
//
//   guerdon::ema_update spread{.options = {.decay = 0.99}};
//   spread.update(mean_std);  // then use spread.ema
//
// Source: RLPR, arXiv:2506.18254, whose group_std_filter has half of it as its threshold.
//
// Details that differ:
// - Merging is ordered: one that started afresh and went on where this one stopped. Its first value x_1 weighed all
//   that was older; with this average m in its place, m' = m_later + d^n (m - x_1). The same to rounding as one run.
// - NaN stands for no average yet. A value that is not finite changes nothing.
// - RLPR records the steps' mean deviations from step 6, starts at step 11 with their mean, and from then on updates
//   with the step before, so that the filter of a step does not depend on its own data.
//
// Cost: none.

#include <guerdon/core/math.hpp>
#include <guerdon/core/value.hpp>

namespace guerdon {

namespace op {
struct ema_update : value_kind {
  static constexpr info about{"ema_update", "statistics", "Exponential moving average that starts with its first value",
                              "arXiv:2506.18254", skeleton::host};
  struct inputs {
    double value;  ///< [1] the new one
    double ema;    ///< [1] the average so far; NaN: none yet
  };
  struct outputs {
    double ema;  ///< [1] the average from here on
  };
  struct options {
    double decay = 0.99;  ///< [0, 1], what the old average keeps
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "1"), array("ema", &I::ema, "1"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("ema", &O::ema, "1")); }
  static constexpr auto parameters() { return std::tuple(option("decay", &options::decay, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::ema_update::outputs updated(op::ema_update, const op::ema_update::inputs& in,
                                       const op::ema_update::options& o = {}) {
  check<op::ema_update>(in, o);
  if (!math::is_finite(in.value)) return {in.ema};
  if (in.ema != in.ema) return {in.value};
  return {(1 - o.decay) * in.value + o.decay * in.ema};
}

}  // namespace GUERDON_ABI

/// The average and its options.
struct ema_update {
  double ema = std::numeric_limits<double>::quiet_NaN();  ///< NaN until the first value
  op::ema_update::options options = {};
  double first = std::numeric_limits<double>::quiet_NaN();  ///< its first value
  double decay_product = 1;                                 ///< what the values since then left of an older average

  static constexpr const char* name = "ema_update";
  static constexpr auto fields() {
    using self = ema_update;
    return std::tuple_cat(std::tuple(op::saved("ema", &self::ema), op::saved("first", &self::first),
                                     op::saved("decay_product", &self::decay_product)),
                          op::saved_options<op::ema_update>(&self::options));
  }

  /// Takes a value; returns the new average.
  [[gnu::always_inline]] double update(double value) {
    if (math::is_finite(value)) {
      if (ema != ema) first = value;
      decay_product *= options.decay;
    }
    return ema = updated(op::ema_update(), {value, ema}, options).ema;
  }
  /// Takes what one has seen that started afresh where this one stopped.
  [[gnu::always_inline]] void merge(const ema_update& later) {
    if (later.ema != later.ema) return;
    if (ema != ema) return void(*this = later);
    require(later.first == later.first, name, "later", "must have started without an average");
    const double m = later.ema + later.decay_product * (ema - later.first);
    decay_product *= later.decay_product;
    ema = m;
  }
};

}  // namespace guerdon
