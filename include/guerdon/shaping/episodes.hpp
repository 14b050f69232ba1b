#pragma once
// Episodes over which a return is spread.

#include <guerdon/core/segments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Where no array is held against the offsets that cut it, they alone say how many steps there are.
inline bool steps_fit(const segments& episodes) {
  const index_t last = episodes.count() - 1;
  return last < 0 || episodes.begin(last) + episodes.size(last) < index_t(1) << 31;
}
inline constexpr const char* steps_sentence = "must end with the number of steps, below 2^31";

/// How many have steps: what averages over episodes divide by.
inline double episodes_with_steps(const segments& episodes) {
  double count = 0;
  for (index_t e = 0; e < episodes.count(); ++e) count += episodes.size(e) > 0;
  return count;
}

}}  // namespace guerdon
