#pragma once
// Four rooms of 13 x 13 cells with their border, joined by hallways: 104 states.
//
// Walls: column 6 except rows 3 and 10; row 6 in columns 1, 3, 4, 5; row 7 in columns 7, 8, 10, 11. Moves slip to each
// of the three other directions:
//
// $$P(\text{intended}) = 1 - \text{slip}, \qquad P(\text{each other}) = \text{slip} / 3$$
//
// Source: Sutton, Precup and Singh (1999).
//
// Details that differ:
// - Goals are never left. The goal, the start and the rewards are options; the defaults are one of the paper's goals
//   and a uniform start over the free cells.
//
// Cost: S^2; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>

namespace guerdon {

namespace op {
struct env_four_rooms : host_kind {
  static constexpr info about{"env_four_rooms", "mdp", "Four rooms of 104 cells", "", skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<double> transition;      ///< [S,A,S] with A = 4: up, right, down, left
    std::vector<double> reward;          ///< [S,A,S] 0 where the probability is 0
    std::vector<double> initial;         ///< [S]
    index_t num_states = 0;              ///< S
    std::vector<index_t> cell_row;       ///< [S] where each state lies in the map
    std::vector<index_t> cell_col;       ///< [S]
    std::vector<double> optimal_value;   ///< [S], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    double slip = 1.0 / 3;    ///< in [0, 1]
    index_t goal_row = 7;     ///< a free cell, counted from the border
    index_t goal_col = 9;     ///< likewise
    index_t start_row = -1;   ///< a free cell; both -1: uniform over the free cells that are not the goal
    index_t start_col = -1;   ///< likewise
    double step_reward = 0;   ///< of every move
    double goal_reward = 1;   ///< of landing on the goal
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "S,A,S"), array("reward", &O::reward, "S,A,S"),
                      array("initial", &O::initial, "S"), array("num_states", &O::num_states, "1"),
                      array("cell_row", &O::cell_row, "S"), array("cell_col", &O::cell_col, "S"),
                      array("optimal_value", &O::optimal_value, "S"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("slip", &options::slip, within(0, 1)),
                      option("goal_row", &options::goal_row, integers(1, 3)),
                      option("goal_col", &options::goal_col, integers(1, 3)),
                      option("start_row", &options::start_row, integers(1, 3)),
                      option("start_col", &options::start_col, integers(1, 3)),
                      option("step_reward", &options::step_reward, finite()),
                      option("goal_reward", &options::goal_reward, finite()),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_four_rooms::outputs env_four_rooms(const op::env_four_rooms::options& o = {}) {
  const auto rule = check<op::env_four_rooms>(op::env_four_rooms::inputs{}, o);
  std::vector<std::string> map = {"#############", "#.....#.....#", "#.....#.....#", "#...........#", "#.....#.....#",
                                  "#.....#.....#", "##.####.....#", "#.....###.###", "#.....#.....#", "#.....#.....#",
                                  "#...........#", "#.....#.....#", "#############"};
  const auto is_free = [&](index_t row, index_t col) {
    return row >= 0 && row < 13 && col >= 0 && col < 13 &&
           map[static_cast<std::size_t>(row)][static_cast<std::size_t>(col)] != '#';
  };
  const bool anywhere = o.start_row == -1 && o.start_col == -1;
  rule(is_free(o.goal_row, o.goal_col), "goal_row", "and goal_col: the goal must be a cell that is no wall");
  rule(anywhere || is_free(o.start_row, o.start_col), "start_row",
       "and start_col: the start must be a cell that is no wall");
  map[static_cast<std::size_t>(o.goal_row)][static_cast<std::size_t>(o.goal_col)] = 'G';
  op::env_four_rooms::outputs out;
  mdp::make_grid(rule, out, map, {o.slip, false, o.step_reward, o.goal_reward, 0});
  if (anywhere) mdp::start_uniformly(out, map, '.');
  else
    for (std::size_t s = 0; s < out.initial.size(); ++s)
      out.initial[s] = out.cell_row[s] == o.start_row && out.cell_col[s] == o.start_col ? 1 : 0;
  mdp::solve_world(rule, out, o.gamma);
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::env_four_rooms::outputs env_four_rooms(const op::env_four_rooms::inputs&,
                                                  const op::env_four_rooms::options& o) {
  return env_four_rooms(o);
}
}}  // namespace guerdon
