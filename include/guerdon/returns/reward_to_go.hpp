#pragma once
// Discounted sum of the rewards from each step to the end of its episode, over [T,B] arrays with one flag for the end.
//
// $$G_t = r_t + \gamma (1 - \text{done}_t)\, G_{t+1}, \qquad G_T = \text{bootstrap}$$
//
// Source: Sutton & Barto, Reinforcement Learning (2nd ed.), eq. 3.9; TorchRL's reward2go.
//
// Details that differ:
// - TorchRL's is a convolution that drops powers of gamma below 1e-7; this one is exact.
// - Where discounts differ from step to step, or the value behind the last step from column to column:
//   discounted_returns.
// - Behind a step that is done nothing counts, be it NaN or infinite.
//
// Cost: 9 bytes per step in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct reward_to_go {
  static constexpr info about{"reward_to_go", "returns", "Discounted sum of the rewards to the end of the episode", "",
                              skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;          ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;      ///< [T,B]
    view<const flag_t> done;   ///< [T,B] 1 = the episode stopped with this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [T,B]
  };
  struct options {
    double gamma = required;  ///< [0, 1]
    double bootstrap = 0;     ///< value behind the last step, of every column
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                      array("done", &I::done, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("bootstrap", &options::bootstrap));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the returns.
template <real T = float, backend Backend>
void reward_to_go(const Backend& backend, const op::reward_to_go::inputs<T>& in,
                  const op::reward_to_go::outputs<T>& out, const op::reward_to_go::options& o) {
  check<op::reward_to_go>(backend, in, out, o);
  const T gamma = T(o.gamma), bootstrap = T(o.bootstrap);
  backend.recur_time_backward(
      in.time, [=] GUERDON_HD(index_t) { return bootstrap; },
      [=] GUERDON_HD(const time_index& at) {
        return affine<T>{in.reward[at.i], math::select(in.done[at.i] != 0, T(0), gamma)};
      },
      [=] GUERDON_HD(const time_index& at, T x, T) { out.returns[at.i] = x; });
}

/// The returns in an array of the backend's.
template <real T = float, backend Backend>
auto reward_to_go(const Backend& backend, const op::reward_to_go::inputs<T>& in, const op::reward_to_go::options& o) {
  return returned<op::reward_to_go, T>(backend, in, o, [&](auto& out) { reward_to_go(backend, in, out, o); });
}

}}  // namespace guerdon
