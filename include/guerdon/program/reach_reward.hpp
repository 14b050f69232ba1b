#pragma once
// A bonus that is 1 at the goal, or within an offset of it, and falls to 0 with the distance.
//
// $$r = 1 - \tanh\bigl(k \max(d - d_0,\ 0)\bigr)$$
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, lift_cube.py and others.
//
// Details that differ:
// - The scales of the programs are 3, 4 with an offset of 0.015, and 5, the default.
// - Written as a logistic function, which does not cancel: far away there is still an order among distances.
// - The derivative is 0 up to the offset itself.
//
// Cost: one number read, one or two written.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct reach_reward {
  static constexpr info about{"reach_reward", "program", "Bonus that falls with a distance (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> distance;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;         ///< [N] in (0, 1]
    Of<T> grad_distance;  ///< [N] d reward / d distance; optional
  };
  struct options {
    double scale = 5;   ///< how steep
    double offset = 0;  ///< distance that is none yet
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("distance", &I::distance, "N", drawn(0, 1))); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), optional_array("grad_distance", &O::grad_distance, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("scale", &options::scale, drawn(0.5, 5)),
                      option("offset", &options::offset, drawn(0, 0.1)));
  }
  static constexpr std::array gradients{gradient{"grad_distance", "reward", "distance"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the bonuses and, if wanted, their derivatives.
template <real T = float, backend Backend>
void reach_reward(const Backend& backend, const op::reach_reward::inputs<T>& in,
                  const op::reach_reward::outputs<T>& out, const op::reach_reward::options& o) {
  check<op::reach_reward>(backend, in, out, o);
  const distances::reach bonus{o.scale, o.offset};
  backend.each(in.distance.size(), [=] GUERDON_HD(index_t i) {
    const double d = double(in.distance[i]), r = bonus(d);
    out.reward[i] = T(r);
    if (out.grad_distance) out.grad_distance[i] = T(d <= bonus.offset ? 0 : -bonus.scale * r * (2 - r));
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto reach_reward(const Backend& backend, const op::reach_reward::inputs<T>& in,
                  const op::reach_reward::options& o = {}) {
  return returned<op::reach_reward, T>(backend, in, o, [&](auto& out) { reach_reward(backend, in, out, o); });
}

}}  // namespace guerdon
