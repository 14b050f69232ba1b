#pragma once
// Shaping by a potential of states and actions: advice about what to do, not only about where to be.
//
// $$F_t = \gamma\,k_t\,\Phi(s_{t+1}, a_{t+1}) - \Phi(s_t, a_t), \qquad r_t' = r_t + F_t,
//   \qquad k_t = 1 - \text{terminated}_t$$
//
// Source: look-ahead advice, Wiewiora, Cottrell and Elkan 2003.
//
// Details that differ:
// - The learner must act greedily on $Q + \Phi$: the Q that it learns is lower by the potential of the action.
// - The potential behind a terminal state counts as 0, and is not looked at. A truncated step is not terminal.
//
// Cost: 21 bytes per step in float.

#include <guerdon/shaping/potential_difference.hpp>

namespace guerdon {
namespace op {
struct look_ahead_advice {
  static constexpr info about{"look_ahead_advice", "shaping",
                              "Potential of states and actions, discounted difference to the next (advice)",
                              "Wiewiora, Cottrell and Elkan 2003", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> reward;             ///< [T,B]
    view<const T> potential_sa;       ///< [T,B] of the state and the action taken in it
    view<const T> potential_sa_next;  ///< [T,B] of the next state and the action taken there
    view<const flag_t> terminated;    ///< [T,B] 1 = that state is terminal (not: the episode was cut off)
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> shaping;        ///< [T,B] F
    Of<T> shaped_reward;  ///< [T,B] reward + F
  };
  struct options {
    double gamma = required;  ///< in [0,1], the learner's discount
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "T,B"), array("potential_sa", &I::potential_sa, "T,B"),
                      array("potential_sa_next", &I::potential_sa_next, "T,B"),
                      array("terminated", &I::terminated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "T,B"), array("shaped_reward", &O::shaped_reward, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(option("gamma", &options::gamma, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes F and the shaped reward; the layout of the arrays does not matter.
template <storage T = float, backend Backend>
void look_ahead_advice(const Backend& backend, const op::look_ahead_advice::inputs<T>& in,
                       const op::look_ahead_advice::outputs<T>& out, const op::look_ahead_advice::options& o) {
  check<op::look_ahead_advice>(backend, in, out, o);
  const potential_difference difference{o.gamma};
  write_shaping(backend, in, out, [=] GUERDON_HD(index_t i) {
    return difference(double(in.potential_sa[i]), double(in.potential_sa_next[i]), in.terminated[i] != 0);
  });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto look_ahead_advice(const Backend& backend, const op::look_ahead_advice::inputs<T>& in,
                       const op::look_ahead_advice::options& o = {}) {
  return returned<op::look_ahead_advice, T>(backend, in, o, [&](auto& out) { look_ahead_advice(backend, in, out, o); });
}

}}  // namespace guerdon
