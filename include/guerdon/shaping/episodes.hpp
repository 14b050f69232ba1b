#pragma once
// Episodes over which a return is spread.

#include <guerdon/core/segments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// How many have steps: what averages over episodes divide by.
inline double episodes_with_steps(const segments& episodes) {
  double count = 0;
  for (index_t e = 0; e < episodes.count(); ++e) count += episodes.size(e) > 0;
  return count;
}

}}  // namespace guerdon
