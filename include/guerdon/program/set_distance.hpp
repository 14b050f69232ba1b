#pragma once
// The distance of two sets of points, such as the surfaces of a hand and of a handle.
//
// $$d = \min_a \min_b \|a - b\|, \qquad \overline{\min_b \|a - b\|}, \qquad \max_a \min_b \|a - b\|$$
//
// by `reduction`: the closest pair, the mean over the first set of the nearest point of the second, or the farthest.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, push_chair.py.
//
// Details that differ:
// - Mean and maximum are over the first set: not symmetric. A NaN coordinate gives NaN.
//
// Cost: every point of one set with every one of the other. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/program/distances.hpp>

namespace guerdon {

enum class set_reduction { min, mean_min, max_min };
constexpr auto enumerators(set_reduction) { return std::array{"min", "mean_min", "max_min"}; }

namespace op {
struct set_distance : host_kind {
  static constexpr info about{"set_distance", "program", "Distance of two sets of points (Text2Reward)",
                              "arXiv:2309.11489", skeleton::host};
  struct inputs {
    index_t dimensions = 0;        ///< D >= 1, coordinates of a point
    view<const double> points_a;   ///< [M,D], M >= 1
    view<const double> points_b;   ///< [K,D], K >= 1
  };
  struct outputs {
    double distance = 0;  ///< [1]
  };
  struct options {
    set_reduction reduction = set_reduction::min;  ///< closest pair, mean or greatest of the nearest
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("points_a", &I::points_a, "M,D"),
                      array("points_b", &I::points_b, "K,D"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("distance", &O::distance, "1")); }
  static constexpr auto parameters() { return std::tuple(choice("reduction", &options::reduction)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::set_distance::outputs set_distance(const op::set_distance::inputs& in,
                                              const op::set_distance::options& o = {}) {
  const auto rule = check<op::set_distance>(in, o);
  rule(in.points_a.size() > 0, "points_a", "must hold at least one point");
  rule(in.points_b.size() > 0, "points_b", "must hold at least one point");
  const index_t dimensions = in.dimensions, points = in.points_a.size() / dimensions;
  double closest = std::numeric_limits<double>::infinity(), sum = 0, farthest = 0;
  for (index_t i = 0; i < points; ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (index_t k = 0; k < in.points_b.size(); k += dimensions)
      nearest = math::nan_min(nearest, distances::between(in.points_a.data() + i * dimensions, in.points_b.data() + k,
                                                          dimensions));
    closest = math::nan_min(closest, nearest), farthest = math::nan_max(farthest, nearest);
    sum += nearest;
  }
  switch (o.reduction) {
    case set_reduction::min: return {closest};
    case set_reduction::mean_min: return {sum / static_cast<double>(points)};
    case set_reduction::max_min: break;
  }
  return {farthest};
}

}}  // namespace guerdon
