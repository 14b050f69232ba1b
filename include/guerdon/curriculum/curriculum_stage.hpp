#pragma once
// Which stage of a curriculum each task belongs to, by its difficulty.
//
// $$k_i = |\{j : \beta_j < d_i\}|$$
//
// A difficulty that equals a boundary stays in the easier stage.
//
// Source: after CRAFT-GUI, arXiv:2508.11360, which stages tasks by their number of steps; the definition is this
// project's.
//
// Details that differ:
// - Without boundaries everything is stage 0. NaN is refused, and so are boundaries that do not increase, where the
//   host can see them.
//
// Cost: a binary search per task; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct curriculum_stage {
  static constexpr info about{"curriculum_stage", "curriculum", "Stages of tasks by their difficulty",
                              "arXiv:2508.11360", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> difficulty;  ///< [N] not NaN
    view<const T> boundaries;  ///< [K] strictly increasing
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> stage;  ///< [N] 0 to K
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("difficulty", &I::difficulty, "N", any_real().without_nan()),
                      array("boundaries", &I::boundaries, "K", any_real().without_nan().together("increasing")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("stage", &O::stage, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the stages.
template <real T = float, backend Backend>
void curriculum_stage(const Backend& backend, const op::curriculum_stage::inputs<T>& in,
                      const op::curriculum_stage::outputs<T>& out, const op::curriculum_stage::options& o) {
  const auto rule = check<op::curriculum_stage>(backend, in, out, o);
  const index_t boundaries = in.boundaries.size();
  if constexpr (Backend::on_host)
    for (index_t k = 1; k < boundaries; ++k)
      rule(in.boundaries[k - 1] < in.boundaries[k], "boundaries", "must be strictly increasing");
  backend.each(out.stage.size(), [=] GUERDON_HD(index_t i) {
    // Boundaries before `below` are less than the difficulty, those from `above` on are not.
    index_t below = 0, above = boundaries;
    while (below < above) {
      const index_t middle = below + (above - below) / 2;
      if (in.boundaries[middle] < in.difficulty[i]) below = middle + 1;
      else above = middle;
    }
    out.stage[i] = below;
  });
}

/// The stages in an array of the backend's.
template <real T = float, backend Backend>
auto curriculum_stage(const Backend& backend, const op::curriculum_stage::inputs<T>& in,
                      const op::curriculum_stage::options& o = {}) {
  return returned<op::curriculum_stage, T>(backend, in, o, [&](auto& out) { curriculum_stage(backend, in, out, o); });
}

}}  // namespace guerdon
