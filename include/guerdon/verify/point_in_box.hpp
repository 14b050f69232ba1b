#pragma once
// Whether a point lies in a box: the reward of grounding and clicking.
//
// $$r = [x_1 \le x \le x_2]\,[y_1 \le y \le y_2]$$
//
// `inclusive` false asks for strictly between.
//
// Source: UI-R1, arXiv:2503.21620, and other rewards for agents of graphical interfaces.
//
// Details that differ:
// - Nothing lies in a box whose corners stand the other way round, nor where a number is NaN.
//
// Cost: 28 bytes per point in float; its time does not matter. No gradient.

#include <guerdon/verify/boxes.hpp>

namespace guerdon {
namespace op {
struct point_in_box {
  static constexpr info about{"point_in_box", "verify", "Whether a point lies in a box", "arXiv:2503.21620",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> point;  ///< [N,2] x, y
    view<const T> box;    ///< [N,4] x1, y1, x2, y2
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] 1 or 0
  };
  struct options {
    bool inclusive = true;  ///< the edge is inside
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("point", &I::point, "N,2", drawn(0, 10)), array("box", &I::box, "N,4", drawn(0, 10)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(flag("inclusive", &options::inclusive)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void point_in_box(const Backend& backend, const op::point_in_box::inputs<T>& in,
                  const op::point_in_box::outputs<T>& out, const op::point_in_box::options& o) {
  check<op::point_in_box>(backend, in, out, o);
  const bool inclusive = o.inclusive;
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const box b = box_at(in.box, i);
    const double x = double(in.point[2 * i]), y = double(in.point[2 * i + 1]);
    const bool inside = b.x1 < x && x < b.x2 && b.y1 < y && y < b.y2;
    const bool touching = b.x1 <= x && x <= b.x2 && b.y1 <= y && y <= b.y2;
    out.reward[i] = T(inclusive ? touching : inside);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto point_in_box(const Backend& backend, const op::point_in_box::inputs<T>& in,
                  const op::point_in_box::options& o = {}) {
  return returned<op::point_in_box, T>(backend, in, o, [&](auto& out) { point_in_box(backend, in, out, o); });
}

}}  // namespace guerdon
