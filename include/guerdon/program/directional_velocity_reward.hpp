#pragma once
// A reward for moving towards the target.
//
// $$r = w \max(-1,\ 1 - e^x), \qquad x = \frac{u \cdot v}{\|u\|}$$
//
// for the offset u of the object from its target and the velocity v: x is the speed away from it.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, push_chair.py.
//
// Details that differ:
// - At the target, or at rest, the reward is 0, where the released expression gives NaN.
//
// Cost: two numbers read per dimension.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct directional_velocity_reward {
  static constexpr info about{"directional_velocity_reward", "program", "Reward for moving to a target (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;            ///< D, of space
    view<const T> offset_from_target;  ///< [N,D] object minus target
    view<const T> velocity;            ///< [N,D] of the object
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] in [-weight, weight)
  };
  struct options {
    double weight = 2;  ///< the largest reward
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"),
                      array("offset_from_target", &I::offset_from_target, "N,D"),
                      array("velocity", &I::velocity, "N,D"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(option("weight", &options::weight, drawn(0, 3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void directional_velocity_reward(const Backend& backend, const op::directional_velocity_reward::inputs<T>& in,
                                 const op::directional_velocity_reward::outputs<T>& out,
                                 const op::directional_velocity_reward::options& o) {
  check<op::directional_velocity_reward>(backend, in, out, o);
  const double weight = o.weight;
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const index_t at = i * in.dimensions;
    out.reward[i] =
        T(weight * primitives::approach(in.offset_from_target.data() + at, in.velocity.data() + at, in.dimensions));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto directional_velocity_reward(const Backend& backend, const op::directional_velocity_reward::inputs<T>& in,
                                 const op::directional_velocity_reward::options& o = {}) {
  return returned<op::directional_velocity_reward, T>(
      backend, in, o, [&](auto& out) { directional_velocity_reward(backend, in, out, o); });
}

}}  // namespace guerdon
