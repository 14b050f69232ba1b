#pragma once
// Mean and variance of recent values, by moving averages that are freed from the bias of their start.
//
// $$\mu' = d\,\mu + (1 - d)\,\bar x, \qquad \nu' = d\,\nu + (1 - d)\,\overline{x^2}, \qquad p' = p\,d$$
//
// $$m = \frac{\mu'}{1 - p'}, \qquad v = \max\Bigl(0,\ \frac{\nu'}{1 - p'} - m^2\Bigr)$$
//
//   guerdon::ema_moments seen{.options = {.decay = 0.99}};
//   const auto now = seen.update(batch);  // now.mean, now.var
//
// Source: rlax (moving_averages.py); the correction, Adam, Kingma and Ba 2015.
//
// Details that differ:
// - An empty batch leaves the state as it was; mean and variance are read from it, NaN before the first value.
// - Merging is ordered: a state that started afresh and went on where this one stopped. Averages decay by what the
//   later half did, mu = mu p_later + mu_later; the same to rounding as one run, and not the same in the other order.
// - A difference of squares: where the mean dwarfs the deviation, running_mean_std keeps the digits.
//
// Cost: each value read once.

#include <guerdon/core/value.hpp>

namespace guerdon {

namespace op {
struct ema_moments : value_kind {
  static constexpr info about{"ema_moments", "statistics",
                              "Mean and variance with exponential forgetting, without the bias of the start", "",
                              skeleton::host};
  struct inputs {
    view<const double> x;  ///< [N]
  };
  struct outputs {
    double mean = 0;           ///< [1]
    double var = 0;            ///< [1]
    double mu = 0;             ///< [1]
    double nu = 0;             ///< [1]
    double decay_product = 0;  ///< [1] p
  };
  struct options {
    double decay = required;   ///< d in [0,1)
    double mu = 0;             ///< so far
    double nu = 0;             ///< so far
    double decay_product = 1;  ///< so far
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("x", &I::x, "N")); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("mean", &O::mean, "1").or_nan(), array("var", &O::var, "1").or_nan(),
                      array("mu", &O::mu, "1"), array("nu", &O::nu, "1"),
                      array("decay_product", &O::decay_product, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("decay", &options::decay, range{.low = 0, .high = 1, .open_high = true}.drawn(0, 0.99)),
                      option("mu", &options::mu), option("nu", &options::nu, drawn(0, 2)),
                      option("decay_product", &options::decay_product, drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::ema_moments::outputs updated(op::ema_moments, const op::ema_moments::inputs& in,
                                        const op::ema_moments::options& o = {}) {
  check<op::ema_moments>(in, o);
  double mu = o.mu, nu = o.nu, product = o.decay_product;
  if (const double n = static_cast<double>(in.x.size()); n > 0) {
    double sum = 0, squares = 0;
    for (const double x : in.x) sum += x, squares += x * x;
    mu = o.decay * mu + (1 - o.decay) * (sum / n);
    nu = o.decay * nu + (1 - o.decay) * (squares / n);
    product *= o.decay;
  }
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const double weight = 1 - product, mean = weight == 0 ? nan : mu / weight;
  return {mean, math::max(nu / weight - mean * mean, 0.0), mu, nu, product};
}

}  // namespace GUERDON_ABI

/// The averages, which stand in the options beside the decay.
struct ema_moments {
  op::ema_moments::options options = {};

  static constexpr const char* name = "ema_moments";
  static constexpr auto fields() { return op::saved_options<op::ema_moments>(&ema_moments::options); }

  /// Takes a batch; returns mean and variance.
  [[gnu::always_inline]] op::ema_moments::outputs update(view<const double> x) {
    const auto out = updated(op::ema_moments(), {x}, options);
    options.mu = out.mu, options.nu = out.nu, options.decay_product = out.decay_product;
    return out;
  }
  /// Takes what one has seen that started afresh where this one stopped.
  [[gnu::always_inline]] void merge(const ema_moments& later) {
    const auto then = later.options;
    options.mu = options.mu * then.decay_product + then.mu;
    options.nu = options.nu * then.decay_product + then.nu;
    options.decay_product *= then.decay_product;
  }
};

}  // namespace guerdon
