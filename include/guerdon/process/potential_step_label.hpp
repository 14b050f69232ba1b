#pragma once
// Labels of steps for a process reward model, from outcomes alone: a step of a failed trajectory is good if someone can
// still succeed from it.
//
// $$y_s = \max\Bigl(\text{success of its trajectory},\; \max_k m_{sk}\, u_{sk}\Bigr)$$
//
// with u the outcomes of the continuations that were drawn (m) from the step. Without any it is 0.
//
// Source: UI-Genie, arXiv:2505.21496, section 3.4: five continuations a step.
//
// Cost: 2 K bytes per step; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct potential_step_label {
  static constexpr info about{"potential_step_label", "process",
                              "Step labels from the outcomes of continuations (UI-Genie)",
                              "arXiv:2505.21496", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const flag_t> success;          ///< [N] 1 = the trajectory succeeded
    segments steps;                      ///< cuts the S steps into N trajectories
    index_t continuations;               ///< K
    view<const flag_t> rollout_success;  ///< [S,K] 1 = a continuation from the step succeeded
    view<const flag_t> rollout_mask;     ///< [S,K] 1 = it was drawn
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> label;  ///< [S] 1 = good
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("success", &I::success, "N", yes_or_no()),
                      cuts("steps", &I::steps, "N", "S").in_files("step_offsets"),
                      extent("continuations", &I::continuations, "K"),
                      array("rollout_success", &I::rollout_success, "S,K", yes_or_no()),
                      array("rollout_mask", &I::rollout_mask, "S,K", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("label", &O::label, "S")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

struct step_label_program {
  static constexpr bool short_segments = true;
  view<const flag_t> success;
  segments steps;
  index_t continuations;
  view<const flag_t> rollout_success, rollout_mask;
  view<flag_t> label;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t trajectory) const {
    const index_t begin = steps.begin(trajectory);
    team.each(steps.size(trajectory), [&](index_t k) {
      const index_t s = begin + k;
      bool good = success[trajectory] != 0;
      for (index_t c = s * continuations; !good && c < (s + 1) * continuations; ++c)
        good = rollout_mask[c] && rollout_success[c];
      label[s] = good;
    });
  }
};

}  // namespace detail

/// Writes the labels.
template <real T = float, backend Backend>
void potential_step_label(const Backend& backend, const op::potential_step_label::inputs<T>& in,
                          const op::potential_step_label::outputs<T>& out, const op::potential_step_label::options& o) {
  check<op::potential_step_label>(backend, in, out, o);
  backend.for_segments(in.steps, detail::step_label_program{in.success, in.steps, in.continuations, in.rollout_success,
                                                            in.rollout_mask, out.label});
}

/// The labels in an array of the backend's.
template <real T = float, backend Backend>
auto potential_step_label(const Backend& backend, const op::potential_step_label::inputs<T>& in,
                          const op::potential_step_label::options& o = {}) {
  return returned<op::potential_step_label, T>(backend, in, o,
                                               [&](auto& out) { potential_step_label(backend, in, out, o); });
}

}}  // namespace guerdon
