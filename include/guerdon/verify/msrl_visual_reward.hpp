#pragma once
// The visual reward of generated chart code: an evaluator's points by dimension, as a share of what there is to get.
//
// $$r_b = [\text{rendered}_b] \frac{\sum_d \min(\max(s_{bd}, 0), m_d)}{\sum_d m_d}$$
//
// Source: MSRL, arXiv:2508.13587; the points are those of ChartMimic, arXiv:2406.09961: chart type 20, layout 10, text,
// data and style 20 each, clarity 10.
//
// Details that differ:
// - Code that does not render earns 0, whatever scores stand there. A NaN makes a rendered row NaN.
//
// Cost: its numbers once; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct msrl_visual_reward {
  static constexpr info about{"msrl_visual_reward", "verify",
                              "Points of a rendered chart as a share of the most (MSRL)",
                              "arXiv:2508.13587; arXiv:2406.09961", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions;             ///< D
    view<const T> dimension_score;  ///< [B,D] points
    view<const flag_t> rendered;    ///< [B] 1 = there is a picture
    view<const T> max_score = {};   ///< [D] > 0; left out: 20, 10, 20, 20, 20, 10
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B] between 0 and 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"),
                      array("dimension_score", &I::dimension_score, "B,D", drawn(-2, 12)),
                      array("rendered", &I::rendered, "B", yes_or_no()),
                      optional_array("max_score", &I::max_score, "D", greater_than(0, 1, 20).without_nan()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void msrl_visual_reward(const Backend& backend, const op::msrl_visual_reward::inputs<T>& in,
                        const op::msrl_visual_reward::outputs<T>& out, const op::msrl_visual_reward::options& o) {
  const auto rule = check<op::msrl_visual_reward>(backend, in, out, o);
  const index_t dimensions = in.dimensions;
  rule(in.max_score ? dimensions > 0 : dimensions == 6, "max_score", "must be given for other than six dimensions");
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t b) {
    double sum = 0, most = 0;
    for (index_t d = 0; d < dimensions; ++d) {
      const double m = in.max_score ? double(in.max_score[d]) : d % 4 == 1 ? 10 : 20;  // the second and the sixth
      most += m;
      sum += math::clamp(double(in.dimension_score[b * dimensions + d]), 0.0, m);
    }
    out.reward[b] = T(in.rendered[b] ? sum / most : 0.0);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto msrl_visual_reward(const Backend& backend, const op::msrl_visual_reward::inputs<T>& in,
                        const op::msrl_visual_reward::options& o = {}) {
  return returned<op::msrl_visual_reward, T>(backend, in, o,
                                             [&](auto& out) { msrl_visual_reward(backend, in, out, o); });
}

}}  // namespace guerdon
