#pragma once
// How bonuses and weights fall with a count.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// scale / max(n, 1)^power.
struct count_falloff {
  double scale, power;

  GUERDON_HD double operator()(index_t n) const {
    const double m = n < 1 ? 1 : double(n);
    return power == 0.5 ? scale / math::sqrt(m) : scale / ::pow(m, power);
  }
};

}}  // namespace guerdon
