#pragma once
// Temporal-difference errors where rewards are measured against their average over time, not discounted.
//
// $$\delta = r - \bar r + c V' - V$$
//
// with the continuation c: 0 where an episode ended, elsewhere 1.
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 10.10; in the form of rlax's differential_td_loss.
//
// Details that differ:
// - A continuation of exactly 0 selects: value_next is not read there.
// - Advantages of many steps for the average reward: gae of reward minus average, with the continuation as discount.
//   The average itself moves by average_reward_update.
//
// Cost: 20 bytes per step in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct differential_td_errors {
  static constexpr info about{"differential_td_errors", "returns",
                              "Temporal-difference errors against the average reward", "", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward;        ///< any shape
    view<const T> value;         ///< the same shape; differential value of the state
    view<const T> value_next;    ///< of the state that the step led to
    view<const T> continuation;  ///< 1, and 0 where the episode ended
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> td_error;  ///< the same shape
  };
  struct options {
    double average_reward = required;  ///< per step, as estimated so far
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "*"), array("value", &I::value, "*"),
                      array("value_next", &I::value_next, "*"),
                      array("continuation", &I::continuation, "*", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("td_error", &O::td_error, "*")); }
  static constexpr auto parameters() { return std::tuple(option("average_reward", &options::average_reward)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the errors.
template <real T = float, backend Backend>
void differential_td_errors(const Backend& backend, const op::differential_td_errors::inputs<T>& in,
                            const op::differential_td_errors::outputs<T>& out,
                            const op::differential_td_errors::options& o) {
  check<op::differential_td_errors>(backend, in, out, o);
  const T average = T(o.average_reward);
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    const T bootstrap = math::zero_select_product(in.continuation[i], in.value_next[i]);
    out.td_error[i] = in.reward[i] - average + bootstrap - in.value[i];
  });
}

/// The errors in an array of the backend's.
template <real T = float, backend Backend>
auto differential_td_errors(const Backend& backend, const op::differential_td_errors::inputs<T>& in,
                            const op::differential_td_errors::options& o) {
  return returned<op::differential_td_errors, T>(backend, in, o,
                                                 [&](auto& out) { differential_td_errors(backend, in, out, o); });
}

}}  // namespace guerdon
