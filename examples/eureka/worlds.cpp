#include "worlds.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace eureka {
namespace {

constexpr double metres = 0.1;  // of a cell

struct cell {
  index_t x = 0, y = 0;
  friend bool operator==(const cell&, const cell&) = default;
};

/// A step to the left, right, down or up, no farther than the edge of a square.
cell stepped(cell c, index_t action, index_t side) {
  constexpr std::array<std::pair<index_t, index_t>, 4> moves{{{-1, 0}, {1, 0}, {0, -1}, {0, 1}}};
  const auto [dx, dy] = moves[std::size_t(action)];
  return {std::clamp<index_t>(c.x + dx, 0, side - 1), std::clamp<index_t>(c.y + dy, 0, side - 1)};
}
void append(std::vector<double>& points, cell c) {
  points.push_back(metres * double(c.x)), points.push_back(metres * double(c.y));
}
void append(distance& d, cell from, cell to, cell from_before, cell to_before) {
  append(d.from, from), append(d.to, to), append(d.from_before, from_before), append(d.to_before, to_before);
}

}  // namespace

world carry() {
  constexpr index_t side = 6, cells = side * side;
  constexpr cell goal{side - 1, side - 1};
  const auto at = [](index_t k) { return cell{k % side, k / side}; };
  const auto number = [](cell c) { return c.y * side + c.x; };
  struct state {
    cell gripper, cube;
    bool held;
  };
  // While it is held the cube is where the gripper is.
  const auto index_of = [&](const state& s) {
    return s.held ? cells * cells + number(s.gripper) : number(s.gripper) * cells + number(s.cube);
  };
  const auto state_of = [&](index_t k) {
    return k < cells * cells ? state{at(k / cells), at(k % cells), false}
                             : state{at(k - cells * cells), at(k - cells * cells), true};
  };
  world w{.name = "carry", .task = "fetch the cube, carry it to the goal, let it go there"};
  w.states = cells * cells + cells, w.actions = 5, w.horizon = 40;
  w.distances = {{"gripper_to_cube", {}, {}, {}, {}}, {"cube_to_goal", {}, {}, {}, {}}};
  w.flag_name = "held";
  for (index_t k = 0; k < w.states; ++k)
    for (index_t a = 0; a < w.actions; ++a) {
      const state before = state_of(k);
      state s = before;
      if (a < 4) s.gripper = stepped(s.gripper, a, side);
      else s.held = s.held ? false : s.gripper == s.cube;
      if (s.held) s.cube = s.gripper;
      w.next.push_back(index_of(s));
      w.done.push_back(before.held && !s.held && s.cube == goal);
      w.flag.push_back(s.held);
      append(w.distances[0], s.gripper, s.cube, before.gripper, before.cube);
      append(w.distances[1], s.cube, goal, before.cube, goal);
    }
  for (index_t y = 0; y < 3; ++y)
    for (index_t x = 0; x < 3; ++x)
      for (const cell gripper : {cell{0, side - 1}, cell{side - 1, 0}})
        w.start.push_back(index_of({gripper, {x, y}, false}));
  return w;
}

world behind_wall() {
  constexpr index_t side = 13, wall = 8, gap = 1;
  constexpr cell goal{side - 2, side - 2}, hole{wall, gap};
  world w{.name = "behind the wall", .task = "reach the goal behind a wall, through the gap in it"};
  w.states = side * side, w.actions = 4, w.horizon = 60;
  w.distances = {{"walker_to_goal", {}, {}, {}, {}}, {"walker_to_gap", {}, {}, {}, {}}};
  w.flag_name = "past_wall";
  for (index_t k = 0; k < w.states; ++k)
    for (index_t a = 0; a < w.actions; ++a) {
      const cell before{k % side, k / side};
      cell s = stepped(before, a, side);
      if (s.x == wall && s.y != gap) s = before;
      w.next.push_back(s.y * side + s.x);
      w.done.push_back(s == goal);
      w.flag.push_back(s.x >= wall);
      append(w.distances[0], s, goal, before, goal);
      append(w.distances[1], s, hole, before, hole);
    }
  for (index_t x = 0; x < 4; ++x)
    for (index_t y = 6; y < side; y += 2) w.start.push_back(y * side + x);
  return w;
}

}  // namespace eureka
