#pragma once
// The logistic loss of a comparison, with the label turned round for a share of the pairs; it stands behind every loss of
// pairs. And the mean that such losses are.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {

/// A share of labels that may be wrong: less than half of them.
constexpr range label_share() { return range{.low = 0, .high = 0.5, .open_high = true}.drawn(0, 0.45); }

}  // namespace op

inline namespace GUERDON_ABI {

struct logistic_value {
  double loss, slope;
};

/// -log sigmoid(z) = log(1 + e^-z), linear far out, and its derivative by z: -sigmoid(-z).
GUERDON_HD inline logistic_value logistic(double z) { return {-math::log_sigmoid(z), -math::sigmoid(-z)}; }
/// The same where a share e of the labels is turned round: -(1-e) log sigmoid(z) - e log sigmoid(-z). A share of 0 leaves
/// its term out. With 1 - e a target in [0, 1] it is the cross-entropy of a probability sigmoid(z).
GUERDON_HD inline logistic_value smoothed_logistic(double z, double e) {
  const logistic_value right = logistic(z), turned = logistic(-z);
  return {math::zero_select_product(1 - e, right.loss) + math::zero_select_product(e, turned.loss),
          (1 - e) * right.slope - e * turned.slope};
}

/// What a sum over n losses ends in: loss[0] = its mean, 0 of none.
template <class T>
struct write_mean_loss {
  view<T> loss;
  index_t n;

  GUERDON_HD void operator()(const lanes<double, 1>& total) const { loss[0] = T(n > 0 ? total[0] / double(n) : 0.0); }
};

}}  // namespace guerdon
