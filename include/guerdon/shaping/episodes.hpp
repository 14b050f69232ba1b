#pragma once
// Episodes over which a return is spread.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {

/// How many have steps: what averages over episodes divide by.
inline double episodes_with_steps(const segments& episodes) {
  double count = 0;
  for (index_t e = 0; e < episodes.count(); ++e) count += episodes.size(e) > 0;
  return count;
}

/// Where the last episode ends, where nothing but the cuts tells it: at most 2^24, or `problem` is told.
inline std::size_t steps_told(const call_rules& rule, const segments& episodes, const char* problem) {
  constexpr index_t most = index_t(1) << 24;
  const index_t count = episodes.count(), stride = episodes.stride();
  const bool few = count == 0 || (episodes.ragged() ? episodes.offsets()[count] <= most
                                                    : stride == 0 || count <= most / stride);
  rule(few, "episode_offsets", problem);
  return static_cast<std::size_t>(count == 0 ? 0 : episodes.ragged() ? episodes.offsets()[count] : count * stride);
}

/// per_step(e), once for every step of episode e.
template <class PerStep>
std::vector<double> expanded(const call_rules& rule, const segments& episodes, const PerStep& per_step) {
  std::vector<double> reward(
      steps_told(rule, episodes, "tell more than 2^24 steps: spread fewer episodes at a time"));
  for (index_t e = 0; e < episodes.count(); ++e)
    if (episodes.size(e) > 0) std::fill_n(reward.begin() + episodes.begin(e), episodes.size(e), per_step(e));
  return reward;
}

}}  // namespace guerdon
