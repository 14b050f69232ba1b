#pragma once
// Which tasks take part at a step of the training: those of the stage that is active, or of it and the easier ones.
//
// $$k(t) = \min\bigl(K - 1, |\{k : E_k \le t\}|\bigr), \qquad E_k = \sum_{j \le k} n_j$$
//
// with $n_j$ the steps of stage j. A stage of no steps is skipped, the last one stays active.
//
// Source: after CRAFT-GUI, arXiv:2508.11360; the definition is this project's.
//
// Cost: 9 bytes per task; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct curriculum_filter {
  static constexpr info about{"curriculum_filter", "curriculum", "Tasks of the stage that is active at a step",
                              "arXiv:2508.11360", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const index_t> stage;        ///< [N]
    view<const index_t> stage_steps;  ///< [K] >= 0, at least one stage
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> active_stage;  ///< [1]
    Of<flag_t> mask;           ///< [N] 1 = takes part
  };
  struct options {
    index_t step = 0;         ///< >= 0
    bool cumulative = false;  ///< easier stages stay
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("stage", &I::stage, "N", integers(0, 3)),
                      array("stage_steps", &I::stage_steps, "K", counts(20)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("active_stage", &O::active_stage, "1"), array("mask", &O::mask, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(40)), flag("cumulative", &options::cumulative));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the active stage and who takes part.
template <real T = float, backend Backend>
void curriculum_filter(const Backend& backend, const op::curriculum_filter::inputs<T>& in,
                       const op::curriculum_filter::outputs<T>& out, const op::curriculum_filter::options& o) {
  const auto rule = check<op::curriculum_filter>(backend, in, out, o);
  const index_t stages = in.stage_steps.size(), step = o.step;
  const bool cumulative = o.cumulative;
  rule(stages > 0, "stage_steps", "must have at least one stage");
  backend.each(1, [=] GUERDON_HD(index_t) {
    index_t active = 0;
    for (index_t left = step; active < stages - 1 && in.stage_steps[active] <= left; ++active)
      left -= in.stage_steps[active];
    out.active_stage[0] = active;
  });
  backend.each(out.mask.size(), [=] GUERDON_HD(index_t i) {
    const index_t active = out.active_stage[0];
    out.mask[i] = cumulative ? in.stage[i] <= active : in.stage[i] == active;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto curriculum_filter(const Backend& backend, const op::curriculum_filter::inputs<T>& in,
                       const op::curriculum_filter::options& o = {}) {
  return returned<op::curriculum_filter, T>(backend, in, o, [&](auto& out) { curriculum_filter(backend, in, out, o); });
}

}}  // namespace guerdon
