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

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct discounted_returns_inputs {
  time_layout time;                    ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
  view<const T> reward;                ///< [T,B]
  view<const T> discount;              ///< [T,B] gamma, and 0 where the episode ended
  view<const T> bootstrap_value = {};  ///< [B] value after the last step; left out: 0
};

template <storage T, template <class> class Of = view>
struct discounted_returns_outputs {
  Of<T> returns;  ///< [T,B]
};

struct discounted_returns_options {};

/// Writes the returns. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void discounted_returns(const Backend& backend, const discounted_returns_inputs<T>& in,
                        const discounted_returns_outputs<T>& out, const discounted_returns_options& = {}) {
  constexpr auto op = "discounted_returns";
  const index_t n = in.time.size();
  require_time(in.time, op);
  require_size(in.reward.size(), n, op, "reward", "the time layout");
  require_size(in.discount.size(), n, op, "discount", "the time layout");
  if (in.bootstrap_value)
    require_size(in.bootstrap_value.size(), in.time.columns, op, "bootstrap_value", "one number per column");
  require_size(out.returns.size(), n, op, "returns", "the time layout");

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
auto discounted_returns(const Backend& backend, const discounted_returns_inputs<T>& in,
                        const discounted_returns_options& o = {}) {
  auto returns = backend.template make<T>(in.reward.size());
  discounted_returns<T>(backend, in, {.returns = returns}, o);
  return returns;
}

}}  // namespace guerdon
