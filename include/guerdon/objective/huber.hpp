#pragma once
// An error's loss: half its square up to delta, linear beyond.

#include <guerdon/core/math.hpp>

#include <limits>

namespace guerdon { inline namespace GUERDON_ABI {

/// Infinity as delta: the square everywhere.
template <class R>
struct huber {
  R delta;

  GUERDON_HD R operator()(R error) const {
    const R size = math::abs(error);
    const bool squared = (size < delta) | (delta == std::numeric_limits<R>::infinity());
    return math::select(squared, error * error / R(2), delta * (size - delta / R(2)));
  }
  GUERDON_HD R slope(R error) const { return math::clamp(error, -delta, delta); }
};

}}  // namespace guerdon
