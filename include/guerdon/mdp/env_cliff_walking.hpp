#pragma once
// The cliff: the shortest way to the goal leads along cells that throw back to the start.
//
// States are all cells in row-major order; it starts at the bottom left, the goal is at the bottom right, and the cells
// between them are the cliff. Actions are up, right, down, left; a move out of the grid stays.
//
// $$R(s, a, s') = -100 \text{ for a move onto the cliff, which leads back to the start, else } -1$$
//
// Source: Sutton and Barto (2018), example 6.6.
//
// Details that differ:
// - The goal is never left and earns nothing. Cells of the cliff are states, never reached, and moves out of them
//   follow the same rules. With two columns there is no cliff. 4 x 12 cells have the optimal undiscounted return -13.
//
// Cost: S^2; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>

namespace guerdon {

namespace op {
struct env_cliff_walking : host_kind {
  static constexpr info about{"env_cliff_walking", "mdp", "Grid with a cliff between start and goal", "",
                              skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<double> transition;      ///< [S,A,S] with A = 4: up, right, down, left
    std::vector<double> reward;          ///< [S,A,S] 0 where the probability is 0
    std::vector<double> initial;         ///< [S]
    index_t num_states = 0;              ///< S
    std::vector<double> optimal_value;   ///< [S], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    index_t rows = 4;   ///< at least 1
    index_t cols = 12;  ///< at least 2
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
    return std::tuple(option("rows", &options::rows, integers(1, 4)), option("cols", &options::cols, integers(2, 5)),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_cliff_walking::outputs env_cliff_walking(const op::env_cliff_walking::options& o = {}) {
  const auto rule = check<op::env_cliff_walking>(op::env_cliff_walking::inputs{}, o);
  rule(o.rows >= 1 && o.cols >= 2, "rows", "and cols: the shape must be one row and two columns at least");
  rule(o.rows <= mdp::most_numbers / o.cols, "rows", "and cols make more than 2^27 cells");
  op::env_cliff_walking::outputs out;
  mdp::make_world(rule, out, o.rows * o.cols, 4, "rows");
  const auto rows = static_cast<std::size_t>(o.rows), cols = static_cast<std::size_t>(o.cols),
             start = (rows - 1) * cols, goal = rows * cols - 1;
  out.initial[start] = 1;
  for (std::size_t s = 0; s <= goal; ++s)
    for (std::size_t a = 0; a < 4; ++a) {
      std::size_t to = s;
      if (a == 0 && s >= cols) to = s - cols;
      if (a == 1 && s % cols + 1 < cols) to = s + 1;
      if (a == 2 && s + cols <= goal) to = s + cols;
      if (a == 3 && s % cols > 0) to = s - 1;
      if (s == goal) mdp::lead(out, 4, s, a, goal, 1, 0);
      else if (to > start && to < goal) mdp::lead(out, 4, s, a, start, 1, -100);
      else mdp::lead(out, 4, s, a, to, 1, -1);
    }
  mdp::solve_world(rule, out, o.gamma);
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::env_cliff_walking::outputs env_cliff_walking(const op::env_cliff_walking::inputs&,
                                                        const op::env_cliff_walking::options& o) {
  return env_cliff_walking(o);
}
}}  // namespace guerdon
