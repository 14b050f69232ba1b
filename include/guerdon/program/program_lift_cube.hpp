#pragma once
// Lift a cube: reach it, grasp it, raise it, and hold still.
//
// $$r = \rho(\|g - c\|) + [\text{grasped}] \left(b + \min\left(\frac{c_z - h}{H},\ 1\right)\right), \qquad
//   \rho(d) = 1 - \tanh(k d)$$
//
// and success_reward alone once the cube is at the goal height, $c_z \ge H + h$, and no joint moves faster than
// `static_threshold`.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, lift_cube.py.
//
// Details that differ:
// - None. A cube below its start counts below 0. Without joints all is still.
//
// Cost: seven numbers and the joints read per state.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct program_lift_cube {
  static constexpr info about{"program_lift_cube", "program", "Reward program: lift a cube (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t joints = 0;            ///< J
    view<const T> gripper;         ///< [N,3] position
    view<const T> object;          ///< [N,3] position, height last
    view<const T> joint_velocity;  ///< [N,J]
    view<const flag_t> grasped;    ///< [N] 1 = the cube is held
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double goal_height = required;  ///< H, how far to lift
    double half_size = required;    ///< h, half a side of the cube
    double reach_scale = 5;         ///< k
    double grasp_bonus = 0.25;      ///< b
    double success_reward = 2.25;   ///< all there is on success
    double static_threshold = 0.2;  ///< joint speed that counts as still
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("joints", &I::joints, "J"), array("gripper", &I::gripper, "N,3", drawn(-0.3, 0.3)),
                      array("object", &I::object, "N,3", drawn(-0.3, 0.5)),
                      array("joint_velocity", &I::joint_velocity, "N,J", drawn(-0.25, 0.25)),
                      array("grasped", &I::grasped, "N", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("goal_height", &options::goal_height, drawn(0.1, 0.3)),
                      option("half_size", &options::half_size, drawn(0.01, 0.05)),
                      option("reach_scale", &options::reach_scale, drawn(1, 6)),
                      option("grasp_bonus", &options::grasp_bonus, drawn(0, 1)),
                      option("success_reward", &options::success_reward, drawn(1, 5)),
                      option("static_threshold", &options::static_threshold, drawn(0.1, 0.3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void program_lift_cube(const Backend& backend, const op::program_lift_cube::inputs<T>& in,
                       const op::program_lift_cube::outputs<T>& out, const op::program_lift_cube::options& o) {
  check<op::program_lift_cube>(backend, in, out, o);
  const distances::reach reach{o.reach_scale, 0};
  const T height = T(o.goal_height + o.half_size), still = T(o.static_threshold);
  backend.each(in.grasped.size(), [=] GUERDON_HD(index_t i) {
    const T z = in.object[3 * i + 2], *const velocity = in.joint_velocity.data() + i * in.joints;
    const double speed = distances::norm_of(vector_norm::linf, in.joints, [=](index_t j) { return velocity[j]; });
    double reward = reach(distances::between(in.gripper.data() + 3 * i, in.object.data() + 3 * i, 3));
    if (in.grasped[i] != 0) reward += o.grasp_bonus + math::min((double(z) - o.half_size) / o.goal_height, 1.0);
    out.reward[i] = T(z >= height && T(speed) <= still ? o.success_reward : reward);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto program_lift_cube(const Backend& backend, const op::program_lift_cube::inputs<T>& in,
                       const op::program_lift_cube::options& o = {}) {
  return returned<op::program_lift_cube, T>(backend, in, o,
                                            [&](auto& out) { program_lift_cube(backend, in, out, o); });
}

}}  // namespace guerdon
