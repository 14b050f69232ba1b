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
// - A coefficient of exactly 0 selects 0: garbage behind a terminal state is never read into a result.
//
// Gradient: d r'/d potential_next = s gamma k, d r'/d potential = -s; trainers treat rewards as constants.
// Cost: 21 bytes per step in float.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// What the potential of a terminal state counts as: 0, or what the array says.
enum class terminal_potential { zero, keep };

template <storage T>
struct potential_shaping_inputs {
  view<const T> reward;           ///< [T,B]
  view<const T> potential;        ///< [T,B] of the state the step was taken in
  view<const T> potential_next;   ///< [T,B] of the state the step led to
  view<const flag_t> terminated;  ///< [T,B] 1 = that state is terminal (not: the episode was cut off)
};

template <storage T, template <class> class Of = view>
struct potential_shaping_outputs {
  Of<T> shaping;        ///< [T,B] F
  Of<T> shaped_reward;  ///< [T,B] reward + F
};

struct potential_shaping_options {
  double gamma = required;  ///< in [0,1], the learner's discount
  double scale = 1;         ///< s
  terminal_potential terminal = terminal_potential::zero;
};

/// Writes F and the shaped reward; the layout of the arrays does not matter. Throws std::invalid_argument
/// naming the argument that is wrong.
template <storage T = float, backend Backend>
void potential_shaping(const Backend& backend, const potential_shaping_inputs<T>& in,
                       const potential_shaping_outputs<T>& out, const potential_shaping_options& o) {
  constexpr auto op = "potential_shaping";
  const index_t n = in.reward.size();
  require_size(in.potential.size(), n, op, "potential", "reward");
  require_size(in.potential_next.size(), n, op, "potential_next", "reward");
  require_size(in.terminated.size(), n, op, "terminated", "reward");
  require_size(out.shaping.size(), n, op, "shaping", "reward");
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require_given(o.gamma, op, "gamma");
  require(o.gamma >= 0 && o.gamma <= 1, op, "gamma", "must lie between 0 and 1");
  require_choice(o.terminal, terminal_potential::keep, op, "terminal");

  const double gamma = o.gamma, scale = o.scale;
  const bool keep = o.terminal == terminal_potential::keep;
  backend.each(n, [=] GUERDON_HD(index_t i) {
    // In double: the difference of two potentials close together has few digits to lose.
    const double discount = math::select(keep | (in.terminated[i] == 0), gamma, 0.0);
    const double after = math::zero_select_product(discount, double(in.potential_next[i]));
    const double shaping = math::zero_select_product(scale, after - double(in.potential[i]));
    out.shaping[i] = T(shaping);
    out.shaped_reward[i] = T(double(in.reward[i]) + shaping);
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto potential_shaping(const Backend& backend, const potential_shaping_inputs<T>& in,
                       const potential_shaping_options& o) {
  const index_t n = in.reward.size();
  potential_shaping_outputs<T, Backend::template array> result{backend.template make<T>(n),
                                                               backend.template make<T>(n)};
  potential_shaping<T>(backend, in, {result.shaping, result.shaped_reward}, o);
  return result;
}

}}  // namespace guerdon
