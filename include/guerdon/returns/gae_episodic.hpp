#pragma once
// Generalised advantage estimation over [T,B] arrays from the two flags of an episode's end.
//
// $$\delta_t = r_t + \gamma (1 - \text{terminated}_t) V'_t - V_t, \qquad
//   A_t = \delta_t + \gamma\lambda (1 - \max(\text{terminated}_t, \text{truncated}_t)) A_{t+1}, \qquad
//   \hat V_t = A_t + V_t$$
//
// with $V'_t$ the value of the state that step t led to, not of the first state of the next episode.
//
// Source: GAE, arXiv:1506.02438, eq. 16; the two flags as in TorchRL.
//
// Details that differ:
// - A step that was cut off bootstraps and hands no trace on. Code with one `done` flag either loses the bootstrap at
//   time limits, or lets the trace run into the next episode.
// - Computed from the targets, as gae is: no large value is added to be taken away again. Both flags: terminated.
// - gae takes discounts in place of gamma and the flag, and one array of T+1 values in place of two.
//
// Cost: 22 bytes per step in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct gae_episodic {
  static constexpr info about{"gae_episodic", "returns", "Advantages from the flags terminated and truncated (GAE)",
                              "arXiv:1506.02438", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;               ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;           ///< [T,B] earned by the action of the step
    view<const T> value;            ///< [T,B] V(s_t)
    view<const T> value_next;       ///< [T,B] value of the state that the step led to
    view<const flag_t> terminated;  ///< [T,B] 1 = the episode ended with this step
    view<const flag_t> truncated;   ///< [T,B] 1 = it was cut off behind this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;     ///< [T,B]
    Of<T> value_target;  ///< [T,B] advantage + value
  };
  struct options {
    double gamma = required;   ///< [0, 1]
    double lambda = required;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"), array("value", &I::value, "T,B"),
                      array("value_next", &I::value_next, "T,B"),
                      array("terminated", &I::terminated, "T,B", yes_or_no()),
                      array("truncated", &I::truncated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "T,B"), array("value_target", &O::value_target, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes advantages and targets.
template <real T = float, backend Backend>
void gae_episodic(const Backend& backend, const op::gae_episodic::inputs<T>& in,
                  const op::gae_episodic::outputs<T>& out, const op::gae_episodic::options& o) {
  check<op::gae_episodic>(backend, in, out, o);
  const T gamma = T(o.gamma), lambda = T(o.lambda);
  const detail::following_step following(in.time);
  detail::corrected_returns<T>(
      backend, in.time,
      [=] GUERDON_HD(const time_index& at) {
        const T d = math::select(in.terminated[at.i] != 0, T(0), gamma);
        const T trace = math::select(in.truncated[at.i] != 0, T(0), lambda);
        return detail::return_step<T>{in.reward[at.i], d, trace, in.value_next[at.i]};
      },
      [=] GUERDON_HD(const time_index& at) { return in.value[following(at).i]; },
      [=] GUERDON_HD(const time_index& at, T target) {
        const T v = in.value[at.i];
        out.advantage[at.i] = target - v;
        out.value_target[at.i] = target + (v - v);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto gae_episodic(const Backend& backend, const op::gae_episodic::inputs<T>& in, const op::gae_episodic::options& o) {
  return returned<op::gae_episodic, T>(backend, in, o, [&](auto& out) { gae_episodic(backend, in, out, o); });
}

}}  // namespace guerdon
