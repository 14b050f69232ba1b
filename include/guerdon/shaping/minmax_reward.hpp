#pragma once
// Reward placed between the lowest and the highest reward ever seen, which become 0 and 1.
//
// $$r' = \frac{r - \min}{\max - \min}$$
//
// The batch is merged into the running state first and shaped with the new state, so results lie in [0, 1].
//
//   guerdon::running_moments seen;
//   minmax_reward(cpu, {.reward = r, .state = {&seen, 1}}, {.shaped_reward = shaped, .new_state = {&seen, 1}}, {});
//
// Source: arXiv:2502.18770, the study's "minmax" baseline.
//
// Details that differ:
// - All rewards equal, in this batch and before: 0.5; the released code divides 0 by 0.
// - A fresh state has its minimum at +inf and its maximum at -inf. The released code starts with 10000 and
//   -10000, which hides the first rewards that lie outside (a state of `{.low = 10000, .high = -10000}` does the
//   same), and updates a single state from all its shapers; here each has its own.
// - A reward that is not finite is an error and leaves the state as it was (host backends).
// - No part of a pipe: the batch and a state decide, not the answer or its group. It stands in front of one.
//
// Cost: the rewards read three times and written once.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/running_moments.hpp>

namespace guerdon {

namespace op {
struct minmax_reward {
  static constexpr info about{"minmax_reward", "shaping", "Reward between the lowest and the highest seen so far",
                              "arXiv:2502.18770", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;                        ///< [B] finite
    view<const guerdon::running_moments> state;  ///< [1] of all rewards before
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;                     ///< [B] between 0 and 1
    Of<guerdon::running_moments> new_state;  ///< [1] with this batch; may be the memory of `state`
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B", finite()), array("state", &I::state, "1", drawn(0, 5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("new_state", &O::new_state, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes shaped rewards and the new state.
template <real T = float, backend Backend>
void minmax_reward(const Backend& backend, const op::minmax_reward::inputs<T>& in,
                   const op::minmax_reward::outputs<T>& out, const op::minmax_reward::options& o) {
  check<op::minmax_reward>(backend, in, out, o);
  update_moments(backend, in.reward, in.state, out.new_state);
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const double low = out.new_state[0].low, high = out.new_state[0].high;
    out.shaped_reward[i] = T(low == high ? 0.5 : (double(in.reward[i]) - low) / (high - low));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto minmax_reward(const Backend& backend, const op::minmax_reward::inputs<T>& in,
                   const op::minmax_reward::options& o = {}) {
  return returned<op::minmax_reward, T>(backend, in, o, [&](auto& out) { minmax_reward(backend, in, out, o); });
}

}}  // namespace guerdon
