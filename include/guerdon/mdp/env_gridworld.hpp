#pragma once
// A grid of cells from a map: walls, goals and holes, with moves that may slip.
//
// Actions are up, right, down, left; a move into a wall or out of the grid stays. The intended direction is taken with
// probability 1 - slip, and
//
// $$R(s, a, s') = r_{\text{step}} + r_{\text{goal}} [s' \text{ is } G] + r_{\text{hole}} [s' \text{ is } H]$$
//
// Goals and holes are never left and earn nothing afterwards.
//
// Source: Sutton and Barto (2018); Russell and Norvig (perpendicular slips).
//
// Details that differ:
// - Where slips go: to each side with slip / 2 (perpendicular), or to each of the three others with slip / 3 (other).
// - Only the cell that a move lands on counts for the reward.
//
// Cost: S^2; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>

namespace guerdon {

enum class slip_mode { perpendicular, other };
constexpr auto enumerators(slip_mode) { return std::array{"perpendicular", "other"}; }

namespace op {
struct env_gridworld : host_kind {
  static constexpr info about{"env_gridworld", "mdp", "Grid of cells from a map, with walls, goals and holes", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    text_view map;  ///< rows of the grid: '#' wall, '.' free, 'S' start, 'G' goal, 'H' hole
  };
  struct outputs {
    std::vector<double> transition;      ///< [S,A,S] with A = 4
    std::vector<double> reward;          ///< [S,A,S] 0 where the probability is 0
    std::vector<double> initial;         ///< [S]
    index_t num_states = 0;              ///< S
    std::vector<index_t> cell_row;       ///< [S] where each state lies in the map
    std::vector<index_t> cell_col;       ///< [S]
    std::vector<double> optimal_value;   ///< [S], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    double slip = 0;                                           ///< in [0, 1]
    guerdon::slip_mode slip_mode = slip_mode::perpendicular;    ///< where slips go
    double step_reward = 0;                                    ///< of every move
    double goal_reward = 1;                                    ///< of landing on 'G'
    double hole_reward = -1;                                   ///< of landing on 'H'
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("map", &I::map, "N", words().together("map row"))); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "S,A,S"), array("reward", &O::reward, "S,A,S"),
                      array("initial", &O::initial, "S"), array("num_states", &O::num_states, "1"),
                      array("cell_row", &O::cell_row, "S"), array("cell_col", &O::cell_col, "S"),
                      array("optimal_value", &O::optimal_value, "S"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("slip", &options::slip, within(0, 1)), choice("slip_mode", &options::slip_mode),
                      option("step_reward", &options::step_reward, finite()),
                      option("goal_reward", &options::goal_reward, finite()),
                      option("hole_reward", &options::hole_reward, finite()),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_gridworld::outputs env_gridworld(const op::env_gridworld::inputs& in,
                                                const op::env_gridworld::options& o = {}) {
  const auto rule = check<op::env_gridworld>(in, o);
  std::vector<std::string> map;
  std::string cells;
  for (index_t row = 0; row < in.map.size(); ++row) map.emplace_back(in.map[row]), cells += map.back();
  for (const std::string& row : map) rule(row.size() == map.front().size(), "map", "has rows of unequal length");
  rule(cells.find_first_not_of("#.SGH") == std::string::npos, "map", "has a character that is none of # . S G H");
  const bool starts = cells.find('S') != std::string::npos;
  rule(starts || cells.find('.') != std::string::npos, "map", "has neither S nor . to start from");
  op::env_gridworld::outputs out;
  mdp::make_grid(rule, out, map, {o.slip, o.slip_mode == slip_mode::perpendicular, o.step_reward, o.goal_reward,
                                  o.hole_reward});
  mdp::start_uniformly(out, map, starts ? 'S' : '.');
  mdp::solve_world(rule, out, o.gamma);
  return out;
}

}}  // namespace guerdon
