#pragma once
// Pick up a cube and bring it to a goal: reach it, grasp it, carry it, and hold still.
//
// $$r = \rho(\|g - c\|) + [\text{grasped}] \bigl(b + 1 - \tanh(k_p \|t - c\|)\bigr), \qquad \rho(d) = 1 - \tanh(k d)$$
//
// and success_reward alone once the cube is within `goal_radius` of the goal t and no joint moves faster than
// `static_threshold`.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, pick_cube.py.
//
// Details that differ:
// - None. Success does not ask for the grasp. Without joints all is still.
//
// Cost: ten numbers and the joints read per state.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct program_pick_cube {
  static constexpr info about{"program_pick_cube", "program", "Reward program: bring a cube to a goal (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t joints = 0;            ///< J
    view<const T> gripper;         ///< [N,3] position
    view<const T> object;          ///< [N,3] position
    view<const T> goal;            ///< [N,3] position
    view<const T> joint_velocity;  ///< [N,J]
    view<const flag_t> grasped;    ///< [N] 1 = the cube is held
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double goal_radius = 0.025;     ///< distance that counts as there
    double static_threshold = 0.2;  ///< joint speed that counts as still
    double reach_scale = 5;         ///< k
    double place_scale = 5;         ///< of the distance to the goal
    double grasp_bonus = 1;         ///< b
    double success_reward = 5;      ///< all there is on success
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("joints", &I::joints, "J"), array("gripper", &I::gripper, "N,3", drawn(-0.3, 0.3)),
                      array("object", &I::object, "N,3", drawn(-0.02, 0.02)),
                      array("goal", &I::goal, "N,3", drawn(-0.02, 0.02)),
                      array("joint_velocity", &I::joint_velocity, "N,J", drawn(-0.25, 0.25)),
                      array("grasped", &I::grasped, "N", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("goal_radius", &options::goal_radius, drawn(0.01, 0.03)),
                      option("static_threshold", &options::static_threshold, drawn(0.1, 0.3)),
                      option("reach_scale", &options::reach_scale, drawn(1, 6)),
                      option("place_scale", &options::place_scale, drawn(1, 6)),
                      option("grasp_bonus", &options::grasp_bonus, drawn(0, 1)),
                      option("success_reward", &options::success_reward, drawn(1, 5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void program_pick_cube(const Backend& backend, const op::program_pick_cube::inputs<T>& in,
                       const op::program_pick_cube::outputs<T>& out, const op::program_pick_cube::options& o) {
  check<op::program_pick_cube>(backend, in, out, o);
  const distances::reach reach{o.reach_scale, 0}, place{o.place_scale, 0};
  const T radius = T(o.goal_radius), still = T(o.static_threshold);
  backend.each(in.grasped.size(), [=] GUERDON_HD(index_t i) {
    const T *const object = in.object.data() + 3 * i, *const velocity = in.joint_velocity.data() + i * in.joints;
    const double speed = distances::norm_of(vector_norm::linf, in.joints, [=](index_t j) { return velocity[j]; });
    const double left = distances::between(in.goal.data() + 3 * i, object, 3);
    double reward = reach(distances::between(in.gripper.data() + 3 * i, object, 3));
    if (in.grasped[i] != 0) reward += o.grasp_bonus + place(left);
    out.reward[i] = T(T(left) <= radius && T(speed) <= still ? o.success_reward : reward);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto program_pick_cube(const Backend& backend, const op::program_pick_cube::inputs<T>& in,
                       const op::program_pick_cube::options& o = {}) {
  return returned<op::program_pick_cube, T>(backend, in, o,
                                            [&](auto& out) { program_pick_cube(backend, in, out, o); });
}

}}  // namespace guerdon
