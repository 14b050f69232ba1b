#pragma once
// What the small environments share: dense worlds, grids of cells, and their optimum.

#include <guerdon/mdp/finite_mdp.hpp>

#include <numeric>
#include <string>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

/// A world of no transitions yet, [S,A,S]. `name` is who is to blame if it is too large.
template <class World>
void make_world(const call_rules& rule, World& out, index_t states, index_t actions, const char* name) {
  rule(states <= most_numbers / states && actions <= most_numbers / (states * states), name,
       "makes more than 2^27 transitions");
  out.num_states = states;
  out.transition.resize(static_cast<std::size_t>(states * actions * states));
  out.reward.resize(out.transition.size());
  out.initial.resize(static_cast<std::size_t>(states));
}

/// (s,a) leads to t with probability p and this reward; what leads there already counts by its share.
template <class World>
void lead(World& out, std::size_t actions, std::size_t s, std::size_t a, std::size_t t, double p, double reward) {
  if (!(p > 0)) return;
  const std::size_t at = (s * actions + a) * out.initial.size() + t;
  const double before = out.transition[at];
  out.transition[at] += p;
  out.reward[at] = before > 0 ? (before * out.reward[at] + p * reward) / (before + p) : reward;
}

/// optimal_value and optimal_return, where a gamma was given.
template <class World>
void solve_world(const call_rules& rule, World& out, double gamma) {
  if (gamma != gamma) return;
  const std::size_t states = out.initial.size(), pairs = out.transition.size() / states;
  model m{states, pairs / states, out.transition.data(), {}};
  m.reward = expected_reward(rule, m, "reward", {}, out.reward);
  out.optimal_value = optimal_value(rule, m, gamma);
  out.optimal_return = {std::inner_product(out.initial.begin(), out.initial.end(), out.optimal_value.begin(), 0.0)};
}

/// Moves in a grid: up, right, down, left.
struct grid_step {
  int rows, cols;
};
inline constexpr grid_step grid_steps[] = {{-1, 0}, {0, 1}, {1, 0}, {0, -1}};

struct grid_rules {
  double slip = 0;
  bool perpendicular = true;  ///< slips to both sides; else to all three others
  double step_reward = 0, goal_reward = 1, hole_reward = -1;
};

/// The world of a map of cells: '#' is a wall, 'G' and 'H' are never left. States are the cells that are no walls, in
/// row-major order; where it starts is left open.
template <class World>
void make_grid(const call_rules& rule, World& out, const std::vector<std::string>& map, const grid_rules& r) {
  const std::size_t width = map.empty() ? 0 : map.front().size();
  constexpr std::size_t wall = static_cast<std::size_t>(-1);
  std::vector<std::size_t> state(map.size() * width, wall);
  for (std::size_t cell = 0; cell < state.size(); ++cell)
    if (map[cell / width][cell % width] != '#') {
      state[cell] = out.cell_row.size();
      out.cell_row.push_back(static_cast<index_t>(cell / width));
      out.cell_col.push_back(static_cast<index_t>(cell % width));
    }
  make_world(rule, out, static_cast<index_t>(out.cell_row.size()), 4, "map");
  for (std::size_t cell = 0; cell < state.size(); ++cell) {
    const std::size_t s = state[cell], row = cell / width, col = cell % width;
    if (s == wall) continue;
    const bool final = map[row][col] == 'G' || map[row][col] == 'H';
    for (std::size_t a = 0; a < 4; ++a) {
      if (final) {
        lead(out, 4, s, a, s, 1, 0);
        continue;
      }
      for (std::size_t turn = 0; turn < 4; ++turn) {  // the direction that it really goes, from the intended one
        const double p = turn == 0 ? 1 - r.slip : !r.perpendicular ? r.slip / 3 : turn == 2 ? 0 : r.slip / 2;
        const grid_step d = grid_steps[(a + turn) % 4];
        std::size_t to = cell;
        const bool inside = (d.rows >= 0 || row > 0) && (d.rows <= 0 || row + 1 < map.size()) &&
                            (d.cols >= 0 || col > 0) && (d.cols <= 0 || col + 1 < width);
        if (inside) to = d.rows < 0 ? cell - width : d.rows > 0 ? cell + width : d.cols < 0 ? cell - 1 : cell + 1;
        if (state[to] == wall) to = cell;
        const char landed = map[to / width][to % width];
        lead(out, 4, s, a, state[to], p,
             r.step_reward + (landed == 'G' ? r.goal_reward : landed == 'H' ? r.hole_reward : 0));
      }
    }
  }
}

/// It starts in every cell of this kind with the same probability.
template <class World>
void start_uniformly(World& out, const std::vector<std::string>& map, char kind) {
  double count = 0;
  const auto kind_of = [&](std::size_t s) {
    return map[static_cast<std::size_t>(out.cell_row[s])][static_cast<std::size_t>(out.cell_col[s])];
  };
  for (std::size_t s = 0; s < out.initial.size(); ++s) count += kind_of(s) == kind;
  for (std::size_t s = 0; s < out.initial.size(); ++s) out.initial[s] = kind_of(s) == kind ? 1 / count : 0;
}

}}}  // namespace guerdon::mdp
