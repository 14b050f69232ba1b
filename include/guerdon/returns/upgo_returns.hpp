#pragma once
// UPGO: follow the trajectory only while the next step does at least as well as expected, else bootstrap.
//
// $$\lambda_t = [\,r_{t+1} + d_{t+1} V'_{t+1} \ge V_{t+1}\,], \qquad
//   G_t = r_t + d_t \big((1 - \lambda_t) V'_t + \lambda_t G_{t+1}\big), \qquad A_t = G_t - V_t$$
//
// with $V'_t$ the value of the state that step t led to: value_next where it is given, else $V_{t+1}$.
//
// Source: self-imitation of AlphaStar, Vinyals et al. 2019 (Nature 575), in the form of DI-engine.
//
// Details that differ:
// - At least as well: a tie goes on. A comparison with NaN does not.
// - `truncated` (with value_next, as in gae): the cut step bootstraps, whether or not the next episode starts well.
// - AlphaStar multiplies the advantage by the clipped ratio; that is left to the loss.
//
// Cost: 20 bytes per step in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct upgo_returns {
  static constexpr info about{"upgo_returns", "returns", "Returns along steps that do as well as expected (UPGO)", "",
                              skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> values;               ///< [T+1,B] V(s_t); the last row is the value after the last step
    view<const T> discount = {};        ///< [T,B] gamma, and 0 where the episode ended; left out: 1
    view<const T> value_next = {};      ///< [T,B] value of the state that the step led to; left out: the next row's
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step; needs value_next
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;    ///< [T,B]
    Of<T> advantage;  ///< [T,B] returns - values
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"), array("values", &I::values, "T+1,B"),
                      optional_array("discount", &I::discount, "T,B", drawn(0, 1)),
                      optional_array("value_next", &I::value_next, "T,B"),
                      optional_array("truncated", &I::truncated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("returns", &O::returns, "T,B"), array("advantage", &O::advantage, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// `apart`: value_next is there.
template <bool apart, class T>
struct upgo_step {
  const T *reward, *values, *value_next;
  const T* discount;  ///< of something where there is none
  bool discounted;

  explicit upgo_step(const op::upgo_returns::inputs<T>& in)
      : reward(in.reward.data()),
        values(in.values.data()),
        value_next(in.value_next.data()),
        discount(in.discount ? in.discount.data() : in.reward.data()),
        discounted(in.discount) {}
  GUERDON_HD T discount_of(const time_index& at) const { return math::select(discounted, discount[at.i], T(1)); }
  /// What the step is worth without what follows.
  GUERDON_HD T worth(const time_index& at) const {
    return reward[at.i] + math::zero_select_product(discount_of(at), apart ? value_next[at.i] : values[at.v_next]);
  }
};

template <bool apart, class T, class Backend, class Decay>
void upgo_pass(const Backend& backend, const op::upgo_returns::inputs<T>& in,
               const op::upgo_returns::outputs<T>& out, Decay goes_on) {
  const following_step following(in.time);
  const upgo_step<apart, T> step(in);
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return T(0); },
      [=] GUERDON_HD(const time_index& at) {
        const time_index next = following(at);
        const bool exists = following.exists(at), open = goes_on(at) != T(0);
        const bool expected = step.worth(next) >= step.values[next.v], follows = exists & open & expected;
        return affine<T>{math::select(follows, step.reward[at.i], step.worth(at)),
                         math::select(follows, step.discount_of(at), T(0))};
      },
      [=] GUERDON_HD(const time_index& at, T x, T) {
        out.returns[at.i] = x;
        out.advantage[at.i] = x - step.values[at.v];
      });
}

}  // namespace detail

/// Writes returns and advantages.
template <real T = float, backend Backend>
void upgo_returns(const Backend& backend, const op::upgo_returns::inputs<T>& in,
                  const op::upgo_returns::outputs<T>& out, const op::upgo_returns::options& o) {
  const auto rule = check<op::upgo_returns>(backend, in, out, o);
  detail::check_cut(rule, in);
  if (!in.value_next) return detail::upgo_pass<false, T>(backend, in, out, detail::constant_decay<T>{T(1)});
  auto scratch = backend.scratch();
  const auto truncated = detail::flags_or(backend, scratch, in.truncated, in.reward.size(), 0);
  detail::upgo_pass<true, T>(backend, in, out,
                             detail::cut_decay<detail::constant_decay<T>>{{T(1)}, truncated.data()});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto upgo_returns(const Backend& backend, const op::upgo_returns::inputs<T>& in,
                  const op::upgo_returns::options& o = {}) {
  return returned<op::upgo_returns, T>(backend, in, o, [&](auto& out) { upgo_returns(backend, in, out, o); });
}

}}  // namespace guerdon
