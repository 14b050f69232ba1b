#pragma once
// The river: swimming up it to the large reward needs many steps that fail often.
//
// Left (0) always succeeds; right (1) goes right, stays or is carried left:
//
// $$\begin{aligned} \text{first state: } & f_0 \text{ stay}, f_1 \text{ right}; \quad
//   \text{between: } l, m, r; \quad \text{last: } e_0 \text{ left}, e_1 \text{ stay} \end{aligned}$$
//
// Reward for (0, left, 0), and the large one for (last, right, last).
//
// Source: Strehl and Littman (2008); Osband, Russo and Van Roy (2013).
//
// Details that differ:
// - osband: l, m, r = .05, .6, .35; f .4, .6; e .4, .6; rewards 0.005 and 1; start 0. strehl: .1, .6, .3; .7, .3; .7,
//   .3; rewards 5 and 10000; start 1 or 2. Name the variant in any published number.
//
// Cost: n^2; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>

namespace guerdon {

enum class river_variant { osband, strehl };
constexpr auto enumerators(river_variant) { return std::array{"osband", "strehl"}; }

namespace op {
struct env_river_swim : host_kind {
  static constexpr info about{"env_river_swim", "mdp", "River with its large reward upstream", "", skeleton::host, 1e-5,
                              true};
  struct inputs {};
  struct outputs {
    std::vector<double> transition;      ///< [S,A,S] with A = 2: left, right
    std::vector<double> reward;          ///< [S,A,S] 0 where the probability is 0
    std::vector<double> initial;         ///< [S]
    index_t num_states = 0;              ///< S
    std::vector<double> optimal_value;   ///< [S], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    index_t num_states = 6;                         ///< n >= 3
    river_variant variant = river_variant::osband;  ///< whose probabilities and rewards
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "S,A,S"), array("reward", &O::reward, "S,A,S"),
                      array("initial", &O::initial, "S"), array("num_states", &O::num_states, "1"),
                      array("optimal_value", &O::optimal_value, "S"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_states", &options::num_states, counts_from(3, 10)),
                      choice("variant", &options::variant),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_river_swim::outputs env_river_swim(const op::env_river_swim::options& o = {}) {
  const auto rule = check<op::env_river_swim>(op::env_river_swim::inputs{}, o);
  struct numbers {
    double left, stay, right, first_stay, first_right, last_left, last_stay, small, large;
  };
  const bool osband = o.variant == river_variant::osband;
  const numbers x =
      osband ? numbers{.05, .6, .35, .4, .6, .4, .6, .005, 1} : numbers{.1, .6, .3, .7, .3, .7, .3, 5, 1e4};
  op::env_river_swim::outputs out;
  mdp::make_world(rule, out, o.num_states, 2, "num_states");
  const std::size_t last = out.initial.size() - 1;
  if (osband) out.initial[0] = 1;
  else out.initial[1] = out.initial[2] = 0.5;
  const auto lead = [&](std::size_t s, std::size_t a, std::size_t t, double p, double reward) {
    mdp::lead(out, 2, s, a, t, p, reward);
  };
  for (std::size_t s = 0; s <= last; ++s) {
    if (s == 0) {
      lead(s, 0, s, 1, x.small);
      lead(s, 1, s, x.first_stay, 0), lead(s, 1, s + 1, x.first_right, 0);
      continue;
    }
    lead(s, 0, s - 1, 1, 0);
    if (s == last) lead(s, 1, s - 1, x.last_left, 0), lead(s, 1, s, x.last_stay, x.large);
    else lead(s, 1, s - 1, x.left, 0), lead(s, 1, s, x.stay, 0), lead(s, 1, s + 1, x.right, 0);
  }
  mdp::solve_world(rule, out, o.gamma);
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::env_river_swim::outputs env_river_swim(const op::env_river_swim::inputs&,
                                                  const op::env_river_swim::options& o) {
  return env_river_swim(o);
}
}}  // namespace guerdon
