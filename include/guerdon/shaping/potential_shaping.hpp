#pragma once
// Potential-based shaping: pays for progress towards states a designer believes in, without moving the
// optimum, because what a step earns by a rise of the potential is taken back by the fall.
//
// $$F_t = s\,\bigl(\gamma\,k_t\,\Phi(s_{t+1}) - \Phi(s_t)\bigr), \qquad r_t' = r_t + F_t, \qquad
//   k_t = 1 - \text{terminated}_t$$
//
// Over a terminated episode the discounted sum of F is -s times the potential of its first state, whatever
// happened between.
//
// Source: Ng, Harada and Russell 1999, theorem 1; terminal states, Grzes 2017; with the running value
// estimate for the potential it is bootstrapped shaping (Adamczyk et al. 2025).
//
// Details that differ:
// - The potential of a terminal state counts as 0: only then do the payments of an episode cancel out. Many wrappers
//   pay the raw potential there, by accident (`terminal = keep`, where k is 1).
// - A truncated step is not terminal: give the real potential of the state it stopped in.
// - gamma must be the learner's. A constant potential shapes too where gamma < 1: every step gets (gamma - 1)
//   times it.
// - No part of a pipe: it shapes the steps of an episode, a pipe the one reward of an answer.
// - A coefficient of exactly 0 selects 0: garbage behind a terminal state is never read into a result.
//
// Gradient: d r'/d potential_next = s gamma k, d r'/d potential = -s; trainers treat rewards as constants.
// Cost: 21 bytes per step in float.

#include <guerdon/shaping/potential_difference.hpp>

namespace guerdon {

/// What the potential of a terminal state counts as: 0, or what the array says.
enum class terminal_potential { zero, keep };
constexpr auto enumerators(terminal_potential) { return std::array{"zero", "keep"}; }

namespace op {
struct potential_shaping {
  static constexpr info about{"potential_shaping", "shaping",
                              "Discounted difference of potentials, which keeps the optimal policy",
                              "Ng, Harada and Russell 1999; Grzes 2017", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> reward;           ///< [T,B]
    view<const T> potential;        ///< [T,B] of the state the step was taken in
    view<const T> potential_next;   ///< [T,B] of the state the step led to
    view<const flag_t> terminated;  ///< [T,B] 1 = that state is terminal (not: the episode was cut off)
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> shaping;        ///< [T,B] F
    Of<T> shaped_reward;  ///< [T,B] reward + F
  };
  struct options {
    double gamma = required;                                 ///< in [0,1], the learner's discount
    double scale = 1;                                        ///< s
    terminal_potential terminal = terminal_potential::zero;  ///< what a terminal state's potential counts as
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "T,B"), array("potential", &I::potential, "T,B"),
                      array("potential_next", &I::potential_next, "T,B"),
                      array("terminated", &I::terminated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "T,B"), array("shaped_reward", &O::shaped_reward, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("scale", &options::scale),
                      choice("terminal", &options::terminal));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes F and the shaped reward; the layout of the arrays does not matter.
template <storage T = float, backend Backend>
void potential_shaping(const Backend& backend, const op::potential_shaping::inputs<T>& in,
                       const op::potential_shaping::outputs<T>& out, const op::potential_shaping::options& o) {
  check<op::potential_shaping>(backend, in, out, o);
  const potential_difference difference{o.gamma, o.scale};
  const bool keep = o.terminal == terminal_potential::keep;
  write_shaping(backend, in, out, [=] GUERDON_HD(index_t i) {
    return difference(double(in.potential[i]), double(in.potential_next[i]), !keep & (in.terminated[i] != 0));
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto potential_shaping(const Backend& backend, const op::potential_shaping::inputs<T>& in,
                       const op::potential_shaping::options& o = {}) {
  return returned<op::potential_shaping, T>(backend, in, o,
                                            [&](auto& out) { potential_shaping(backend, in, out, o); });
}

}}  // namespace guerdon
