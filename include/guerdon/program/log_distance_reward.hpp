#pragma once
// A penalty on distance with a bonus that grows as contact comes near.
//
// $$r = -d - \mathrm{clip}\bigl(\log(d + \varepsilon),\ l,\ 0\bigr)$$
//
// Up to -l more near contact; beyond a distance of 1 just -d.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, push_chair.py.
//
// Details that differ:
// - None. NaN for a distance below $-\varepsilon$, which none is.
//
// Cost: one number read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct log_distance_reward {
  static constexpr info about{"log_distance_reward", "program", "Distance penalty, and contact bonus (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> distance;  ///< [N] >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double epsilon = 1e-5;  ///< added before the logarithm
    double log_min = -10;   ///< where the logarithm is cut
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("distance", &I::distance, "N", drawn(0, 2))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("epsilon", &options::epsilon, drawn(1e-5, 0.1)),
                      option("log_min", &options::log_min, drawn(-10, 0)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void log_distance_reward(const Backend& backend, const op::log_distance_reward::inputs<T>& in,
                         const op::log_distance_reward::outputs<T>& out, const op::log_distance_reward::options& o) {
  check<op::log_distance_reward>(backend, in, out, o);
  const primitives::log_distance falloff{o.epsilon, o.log_min};
  backend.each(in.distance.size(), [=] GUERDON_HD(index_t i) { out.reward[i] = T(falloff(double(in.distance[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto log_distance_reward(const Backend& backend, const op::log_distance_reward::inputs<T>& in,
                         const op::log_distance_reward::options& o = {}) {
  return returned<op::log_distance_reward, T>(backend, in, o,
                                              [&](auto& out) { log_distance_reward(backend, in, out, o); });
}

}}  // namespace guerdon
