#pragma once
// How much every box of one list overlaps with every box of another, plain and generalised.
//
// $$\mathrm{iou} = \frac{|A \cap B|}{|A \cup B|}, \qquad \mathrm{giou} = \mathrm{iou} - \frac{|C| - |A \cup B|}{|C|}$$
//
// with C the smallest box that holds both. An empty union gives 0, and so does an empty C.
//
// Source: GIoU, arXiv:1902.09630; Vision-R1, arXiv:2503.18013.
//
// Details that differ:
// - giou is -1 only where both boxes lack area; a box without area has giou 0 with itself, not 1.
// - A box whose corners stand the other way round, or with a NaN, is an error (host backends). box_iou takes pairs,
//   and such boxes too.
//
// Cost: 8 numbers per pair, two written.

#include <guerdon/verify/box_matching.hpp>

namespace guerdon {
namespace op {
struct generalized_iou {
  static constexpr info about{"generalized_iou", "verify", "Overlap of every box of one list with every box of another",
                              "arXiv:1902.09630; arXiv:2503.18013", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> boxes_a;  ///< [n,4] x1, y1, x2, y2, x1 <= x2 and y1 <= y2
    view<const T> boxes_b;  ///< [m,4] likewise
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> iou;   ///< [n,m] between 0 and 1
    Of<T> giou;  ///< [n,m] between -1 and 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("boxes_a", &I::boxes_a, "N,4", drawn(0, 10).together("boxes")),
                      array("boxes_b", &I::boxes_b, "M,4", drawn(0, 10).together("boxes")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("iou", &O::iou, "N,M"), array("giou", &O::giou, "N,M")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes both overlaps.
template <real T = float, backend Backend>
void generalized_iou(const Backend& backend, const op::generalized_iou::inputs<T>& in,
                     const op::generalized_iou::outputs<T>& out, const op::generalized_iou::options& o) {
  const auto rule = check<op::generalized_iou>(backend, in, out, o);
  require_boxes(backend, rule, in.boxes_a, "boxes_a");
  require_boxes(backend, rule, in.boxes_b, "boxes_b");
  const index_t columns = in.boxes_b.size() / 4;
  backend.each(out.iou.size(), [=] GUERDON_HD(index_t i) {
    const box a = box_at(in.boxes_a, i / columns), b = box_at(in.boxes_b, i % columns);
    const double iou = box_overlap(a, b);
    out.iou[i] = T(iou);
    out.giou[i] = T(iou - outside_share(a, b, 0));
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto generalized_iou(const Backend& backend, const op::generalized_iou::inputs<T>& in,
                     const op::generalized_iou::options& o = {}) {
  return returned<op::generalized_iou, T>(backend, in, o, [&](auto& out) { generalized_iou(backend, in, out, o); });
}

}}  // namespace guerdon
