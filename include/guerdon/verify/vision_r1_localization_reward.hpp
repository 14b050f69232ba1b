#pragma once
// How many of the true objects were found, and how well the boxes fit, sharper in later stages of training.
//
// $$\mathrm{recall} = d\Bigl(\frac{1}{Q} \sum_k d(g_k; \tau, \tau);\ a, b\Bigr), \qquad
//   \mathrm{precision} = \frac{1}{K} \sum_k d(g_k; c, e)$$
//
// over the K = min(P, Q) matched pairs, with their generalised overlap g and d of differentiation_transform.
//
// | stage | $\tau$ | a, b | c, e |
// |---|---|---|---|
// | off | 0.5 | 0, 1 | 0, 1 |
// | beginner | 0.5 | 0.5, 0.75 | 0.5, 0.75 |
// | advanced | 0.75 | 0.5, 0.75 | 0.75, 0.9 |
//
// Source: Vision-R1, arXiv:2503.18013.
//
// Details that differ:
// - The paper speaks of IoU, its code takes the generalised one. Boxes beyond the number of truths cost nothing, so
//   that a screen full of boxes pays: with `charge_extra` the sum is divided by P.
// - No prediction: both are 0 where there is something to find, and else 1. Predictions of nothing: both 0, where the
//   released code fails.
// - Boxes are in pixels of the original image: scale those of a resized input first. A name that no truth has gets a
//   label of its own.
//
// Cost: that of box_prior_match. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/box_matching.hpp>
#include <guerdon/verify/differentiation_transform.hpp>

#include <span>

namespace guerdon {

/// How far training has come.
enum class refinement_stage { off, beginner, advanced };
constexpr auto enumerators(refinement_stage) { return std::array{"off", "beginner", "advanced"}; }

namespace op {
struct vision_r1_localization_reward : host_kind {
  static constexpr info about{"vision_r1_localization_reward", "verify",
                              "Recall and precision of predicted boxes, sharpened by stages (Vision-R1)",
                              "arXiv:2503.18013", skeleton::host};
  struct inputs {
    view<const double> pred_box;     ///< [P,4] x1, y1, x2, y2
    view<const index_t> pred_label;  ///< [P]
    view<const double> gt_box;       ///< [Q,4]
    view<const index_t> gt_label;    ///< [Q]
  };
  struct outputs {
    double recall_reward = 0;     ///< between 0 and 1
    double precision_reward = 0;  ///< between 0 and 1
  };
  struct options {
    refinement_stage stage = required;  ///< how sharp
    bool charge_extra = false;          ///< precision is the mean over all predicted boxes
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("pred_box", &I::pred_box, "P,4", "pred_offsets", drawn(0, 10).together("boxes")),
                      list_of("pred_label", &I::pred_label, "P", "pred_offsets", integers(0, 2)),
                      list_of("gt_box", &I::gt_box, "Q,4", "gt_offsets", drawn(0, 10).together("boxes")),
                      list_of("gt_label", &I::gt_label, "Q", "gt_offsets", integers(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("recall_reward", &O::recall_reward, "B"),
                      array("precision_reward", &O::precision_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("stage", &options::stage), flag("charge_extra", &options::charge_extra));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What a stage asks for.
struct refinement {
  differentiation<double> found, recall, precision;
};
inline refinement refinement_of(refinement_stage stage) {
  switch (stage) {
    case refinement_stage::off:
      return {{0.5, 0.5}, {0, 1}, {0, 1}};
    case refinement_stage::beginner:
      return {{0.5, 0.5}, {0.5, 0.75}, {0.5, 0.75}};
    case refinement_stage::advanced:
      break;
  }
  return {{0.75, 0.75}, {0.5, 0.75}, {0.75, 0.9}};
}

/// One completion.
inline op::vision_r1_localization_reward::outputs vision_r1_localization_reward(
    const op::vision_r1_localization_reward::inputs& in, const op::vision_r1_localization_reward::options& o = {}) {
  const auto rule = check<op::vision_r1_localization_reward>(in, o);
  require_boxes(boxes_on_host(), rule, in.pred_box, "pred_box");
  require_boxes(boxes_on_host(), rule, in.gt_box, "gt_box");
  const bool predicted = in.pred_label.size() > 0, wanted = in.gt_label.size() > 0;
  if (!predicted || !wanted)
    return predicted || wanted ? op::vision_r1_localization_reward::outputs{0, 0}
                               : op::vision_r1_localization_reward::outputs{1, 1};
  const refinement stage = refinement_of(o.stage);
  const auto matches = match_boxes({in.pred_box, in.pred_label}, {in.gt_box, in.gt_label});
  double found = 0, precision = 0;
  for (const box_match& m : matches) {
    found += stage.found(m.giou);
    precision += stage.precision(m.giou);
  }
  const auto charged = o.charge_extra ? static_cast<double>(in.pred_label.size()) : static_cast<double>(matches.size());
  return {stage.recall(found / static_cast<double>(in.gt_label.size())), precision / charged};
}

/// A batch, in order.
inline auto vision_r1_localization_reward(const host_rows& rows,
                                          std::span<const op::vision_r1_localization_reward::inputs> in,
                                          const op::vision_r1_localization_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return vision_r1_localization_reward(row, o); });
}

}}  // namespace guerdon
