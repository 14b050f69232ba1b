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

/// Writes returns and advantages.
template <real T = float, backend Backend>
void upgo_returns(const Backend& backend, const op::upgo_returns::inputs<T>& in,
                  const op::upgo_returns::outputs<T>& out, const op::upgo_returns::options& o) {
  const auto rule = check<op::upgo_returns>(backend, in, out, o);
  detail::check_cut(rule, in);
  const time_layout time = in.time;
  const auto step = [=] GUERDON_HD(const time_index& at) {
    return detail::return_step<T>{in.reward[at.i], in.discount ? in.discount[at.i] : T(1), T(0),
                                  in.value_next ? in.value_next[at.i] : in.values[at.v_next]};
  };
  detail::mixed_returns<T>(
      backend, time,
      [=] GUERDON_HD(const time_index& at) {
        auto s = step(at);
        if (at.t == time.steps - 1 || (in.truncated && in.truncated[at.i] != 0)) return s;
        const time_index next = time.at(at.t + 1, at.b);
        // Of the next step, what it is worth without what follows.
        s.lambda = detail::mixed_step(step(next)).a >= in.values[next.v] ? T(1) : T(0);
        return s;
      },
      [=] GUERDON_HD(const time_index& at, T x) {
        out.returns[at.i] = x;
        out.advantage[at.i] = x - in.values[at.v];
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto upgo_returns(const Backend& backend, const op::upgo_returns::inputs<T>& in,
                  const op::upgo_returns::options& o = {}) {
  return returned<op::upgo_returns, T>(backend, in, o, [&](auto& out) { upgo_returns(backend, in, out, o); });
}

}}  // namespace guerdon
