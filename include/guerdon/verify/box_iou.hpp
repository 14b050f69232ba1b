#pragma once
// How much two boxes overlap: intersection over union, and the generalised form that tells distances apart as well.
//
// $$\mathrm{iou} = \frac{|A \cap B|}{|A \cup B|}, \qquad \mathrm{giou} = \mathrm{iou} - \frac{|C| - |A \cup B|}{|C|}$$
//
// with C the smallest box that holds both. An empty union gives 0, and so does an empty C. giou lies between -1 and 1.
//
// Source: GIoU, Rezatofighi et al., arXiv:1902.09630; NeMo-RL, environments/rewards.py (bbox_giou_reward).
//
// Details that differ:
// - A box whose corners stand the other way round has area 0. NeMo-RL lets its area become negative and takes unions
//   and hulls of at least 0.001: `min_area = 1e-3`.
// - A NaN among the eight numbers makes both results NaN.
// - No gradient: these are rewards.
//
// Cost: 40 bytes per pair in float; its time does not matter.

#include <guerdon/verify/boxes.hpp>

namespace guerdon {
namespace op {
struct box_iou {
  static constexpr info about{"box_iou", "verify", "Overlap of two boxes, plain and generalised", "arXiv:1902.09630",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> predicted_box;  ///< [N,4] x1, y1, x2, y2
    view<const T> gold_box;       ///< [N,4]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> iou;   ///< [N] between 0 and 1
    Of<T> giou;  ///< [N] between -1 and 1
  };
  struct options {
    double min_area = 0;  ///< >= 0, least area of a union and of a hull
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("predicted_box", &I::predicted_box, "N,4", drawn(0, 10)),
                      array("gold_box", &I::gold_box, "N,4", drawn(0, 10)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("iou", &O::iou, "N"), array("giou", &O::giou, "N")); }
  static constexpr auto parameters() { return std::tuple(option("min_area", &options::min_area, at_least(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// How much of the smallest box around both is neither's.
GUERDON_HD inline double outside_share(const box& a, const box& b, double min_area) {
  const auto span = [](double p, double q, double r, double s) {
    return math::max(math::max(p, q), math::max(r, s)) - math::min(math::min(p, q), math::min(r, s));
  };
  const double hull = math::max(span(a.x1, a.x2, b.x1, b.x2) * span(a.y1, a.y2, b.y1, b.y2), min_area);
  const double either = math::max(a.area() + b.area() - intersection(a, b), min_area);
  return hull == 0 ? 0 : (hull - either) / hull;
}

/// Writes both overlaps.
template <real T = float, backend Backend>
void box_iou(const Backend& backend, const op::box_iou::inputs<T>& in, const op::box_iou::outputs<T>& out,
             const op::box_iou::options& o) {
  check<op::box_iou>(backend, in, out, o);
  const double min_area = o.min_area;
  backend.each(out.iou.size(), [=] GUERDON_HD(index_t i) {
    const box a = box_at(in.predicted_box, i), b = box_at(in.gold_box, i);
    const double iou = box_overlap(a, b, min_area);
    out.iou[i] = T(iou);
    out.giou[i] = T(iou - outside_share(a, b, min_area));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto box_iou(const Backend& backend, const op::box_iou::inputs<T>& in, const op::box_iou::options& o = {}) {
  return returned<op::box_iou, T>(backend, in, o, [&](auto& out) { box_iou(backend, in, out, o); });
}

}}  // namespace guerdon
