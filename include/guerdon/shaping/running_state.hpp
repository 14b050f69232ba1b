#pragma once
// Moments of all rewards seen so far, carried from batch to batch as five numbers: count, mean, sum of
// squared deviations, minimum, maximum. It starts as 0, 0, 0, +inf, -inf, or with narrower bounds: whatever
// they are, rewards only widen them. Double whatever the type of the rewards.

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Checks what a shaper with a running state takes: five numbers in and out, and rewards that are all finite
/// (on host backends; elsewhere a reward that is not stays out of the state, which it would spoil for good).
template <storage T, class Backend>
void require_running_state(const Backend&, view<const T> reward, view<const double> state,
                           view<double> new_state, std::string_view operation) {
  require_size(state.size(), 5, operation, "state",
               "count, mean, sum of squared deviations, minimum, maximum");
  require_size(new_state.size(), 5, operation, "new_state",
               "count, mean, sum of squared deviations, minimum, maximum");
  if constexpr (Backend::on_host)
    for (const T r : reward)
      require(math::is_finite(real_t<T>(r)), operation, "reward",
              "must be finite to enter the running state");
}

/// new_state = state with the rewards merged in; unchanged by an empty batch. Both may be the same memory.
template <storage T, class Backend>
void merge_running_state(const Backend& backend, view<const T> reward, view<const double> state,
                         view<double> new_state) {
  auto scratch = backend.scratch();
  const auto batch = scratch.template take<moments>(1);
  array_moments(
      backend, reward.size(),
      [=] GUERDON_HD(index_t i) {
        const double r = double(reward[i]);
        return counted_value<double>{r, math::is_finite(r)};
      },
      batch);
  backend.each(1, [=] GUERDON_HD(index_t) {
    const moments carried{state[0], state[1], state[2], state[3], state[4]};
    const moments total = merge(carried, batch[0]);
    new_state[0] = total.count;
    new_state[1] = total.mean;
    new_state[2] = total.m2;
    new_state[3] = total.low;
    new_state[4] = total.high;
  });
}

}}  // namespace guerdon
