#pragma once
// Reward standardised by all rewards ever seen.
//
// $$r' = \frac{r - \mu}{s}$$
//
// with mean and population deviation of the running state, into which the batch is merged first.
//
//   guerdon::running_moments seen;
//   meanstd_reward(cpu, {.reward = r, .state = {&seen, 1}}, {.shaped_reward = shaped, .new_state = {&seen, 1}}, {});
//
// Source: arXiv:2502.18770, the study's "meanstd" baseline.
//
// Details that differ:
// - All rewards equal, in this batch and before: exactly 0, whatever rounding has left in the state. A deviation of 0
//   in a state of the caller's divides by 1.
// - A fresh state has its minimum at +inf and its maximum at -inf. The released code starts with 10000 and -10000, and
//   updates a single state from all its shapers; here each has its own.
// - A reward that is not finite is an error and leaves the state as it was (host backends).
// - No part of a pipe: the batch and a state decide, not the answer or its group. It stands in front of one.
//
// Cost: the rewards read three times and written once.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/running_moments.hpp>

namespace guerdon {

namespace op {
struct meanstd_reward {
  static constexpr info about{"meanstd_reward", "shaping", "Reward less the running mean, over the running deviation",
                              "arXiv:2502.18770", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;                        ///< [B] finite
    view<const guerdon::running_moments> state;  ///< [1] of all rewards before
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;                     ///< [B] standardised
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
void meanstd_reward(const Backend& backend, const op::meanstd_reward::inputs<T>& in,
                    const op::meanstd_reward::outputs<T>& out, const op::meanstd_reward::options& o) {
  check<op::meanstd_reward>(backend, in, out, o);
  update_moments(backend, in.reward, in.state, out.new_state);
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const guerdon::running_moments& seen = out.new_state[0];
    const double deviation = running_deviation(seen);
    const double scaled = (double(in.reward[i]) - seen.mean) / (deviation == 0 ? 1 : deviation);
    out.shaped_reward[i] = T(seen.low == seen.high ? 0 : scaled);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto meanstd_reward(const Backend& backend, const op::meanstd_reward::inputs<T>& in,
                    const op::meanstd_reward::options& o = {}) {
  return returned<op::meanstd_reward, T>(backend, in, o, [&](auto& out) { meanstd_reward(backend, in, out, o); });
}

}}  // namespace guerdon
