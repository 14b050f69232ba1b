#pragma once
// The logistic loss of a comparison, with the label turned round for a share of the pairs.

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

/// -(1-e) log sigmoid(z) - e log sigmoid(-z), and its derivative by z. e = 0 leaves the second term out.
GUERDON_HD inline logistic_value smoothed_logistic(double z, double e) {
  return {-(1 - e) * math::log_sigmoid(z) - math::zero_select_product(e, math::log_sigmoid(-z)),
          -(1 - e) * math::sigmoid(-z) + e * math::sigmoid(z)};
}

}}  // namespace guerdon
