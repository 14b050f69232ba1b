#pragma once
// Generalised advantage estimation over [T,B] arrays of environment steps, and the targets of the value
// function.
//
// $$\delta_t = r_t + d_t V_{t+1} - V_t, \qquad A_t = \delta_t + d_t \lambda_t A_{t+1}, \qquad \hat V_t = A_t
// + V_t$$
//
// with the discount $d_t$ of each step: 0 where the episode ended, gamma elsewhere.
//
// Source: GAE, arXiv:1506.02438, eq. 16.
//
// Details that differ:
// - The discount is an array, so the end of an episode needs no second argument. Where an episode was cut off
//   and not ended, one array cannot say both "bootstrap here" and "do not trace further": gae_episodic takes
//   the two flags, or set lambda to 0 at that step.
// - values has T+1 rows; the last one bootstraps. CleanRL and Stable-Baselines3 store flags one step later
//   ("this observation starts an episode"): shift them first.
// - A coefficient of exactly 0 selects: NaN or infinity behind the end of an episode does not leak. rlax and
//   TorchRL multiply. NaN otherwise reaches the earlier steps of its column, and no other column.
// - No normalisation; that is masked_whiten.
//
// Cost: 20 bytes per step in float (reward, discount, values; two results), one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct gae_inputs {
  time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
  view<const T> reward;               ///< [T,B] earned by the action of the step
  view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
  view<const T> values;               ///< [T+1,B] V(s_t); the last row is the value after the last step
  view<const T> step_lambda = {};     ///< [T] one lambda per step, or
  view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
};

template <storage T, template <class> class Of = view>
struct gae_outputs {
  Of<T> advantage;     ///< [T,B]
  Of<T> value_target;  ///< [T,B] advantage + value
};

struct gae_options {
  double lambda = required;  ///< [0, 1]; required where no array of lambdas is given
};

namespace detail {

template <class T, class Backend, class Decay>
void gae_pass(const Backend& backend, const gae_inputs<T>& in, const gae_outputs<T>& out, Decay decay) {
  using R = real_t<T>;
  const T* const reward = in.reward.data();
  const T* const discount = in.discount.data();
  const T* const values = in.values.data();
  T* const advantage = out.advantage.data();
  T* const value_target = out.value_target.data();
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return R(0); },
      [=] GUERDON_HD(const time_index& at) {
        const R d = R(discount[at.i]);
        const R bootstrap = math::zero_select_product(d, R(values[at.v_next]));
        return affine<R>{R(reward[at.i]) + bootstrap - R(values[at.v]), coefficient_product(d, decay(at))};
      },
      [=] GUERDON_HD(const time_index& at, R x, R) {
        advantage[at.i] = T(x);
        value_target[at.i] = T(x + R(values[at.v]));
      });
}

}  // namespace detail

/// Writes advantages and targets. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void gae(const Backend& backend, const gae_inputs<T>& in, const gae_outputs<T>& out,
         const gae_options& o = {}) {
  constexpr auto op = "gae";
  const index_t n = in.time.size();
  require_time(in.time, op);
  require_size(in.reward.size(), n, op, "reward", "the time layout");
  require_size(in.discount.size(), n, op, "discount", "the time layout");
  require_size(in.values.size(), n + in.time.columns, op, "values", "T+1 rows of the time layout");
  require_size(out.advantage.size(), n, op, "advantage", "the time layout");
  require_size(out.value_target.size(), n, op, "value_target", "the time layout");
  require_decay(o.lambda, in.step_lambda, in.element_lambda, in.time, op);
  with_decay(o.lambda, in.step_lambda, in.element_lambda,
             [&](auto decay) { detail::gae_pass<T>(backend, in, out, decay); });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto gae(const Backend& backend, const gae_inputs<T>& in, const gae_options& o = {}) {
  gae_outputs<T, Backend::template array> result{backend.template make<T>(in.reward.size()),
                                                 backend.template make<T>(in.reward.size())};
  gae<T>(backend, in, {result.advantage, result.value_target}, o);
  return result;
}

}}  // namespace guerdon
