#pragma once
// A factor that falls from 1 towards a half as a car leaves the middle of its lane.
//
// $$f = 1 - \frac{1}{2}\,\mathrm{clip}\left(\frac{c - t}{c + \min(l, r) - t + 10^{-6}},\ 0,\ 1\right)
//   \text{ for } c > t, \text{ else } 1$$
//
// for the distances c from the centre line and l, r from the boundaries.
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, nuPlan's reward builder.
//
// Details that differ:
// - Within the threshold the factor is 1. The released quotient has no such guard: with a boundary nearer than the
//   threshold, both its parts are negative and a car near the middle gets a half.
//
// Cost: three numbers read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct lane_distance_factor {
  static constexpr info about{"lane_distance_factor", "shaping", "Factor for leaving the lane's middle (CaRL)",
                              "arXiv:2504.17838", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> center_distance;  ///< [N] >= 0
    view<const T> left_distance;    ///< [N] from the left boundary
    view<const T> right_distance;   ///< [N] from the right one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> factor;  ///< [N] in [0.5, 1]
  };
  struct options {
    double threshold = 0.5;  ///< t, distance without consequence
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("center_distance", &I::center_distance, "N", drawn(0, 2)),
                      array("left_distance", &I::left_distance, "N", drawn(0, 3)),
                      array("right_distance", &I::right_distance, "N", drawn(0, 3)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("factor", &O::factor, "N")); }
  static constexpr auto parameters() { return std::tuple(option("threshold", &options::threshold, drawn(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the factors.
template <real T = float, backend Backend>
void lane_distance_factor(const Backend& backend, const op::lane_distance_factor::inputs<T>& in,
                          const op::lane_distance_factor::outputs<T>& out,
                          const op::lane_distance_factor::options& o) {
  check<op::lane_distance_factor>(backend, in, out, o);
  const double threshold = o.threshold;
  backend.each(in.center_distance.size(), [=] GUERDON_HD(index_t i) {
    const double beyond = double(in.center_distance[i]) - threshold;
    const double room = math::nan_min(double(in.left_distance[i]), double(in.right_distance[i]));
    const double share = math::clamp(beyond / (beyond + room + 1e-6), 0.0, 1.0);
    out.factor[i] = T(in.center_distance[i] <= T(threshold) ? 1 : 1 - share / 2);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto lane_distance_factor(const Backend& backend, const op::lane_distance_factor::inputs<T>& in,
                          const op::lane_distance_factor::options& o = {}) {
  return returned<op::lane_distance_factor, T>(backend, in, o,
                                               [&](auto& out) { lane_distance_factor(backend, in, out, o); });
}

}}  // namespace guerdon
