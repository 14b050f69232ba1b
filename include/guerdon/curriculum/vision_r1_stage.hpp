#pragma once
// Which stage of vision_r1_localization_reward a training step belongs to.
//
// $$\mathrm{stage}(t) = \begin{cases} 1 & t < t_{switch} \\ 2 & \text{else} \end{cases}$$
//
// 0 (off) where training is not `adaptive`, 1 beginner, 2 advanced.
//
// Source: Vision-R1, arXiv:2503.18013, whose switch is about the middle of training.
//
// Details that differ:
// - The released launch script leaves `adaptive` off, and trains without refinement.
//
// Cost: none. No gradient.

#include <guerdon/core/host_operation.hpp>

namespace guerdon {

namespace op {
struct vision_r1_stage : host_kind {
  static constexpr info about{"vision_r1_stage", "curriculum", "Stage of refinement at a training step (Vision-R1)",
                              "arXiv:2503.18013", skeleton::host};
  struct inputs {};
  struct outputs {
    index_t stage_index = 0;  ///< [1] 0 off, 1 beginner, 2 advanced
  };
  struct options {
    index_t step = required;     ///< >= 0
    index_t switch_step = 1500;  ///< >= 0, first step of the advanced stage
    bool adaptive = true;        ///< is there refinement?
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("stage_index", &O::stage_index, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(3000)),
                      option("switch_step", &options::switch_step, counts(3000)), flag("adaptive", &options::adaptive));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One step.
inline op::vision_r1_stage::outputs vision_r1_stage(const op::vision_r1_stage::options& o) {
  check<op::vision_r1_stage>(op::vision_r1_stage::inputs{}, o);
  return {!o.adaptive ? 0 : o.step < o.switch_step ? 1 : 2};
}
/// The form of every host operation; there is nothing to put in.
inline op::vision_r1_stage::outputs vision_r1_stage(const op::vision_r1_stage::inputs&,
                                                    const op::vision_r1_stage::options& o) {
  return vision_r1_stage(o);
}

}}  // namespace guerdon
