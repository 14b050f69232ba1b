#pragma once
// The weighted sum of driving metrics that CaRL argues against, for comparison.
//
// $$r = \frac{5 p + \left(5\,[t = 1] + 4 s + 2\,[c = 1]\right) / n}{16}\; f_{\text{route}}\, f_{\text{lane}}\, k$$
//
// and 0 on the step that ends the episode; n is `num_steps`.
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, nuPlan's reward builder.
//
// Details that differ:
// - None. [x = 1] is 1 where the factor is exactly 1. A route or lane factor of 0 selects 0.
//
// Cost: seven numbers read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct carl_metric_reward {
  static constexpr info about{"carl_metric_reward", "shaping", "Weighted sum of driving metrics (CaRL)",
                              "arXiv:2504.17838", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> progress;         ///< any shape; gain in route completion
    view<const T> ttc_factor;       ///< 1 = no short time to collision
    view<const T> speed_factor;     ///< of carl_soft_factor
    view<const T> comfort_factor;   ///< 1 = comfortable
    view<const T> route_factor;     ///< multiplies
    view<const T> lane_factor;      ///< multiplies
    view<const flag_t> terminated;  ///< 1 = the episode ends here
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< the same shape
  };
  struct options {
    double num_steps = 150;  ///< n, what the terms of a step are divided by
    double scale = 100;      ///< k
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("progress", &I::progress, "*", drawn(0, 1)),
                      array("ttc_factor", &I::ttc_factor, "*", integers(0, 1)),
                      array("speed_factor", &I::speed_factor, "*", drawn(0, 1)),
                      array("comfort_factor", &I::comfort_factor, "*", integers(0, 1)),
                      array("route_factor", &I::route_factor, "*", drawn(0, 1)),
                      array("lane_factor", &I::lane_factor, "*", drawn(0, 1)),
                      array("terminated", &I::terminated, "*", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "*")); }
  static constexpr auto parameters() {
    return std::tuple(option("num_steps", &options::num_steps, drawn(1, 200)),
                      option("scale", &options::scale, drawn(1, 100)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void carl_metric_reward(const Backend& backend, const op::carl_metric_reward::inputs<T>& in,
                        const op::carl_metric_reward::outputs<T>& out, const op::carl_metric_reward::options& o) {
  check<op::carl_metric_reward>(backend, in, out, o);
  backend.each(in.progress.size(), [=] GUERDON_HD(index_t i) {
    const double safe = in.ttc_factor[i] == T(1) ? 5 : 0, comfortable = in.comfort_factor[i] == T(1) ? 2 : 0;
    const double of_step = (safe + 4 * double(in.speed_factor[i]) + comfortable) / o.num_steps;
    const double mean = (5 * double(in.progress[i]) + of_step) / 16;
    const double route = double(in.route_factor[i]), lane = double(in.lane_factor[i]);
    const bool none = in.terminated[i] != 0 || route == 0 || lane == 0;
    out.reward[i] = T(none ? 0 : mean * route * lane * o.scale);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto carl_metric_reward(const Backend& backend, const op::carl_metric_reward::inputs<T>& in,
                        const op::carl_metric_reward::options& o = {}) {
  return returned<op::carl_metric_reward, T>(backend, in, o,
                                             [&](auto& out) { carl_metric_reward(backend, in, out, o); });
}

}}  // namespace guerdon
