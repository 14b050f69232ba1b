#pragma once
// The quotient of two logistic functions, which DR-IRL's scales are.

#include <guerdon/core/math.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// sigmoid(a) / sigmoid(b), also where both are too small for a number.
GUERDON_HD inline double sigmoid_ratio(double a, double b) {
  return math::exp(math::log_sigmoid(a) - math::log_sigmoid(b));
}

}}  // namespace guerdon
