#pragma once
// Which predicted box belongs to which true one: the one-to-one matching that costs least.
//
// $$c_{ij} = \sum_{k=1}^{4} |p_{ik} - q_{jk}| - [\text{labels equal}] - \mathrm{giou}(p_i, q_j)$$
//
// in pixels, so that the place decides and the label only where places are nearly equal.
//
// Source: Vision-R1, arXiv:2503.18013.
//
// Details that differ:
// - Of more predictions than truths some stay unmatched, and the other way round. Between matchings of equal cost any
//   may be the answer.
//
// Cost: $n^2 m$ steps for n boxes and m on the other side, n the smaller number. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/box_matching.hpp>

#include <span>
#include <vector>

namespace guerdon {

namespace op {
struct box_prior_match : host_kind {
  static constexpr info about{"box_prior_match", "verify", "Which predicted box belongs to which true one (Vision-R1)",
                              "arXiv:2503.18013", skeleton::host};
  struct inputs {
    view<const double> pred_box;     ///< [P,4] x1, y1, x2, y2, in pixels
    view<const index_t> pred_label;  ///< [P]
    view<const double> gt_box;       ///< [Q,4]
    view<const index_t> gt_label;    ///< [Q]
  };
  struct outputs {
    std::vector<index_t> pred_index;   ///< [min(P,Q)] ascending
    std::vector<index_t> gt_index;     ///< [min(P,Q)] its partner
    std::vector<double> matched_giou;  ///< [min(P,Q)] their generalised overlap
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("pred_box", &I::pred_box, "P,4", drawn(0, 10).together("boxes")),
                      array("pred_label", &I::pred_label, "P", integers(0, 2)),
                      array("gt_box", &I::gt_box, "Q,4", drawn(0, 10).together("boxes")),
                      array("gt_label", &I::gt_label, "Q", integers(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("pred_index", &O::pred_index, "K"), array("gt_index", &O::gt_index, "K"),
                      array("matched_giou", &O::matched_giou, "K"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One image.
inline op::box_prior_match::outputs box_prior_match(const op::box_prior_match::inputs& in,
                                                    const op::box_prior_match::options& o = {}) {
  const auto rule = check<op::box_prior_match>(in, o);
  require_boxes(boxes_on_host(), rule, in.pred_box, "pred_box");
  require_boxes(boxes_on_host(), rule, in.gt_box, "gt_box");
  op::box_prior_match::outputs out;
  for (const box_match& m : match_boxes({in.pred_box, in.pred_label}, {in.gt_box, in.gt_label})) {
    out.pred_index.push_back(m.first);
    out.gt_index.push_back(m.second);
    out.matched_giou.push_back(m.giou);
  }
  return out;
}

/// A batch, in order.
inline auto box_prior_match(const host_rows& rows, std::span<const op::box_prior_match::inputs> in,
                            const op::box_prior_match::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return box_prior_match(row, o); });
}

}}  // namespace guerdon
