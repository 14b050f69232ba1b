#include "worlds.hpp"

#include <guerdon/mdp/env_chain.hpp>
#include <guerdon/mdp/env_cliff_walking.hpp>
#include <guerdon/mdp/env_four_rooms.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>

#include <algorithm>
#include <map>
#include <numeric>

namespace control {

namespace {

template <class Environment>
world made(Environment e, world w) {
  w.states = e.num_states;
  w.actions = static_cast<index_t>(e.transition.size() / e.initial.size() / e.initial.size());
  w.transition = std::move(e.transition);
  w.reward = std::move(e.reward);
  w.initial = std::move(e.initial);
  w.optimal_value = std::move(e.optimal_value);
  w.optimal_return = e.optimal_return.front();
  const std::size_t states = w.initial.size(), actions = static_cast<std::size_t>(w.actions);
  w.final.assign(states, 1);
  for (std::size_t s = 0; s < states; ++s)
    for (std::size_t a = 0; a < actions; ++a) {
      const std::size_t stay = (s * actions + a) * states + s;
      if (w.transition[stay] < 1 || w.reward[stay] != 0) w.final[s] = 0;
    }
  w.random_return = w.expected_return(numbers(states * actions, 1 / static_cast<double>(actions)));
  return w;
}

world chain() {
  world w{.key = "chain", .title = "chain of 8 states", .gamma = 0.95, .time_limit = 40, .low = 0, .high = 160};
  for (index_t s = 0; s < 8; ++s) w.row.push_back(0), w.col.push_back(s);
  return made(guerdon::env_chain({.num_states = 8, .slip = 0.1, .gamma = w.gamma}), std::move(w));
}

world four_rooms() {
  world w{.key = "four_rooms", .title = "four rooms", .gamma = 0.95, .time_limit = 100, .low = 0, .high = 1};
  auto rooms = guerdon::env_four_rooms({.slip = 0.1, .gamma = w.gamma});
  w.row = rooms.cell_row;
  w.col = rooms.cell_col;
  return made(std::move(rooms), std::move(w));
}

world cliff_walk() {
  world w{.key = "cliff_walk", .title = "cliff walk", .gamma = 0.95, .time_limit = 100, .low = -250, .high = 0};
  for (index_t s = 0; s < 48; ++s) w.row.push_back(s / 12), w.col.push_back(s % 12);
  return made(guerdon::env_cliff_walking({.gamma = w.gamma}), std::move(w));
}

}  // namespace

double world::expected_return(const numbers& policy) const {
  const auto exact = guerdon::mdp_policy_evaluation({.mdp = mdp(), .policy = policy}, {.gamma = gamma});
  return std::inner_product(initial.begin(), initial.end(), exact.value.begin(), 0.0);
}

const std::vector<world>& worlds() {
  static const std::vector<world> all{chain(), four_rooms(), cliff_walk()};
  return all;
}

features features_of(const world& w, sight s) {
  features f;
  f.active.resize(w.initial.size());
  if (s == sight::tabular) {
    f.count = w.states;
    for (std::size_t state = 0; state < f.active.size(); ++state) f.active[state] = {state};
    return f;
  }
  // Two layers of tiles of 3 x 3 cells, the second moved by one cell: walls are not seen.
  std::map<std::vector<index_t>, std::size_t> tile;
  for (const index_t layer : {0, 1})
    for (std::size_t state = 0; state < f.active.size(); ++state) {
      const std::vector<index_t> place{layer, (w.row[state] + layer) / 3, (w.col[state] + layer) / 3};
      f.active[state].push_back(tile.emplace(place, tile.size()).first->second);
    }
  f.count = static_cast<index_t>(tile.size());
  return f;
}

}  // namespace control
