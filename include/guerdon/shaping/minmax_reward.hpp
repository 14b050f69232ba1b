#pragma once
// Reward placed between the lowest and the highest reward ever seen, which become 0 and 1.
//
// $$r' = \frac{r - \min}{\max - \min}$$
//
// The batch is merged into the running state first and shaped with the new state, so results lie in [0, 1].
//
// Source: arXiv:2502.18770, the study's "minmax" baseline.
//
// Details that differ:
// - All rewards equal, in this batch and before: 0.5; the released code divides 0 by 0.
// - A fresh state has its minimum at +inf and its maximum at -inf. The released code starts with 10000 and
//   -10000, which hides the first rewards that lie outside (give it a state of 0, 0, 0, 10000, -10000 to do the
//   same), and updates a single state from all its shapers; here each has its own.
// - A reward that is not finite is an error and leaves the state as it was (host backends).
//
// Cost: the rewards read three times and written once.

#include <guerdon/shaping/running_state.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct minmax_reward_inputs {
  view<const T> reward;      ///< [B] finite
  view<const double> state;  ///< [5] count, mean, sum of squared deviations, minimum, maximum so far
};

template <storage T, template <class> class Of = view>
struct minmax_reward_outputs {
  Of<T> shaped_reward;   ///< [B] between 0 and 1
  Of<double> new_state;  ///< [5] the state with the batch merged in; may be the memory of `state`
};

struct minmax_reward_options {};

/// Writes shaped rewards and the new state. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void minmax_reward(const Backend& backend, const minmax_reward_inputs<T>& in,
                   const minmax_reward_outputs<T>& out, const minmax_reward_options& = {}) {
  constexpr auto op = "minmax_reward";
  const index_t n = in.reward.size();
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require_running_state(backend, in.reward, in.state, out.new_state, op);
  merge_running_state(backend, in.reward, in.state, out.new_state);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double low = out.new_state[3], high = out.new_state[4];
    out.shaped_reward[i] = T(low == high ? 0.5 : (double(in.reward[i]) - low) / (high - low));
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto minmax_reward(const Backend& backend, const minmax_reward_inputs<T>& in,
                   const minmax_reward_options& o = {}) {
  minmax_reward_outputs<T, Backend::template array> result{backend.template make<T>(in.reward.size()),
                                                           backend.template make<double>(5)};
  minmax_reward<T>(backend, in, {result.shaped_reward, result.new_state}, o);
  return result;
}

}}  // namespace guerdon
