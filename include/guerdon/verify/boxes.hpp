#pragma once
// Boxes with sides along the axes, by two corners: (x1, y1) and (x2, y2).

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

struct box {
  double x1, y1, x2, y2;

  GUERDON_HD bool has_nan() const { return x1 != x1 || y1 != y1 || x2 != x2 || y2 != y2; }
  /// 0 of a box whose corners stand the other way round.
  GUERDON_HD double area() const { return math::max(x2 - x1, 0.0) * math::max(y2 - y1, 0.0); }
};

/// Box i of an array [N,4].
template <class T>
GUERDON_HD box box_at(const view<const T>& boxes, index_t i) {
  const T* const b = boxes.data() + 4 * i;
  return {double(b[0]), double(b[1]), double(b[2]), double(b[3])};
}

GUERDON_HD inline double intersection(const box& a, const box& b) {
  return box{math::max(a.x1, b.x1), math::max(a.y1, b.y1), math::min(a.x2, b.x2), math::min(a.y2, b.y2)}.area();
}

/// Area of both by that of either, at least `min_area`; 0 where that is 0. NaN if a corner is.
GUERDON_HD inline double box_overlap(const box& a, const box& b, double min_area = 0) {
  if (a.has_nan() || b.has_nan()) return std::numeric_limits<double>::quiet_NaN();
  const double common = intersection(a, b), either = math::max(a.area() + b.area() - common, min_area);
  return either == 0 ? 0 : common / either;
}

}}  // namespace guerdon
