#pragma once
// Discounted sum of the rewards from each step on, over [T,B] arrays.
//
// $$G_t = r_t + d_t G_{t+1}, \qquad G_T = \text{bootstrap}$$
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 3.9.
//
// Details that differ:
// - The discount is an array, 0 where an episode ended; then nothing behind that step counts, not even NaN or
//   infinity.
// - The bootstrap is one value per column, after the last step. rlax takes a whole array of values and reads
//   its last row.
//
// Cost: 12 bytes per step in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct discounted_returns {
  static constexpr info about{"discounted_returns", "returns", "Discounted sum of the rewards from each step on", "",
                              skeleton::scan};
  template <storage T>
  struct inputs {
    time_layout time;                    ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;                ///< [T,B]
    view<const T> discount;              ///< [T,B] gamma, and 0 where the episode ended
    view<const T> bootstrap_value = {};  ///< [B] value after the last step; left out: 0
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [T,B]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                      array("discount", &I::discount, "T,B", drawn(0, 1)),
                      optional_array("bootstrap_value", &I::bootstrap_value, "B"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the returns.
template <storage T = float, backend Backend>
void discounted_returns(const Backend& backend, const op::discounted_returns::inputs<T>& in,
                        const op::discounted_returns::outputs<T>& out, const op::discounted_returns::options& o) {
  check<op::discounted_returns>(backend, in, out, o);
  using R = real_t<T>;
  const T* const reward = in.reward.data();
  const T* const discount = in.discount.data();
  const T* const bootstrap = in.bootstrap_value.data();
  T* const returns = out.returns.data();
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t b) { return bootstrap ? R(bootstrap[b]) : R(0); },
      [=] GUERDON_HD(const time_index& at) {
        return affine<R>{R(reward[at.i]), R(discount[at.i])};
      },
      [=] GUERDON_HD(const time_index& at, R x, R) { returns[at.i] = T(x); });
}

/// The returns in an array of the backend's.
template <storage T = float, backend Backend>
auto discounted_returns(const Backend& backend, const op::discounted_returns::inputs<T>& in,
                        const op::discounted_returns::options& o = {}) {
  return returned<op::discounted_returns, T>(backend, in, o,
                                             [&](auto& out) { discounted_returns(backend, in, out, o); });
}

}}  // namespace guerdon
