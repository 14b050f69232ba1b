#pragma once
// PufferLib's advantage: temporal-difference errors and traces with clipped ratios, over segments of slots in which
// reward and end stand one slot later than the action that they follow.
//
// With $n_t = 1 - \text{done}_{t+1}$:
//
// $$\delta_t = \min(\rho_t, \bar\rho) \big(r_{t+1} + \gamma n_t V_{t+1} - V_t\big), \qquad
//   A_t = \delta_t + \gamma\lambda \min(\rho_t, \bar c)\, n_t A_{t+1}, \qquad A_{H-1} = 0$$
//
// Source: PufferLib 3.0.0, its advantage kernel; a blend of GAE, arXiv:1506.02438, and V-trace, arXiv:1802.01561.
//
// Details that differ:
// - The last slot of a segment always has advantage 0, and the first one's reward and end are never read.
// - With ratios of 1 it is GAE on H-1 transitions. With others it is V-trace's *value* error with a lambda, not its
//   policy-gradient advantage: a surrogate that multiplies by the ratio again counts it twice.
// - One flag cannot tell a time limit from an end: where that matters, gae with `truncated`.
// - A coefficient of exactly 0 selects; a NaN ratio stays NaN.
//
// Cost: 17 bytes per slot in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct puff_advantage {
  static constexpr info about{"puff_advantage", "returns", "PufferLib's blend of GAE and V-trace",
                              "arXiv:1506.02438; arXiv:1802.01561", skeleton::scan};
  template <real T>
  struct inputs {
    segments rows;             ///< cuts the slots into N segments: segments::uniform(N, H) for [N,H]
    view<const T> value;       ///< [N,H] V(s_t)
    view<const T> reward;      ///< [N,H] of the slot before
    view<const flag_t> done;   ///< [N,H] 1 = the slot before ended its episode
    view<const T> importance;  ///< [N,H] >= 0, probability of the action now over that when it was taken
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N,H]
  };
  struct options {
    double gamma = required;   ///< [0, 1]
    double lambda = required;  ///< [0, 1]
    double rho_clip = 1;       ///< >= 0; bound of the ratio in the errors; infinity: none
    double c_clip = 1;         ///< >= 0; bound of the ratio in the trace; infinity: none
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("value", &I::value, "B,T"), array("reward", &I::reward, "B,T"),
                      array("done", &I::done, "B,T", yes_or_no()),
                      array("importance", &I::importance, "B,T", at_least(0, 3)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("advantage", &O::advantage, "B,T")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)),
                      option("rho_clip", &options::rho_clip, at_least(0, 2)),
                      option("c_clip", &options::c_clip, at_least(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct puff_program {
  static constexpr bool long_segments = true;
  op::puff_advantage::inputs<T> in;
  view<T> advantage;
  T gamma, lambda, rho_clip, c_clip;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), last = in.rows.size(row) - 1;
    if (last >= 0) team.once([=, this] { advantage[begin + last] = T(0); });
    team.recur_backward(
        last, T(0),
        [=, this](index_t t) {
          const index_t now = begin + t, next = now + 1;
          const T go_on = math::select(in.done[next] != 0, T(0), gamma);
          const T error = in.reward[next] + math::zero_select_product(go_on, in.value[next]) - in.value[now];
          const T trace = detail::coefficient_product(go_on, detail::clipped_ratio(in.importance[now], c_clip));
          return affine<T>{
              math::zero_select_product(detail::clipped_ratio(in.importance[now], rho_clip), error),
              detail::coefficient_product(lambda, trace)};
        },
        [=, this](index_t t, T x, T) { advantage[begin + t] = x; });
  }
};

/// Writes the advantages.
template <real T = float, backend Backend>
void puff_advantage(const Backend& backend, const op::puff_advantage::inputs<T>& in,
                    const op::puff_advantage::outputs<T>& out, const op::puff_advantage::options& o) {
  check<op::puff_advantage>(backend, in, out, o);
  backend.for_segments(in.rows,
                       puff_program<T>{in, out.advantage, T(o.gamma), T(o.lambda), T(o.rho_clip), T(o.c_clip)});
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto puff_advantage(const Backend& backend, const op::puff_advantage::inputs<T>& in,
                    const op::puff_advantage::options& o) {
  return returned<op::puff_advantage, T>(backend, in, o, [&](auto& out) { puff_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
