#pragma once
// The temperature at which a classifier's probabilities fit labels best: one number that repairs over-confidence.
//
// $$T^* = \arg\min_T \frac{1}{N} \sum_i \Bigl( \ln \sum_c e^{z_{ic}/T} - \frac{z_{i y_i}}{T} \Bigr)$$
//
// Source: Guo et al., On calibration of modern neural networks, arXiv:1706.04599.
//
// Details that differ:
// - The loss is convex in 1/T: its derivative is bisected, where the authors run L-BFGS on T, until no double lies
//   between the two ends: nothing is left to converge, and there is no limit of iterations. Without a change of sign
//   the answer is the bound of lower loss: all right gives min_temperature, no better than chance max_temperature.
// - For one score a sample use the columns (score, 0).
//
// Cost: the logits read 60 to 70 times. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>

namespace guerdon {
namespace op {
struct temperature_scaling : host_kind {
  static constexpr info about{"temperature_scaling", "judge", "The temperature that calibrates a classifier",
                              "arXiv:1706.04599", skeleton::host};
  struct inputs {
    view<const index_t> label;  ///< [N] the right class, 0..C-1
    view<const double> logit;   ///< [N,C] finite
  };
  struct outputs {
    double temperature = 1;  ///< [1]
    double nll_before = 0;   ///< [1] mean loss at temperature 1
    double nll_after = 0;    ///< [1] and at this one
  };
  struct options {
    double min_temperature = 0.01;  ///< > 0
    double max_temperature = 100;   ///< >= min_temperature
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("label", &I::label, "N", counts(0)), array("logit", &I::logit, "N,C", finite()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("temperature", &O::temperature, "1"), array("nll_before", &O::nll_before, "1"),
                      array("nll_after", &O::nll_after, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("min_temperature", &options::min_temperature, greater_than(0, 0.01, 0.5).without_nan()),
                      option("max_temperature", &options::max_temperature, greater_than(0, 2, 100).without_nan()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace calibration {

/// The mean loss at the inverse temperature b, and its derivative in b.
struct tempered {
  double loss = 0, slope = 0;
};
inline tempered tempered_loss(const op::temperature_scaling::inputs& in, double b) {
  const index_t n = in.label.size(), classes = in.logit.size() / n;
  tempered mean;
  for (index_t i = 0; i < n; ++i) {
    const double* const z = in.logit.data() + i * classes;
    const double most = *std::max_element(z, z + classes), right = z[in.label[i]];
    double sum = 0, weighted = 0;
    for (index_t c = 0; c < classes; ++c) {
      const double e = math::exp(b * (z[c] - most));
      sum += e, weighted += e * (z[c] - most);
    }
    mean.loss += (math::log(sum) + b * (most - right)) / static_cast<double>(n);
    mean.slope += (weighted / sum + (most - right)) / static_cast<double>(n);
  }
  return mean;
}

}  // namespace calibration

/// The temperature, and the loss without and with it.
inline op::temperature_scaling::outputs temperature_scaling(const op::temperature_scaling::inputs& in,
                                                            const op::temperature_scaling::options& o = {}) {
  const auto rule = check<op::temperature_scaling>(in, o);
  rule(in.label.size() > 0, "label", "must not be empty");
  rule(o.max_temperature >= o.min_temperature, "max_temperature", "must not be below min_temperature");
  const index_t classes = in.logit.size() / in.label.size();
  rule(std::all_of(in.label.begin(), in.label.end(), [&](index_t y) { return y < classes; }), "label",
       "must be below the number of classes");
  double low = 1 / o.max_temperature, high = 1 / o.min_temperature;
  const auto at_low = calibration::tempered_loss(in, low), at_high = calibration::tempered_loss(in, high);
  double inverse;
  if (at_low.slope < 0 && at_high.slope > 0) {
    for (double middle; middle = low + (high - low) / 2, middle > low && middle < high;)
      (calibration::tempered_loss(in, middle).slope < 0 ? low : high) = middle;
    inverse = low;
  } else {
    inverse = at_high.loss < at_low.loss ? high : low;
  }
  const double before = calibration::tempered_loss(in, 1).loss;
  const bool at_bound = inverse == 1 / o.max_temperature || inverse == 1 / o.min_temperature;
  const double bound = inverse == 1 / o.max_temperature ? o.max_temperature : o.min_temperature;
  return {at_bound ? bound : 1 / inverse, before, calibration::tempered_loss(in, inverse).loss};
}

}}  // namespace guerdon
