#include "world.hpp"

#include <guerdon/mdp/env_chain.hpp>
#include <guerdon/mdp/env_four_rooms.hpp>
#include <guerdon/mdp/env_gridworld.hpp>
#include <guerdon/mdp/env_river_swim.hpp>

#include <sstream>

namespace exploration {
namespace {

template <class World>
void take(world& w, World&& made) {
  w.states = made.num_states;
  w.actions = index_t(made.transition.size()) / (w.states * w.states);
  w.transition = std::move(made.transition);
  w.reward = std::move(made.reward);
  w.initial = std::move(made.initial);
  w.final.assign(std::size_t(w.states), 0);
  w.message.assign(std::size_t(w.states), "");
}

/// Row and column between -1 and 1, and their edges softened: what a camera would tell of a place.
template <class World>
void place_features(world& w, const World& made, double rows, double columns) {
  w.dimensions = 6;
  for (std::size_t s = 0; s < made.cell_row.size(); ++s) {
    const double y = 2 * double(made.cell_row[s]) / rows - 1, x = 2 * double(made.cell_col[s]) / columns - 1;
    for (const double f : {x, y, std::sin(3 * x), std::sin(3 * y), std::cos(3 * x), std::cos(3 * y)})
      w.feature.push_back(f);
  }
}

/// A row of states: a soft bump around each of six places.
void row_features(world& w) {
  w.dimensions = 6;
  for (index_t s = 0; s < w.states; ++s)
    for (int k = 0; k < 6; ++k) {
      const double apart = double(s) / double(w.states - 1) - k / 5.0;
      w.feature.push_back(std::exp(-18 * apart * apart));
    }
}

std::uint64_t fnv(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ std::uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3u;
  return hash;
}

}  // namespace

world chain() {
  world w{.name = "chain"};
  auto made = guerdon::env_chain({.num_states = 14, .slip = 0.05, .small_reward = 0.01, .large_reward = 1});
  take(w, made);
  w.horizon = 50, w.budget = 400, w.success_return = 1;
  row_features(w);
  for (index_t s = 3; s < w.states; s += 2)
    w.message[std::size_t(s)] = "you get closer to the treasure, mark " + std::to_string(s);
  return w;
}

world river_swim() {
  world w{.name = "river swim"};
  auto made = guerdon::env_river_swim({.num_states = 7});
  take(w, made);
  w.horizon = 80, w.budget = 400, w.success_return = 3;
  row_features(w);
  for (index_t s = 2; s < w.states; ++s)
    w.message[std::size_t(s)] = "you get closer to the source, bank " + std::to_string(s);
  return w;
}

world four_rooms() {
  world w{.name = "four rooms"};
  auto made = guerdon::env_four_rooms({.slip = 0.1, .goal_row = 11, .goal_col = 11, .start_row = 1, .start_col = 1});
  place_features(w, made, 12, 12);
  const auto rows = made.cell_row, columns = made.cell_col;
  take(w, made);
  w.horizon = 80, w.budget = 400, w.success_return = 1;
  for (std::size_t s = 0; s < std::size_t(w.states); ++s) {
    w.final[s] = rows[s] == 11 && columns[s] == 11;
    const bool hallway = (columns[s] == 6) || (rows[s] == 6 && columns[s] < 6) || (rows[s] == 7 && columns[s] > 6);
    if (hallway)
      w.message[s] = "you open a door, number " + std::to_string(s);
    else if (rows[s] > 7 && columns[s] > 6)
      w.message[s] = "you get closer to the treasure";
  }
  return w;
}

world distracting_grid() {
  world w{.name = "distracting grid"};
  const std::vector<std::string_view> map{"S.#.......", "..#.####..", "..#.#.....", "....#.####", "###.#....#",
                                          "....####.#", ".##....#..", ".####..##.", "....#..#..", "###.....#G"};
  auto made = guerdon::env_gridworld({.map = map}, {.slip = 0.1});
  place_features(w, made, 9, 9);
  const auto rows = made.cell_row, columns = made.cell_col;
  take(w, made);
  w.horizon = 100, w.budget = 400, w.success_return = 1;
  w.noise_dimensions = 2;
  for (std::size_t s = 0; s < std::size_t(w.states); ++s) {
    w.final[s] = rows[s] == 9 && columns[s] == 9;
    if (rows[s] == 3 && columns[s] == 3) w.message[s] = "you open a door to the east";
    if (rows[s] == 2 && columns[s] > 4) w.message[s] = "you get closer to the treasure, by a window";
    if (rows[s] > 3 && columns[s] == 8) w.message[s] = "you get closer to the treasure, down the stairs";
  }
  return w;
}

bool is_helpful(const std::string& message) {
  return message.find("closer") != std::string::npos || message.find("open a door") != std::string::npos;
}

index_t preferred(const std::string& first, const std::string& second) {
  const bool a = is_helpful(first), b = is_helpful(second);
  return a == b ? 2 : a ? 0 : 1;
}

index_t key_of(const std::string& message) { return static_cast<index_t>(fnv(message)); }

std::vector<double> bag_of_words(const std::string& message, index_t dimensions) {
  std::vector<double> bag(std::size_t(dimensions), 0.0);
  std::istringstream words(message);
  for (std::string word; words >> word;) bag[fnv(word) % bag.size()] += 1;
  return bag;
}

}  // namespace exploration
