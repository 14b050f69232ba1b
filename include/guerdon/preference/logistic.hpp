#pragma once
// The logistic loss of a comparison, with the label turned round for a share of the pairs.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

struct logistic_value {
  double loss, slope;
};

/// -(1-e) log sigmoid(z) - e log sigmoid(-z), and its derivative by z. e = 0 leaves the second term out.
GUERDON_HD inline logistic_value smoothed_logistic(double z, double e) {
  return {-(1 - e) * math::log_sigmoid(z) - math::zero_select_product(e, math::log_sigmoid(-z)),
          -(1 - e) * math::sigmoid(-z) + e * math::sigmoid(z)};
}

inline void require_label_smoothing(double e, std::string_view operation) {
  require(e >= 0 && e < 0.5, operation, "label_smoothing", "must be at least 0 and below 0.5");
}

}}  // namespace guerdon
