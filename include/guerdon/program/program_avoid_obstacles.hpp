#pragma once
// Bring an object to its pose between obstacles: past them, to the place, to the orientation, without a blow.
//
// $$r = 4\,\overline{[o_m > d]} - w\, p + [d < o_0] \left(3\,\rho_{180}(\phi - \phi_s) +
//   2\,[\phi \le \phi_n]\, \rho_{o_0}(d - d_s)\right), \qquad \rho_s(x) = 1 - \tanh\frac{\max(x, 0)}{s}$$
//
// for the distance d from the goal, the angle $\phi$ in degrees, the obstacles' distances o from the goal and the
// largest impulse p; success_reward alone within $d_s$ and $\phi_s$.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, avoid_obstacles.py.
//
// Details that differ:
// - None. Rotations beyond pi are taken the other way round. Column 0 is the obstacle nearest to the goal: the entries
//   of a row must ascend, which is not checked. On success the impulse does not count.
//
// Cost: five numbers and the obstacles read per state.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct program_avoid_obstacles {
  static constexpr info about{"program_avoid_obstacles", "program", "Reward program: avoid obstacles (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t obstacles = 0;           ///< M >= 1
    view<const T> position_offset;   ///< [N,3] from the goal
    view<const T> rotation_angle;    ///< [N] from the goal, in radians
    view<const T> goal_to_obstacle;  ///< [N,M] distances, ascending
    view<const T> max_impulse;       ///< [N] of the contacts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double position_threshold = 0.025;  ///< d_s, distance that counts as there
    double angle_threshold = 15;        ///< degrees that count as right
    double near_angle = 25;             ///< degrees within which the place counts
    double impulse_weight = 50;         ///< w
    double success_reward = 10;         ///< all there is on success
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("obstacles", &I::obstacles, "M"),
                      array("position_offset", &I::position_offset, "N,3", drawn(-0.06, 0.06)),
                      array("rotation_angle", &I::rotation_angle, "N", drawn(0, 1)),
                      array("goal_to_obstacle", &I::goal_to_obstacle, "N,M", drawn(0.02, 0.2)),
                      array("max_impulse", &I::max_impulse, "N", drawn(0, 0.1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("position_threshold", &options::position_threshold, drawn(0.01, 0.05)),
                      option("angle_threshold", &options::angle_threshold, drawn(10, 30)),
                      option("near_angle", &options::near_angle, drawn(20, 40)),
                      option("impulse_weight", &options::impulse_weight, drawn(0, 60)),
                      option("success_reward", &options::success_reward, drawn(5, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void program_avoid_obstacles(const Backend& backend, const op::program_avoid_obstacles::inputs<T>& in,
                             const op::program_avoid_obstacles::outputs<T>& out,
                             const op::program_avoid_obstacles::options& o) {
  const auto rule = check<op::program_avoid_obstacles>(backend, in, out, o);
  rule(in.obstacles > 0, "goal_to_obstacle", "must hold at least one obstacle");
  const T there = T(o.position_threshold), right = T(o.angle_threshold), nearly = T(o.near_angle);
  const index_t obstacles = in.obstacles;
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const T* const offset = in.position_offset.data() + 3 * i;
    const T* const obstacle = in.goal_to_obstacle.data() + i * obstacles;
    const T distance = T(distances::norm_of(vector_norm::l2, 3, [=](index_t d) { return offset[d]; }));
    const double pi = 3.14159265358979323846, turned = double(in.rotation_angle[i]);
    const double degrees = math::abs(turned > pi ? turned - 2 * pi : turned) * (180 / pi);
    index_t passed = 0;
    for (index_t m = 0; m < obstacles; ++m) passed += obstacle[m] > distance;
    double reward = 4 * double(passed) / double(obstacles) - o.impulse_weight * double(in.max_impulse[i]);
    if (distance < obstacle[0]) {
      reward += 3 * distances::reach{1.0 / 180, o.angle_threshold}(degrees);
      if (T(degrees) <= nearly)
        reward += 2 * distances::reach{1 / double(obstacle[0]), o.position_threshold}(double(distance));
    }
    out.reward[i] = T(distance <= there && T(degrees) <= right ? o.success_reward : reward);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto program_avoid_obstacles(const Backend& backend, const op::program_avoid_obstacles::inputs<T>& in,
                             const op::program_avoid_obstacles::options& o = {}) {
  return returned<op::program_avoid_obstacles, T>(backend, in, o,
                                                  [&](auto& out) { program_avoid_obstacles(backend, in, out, o); });
}

}}  // namespace guerdon
