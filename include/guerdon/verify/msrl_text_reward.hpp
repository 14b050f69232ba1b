#pragma once
// The textual reward of generated chart code: the weighted mean of its scores by dimension.
//
// $$r_b = \frac{\sum_d w_d\, s_{bd}}{\sum_d w_d}$$
//
// over dimensions such as data values (soft_numeric_match), chart type and layout (exact) and text elements
// (edit_similarity).
//
// Source: MSRL, arXiv:2508.13587; the weights are this project's.
//
// Details that differ:
// - The paper names five dimensions without their weights; by default all weigh the same.
// - A NaN makes its row NaN, whatever its weight.
//
// Cost: its numbers once; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct msrl_text_reward {
  static constexpr info about{"msrl_text_reward", "verify", "Weighted mean of scores by dimension (MSRL)",
                              "arXiv:2508.13587", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions;             ///< D
    view<const T> dimension_score;  ///< [B,D] between 0 and 1
    view<const T> weights = {};     ///< [D] >= 0, not all 0; left out: all 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"),
                      array("dimension_score", &I::dimension_score, "B,D", drawn(0, 1)),
                      optional_array("weights", &I::weights, "D", at_least(0, 2).without_nan()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void msrl_text_reward(const Backend& backend, const op::msrl_text_reward::inputs<T>& in,
                      const op::msrl_text_reward::outputs<T>& out, const op::msrl_text_reward::options& o) {
  const auto rule = check<op::msrl_text_reward>(backend, in, out, o);
  const index_t dimensions = in.dimensions;
  if constexpr (Backend::on_host) {
    double sum = in.weights ? 0 : double(dimensions);
    for (const T w : in.weights) sum += double(w);
    rule(sum > 0 && math::is_finite(sum), "weights", "must have a sum that is finite and greater than 0");
  }
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t b) {
    double sum = 0, weights = 0;
    for (index_t d = 0; d < dimensions; ++d) {
      const double w = in.weights ? double(in.weights[d]) : 1;
      weights += w;
      sum += w * double(in.dimension_score[b * dimensions + d]);
    }
    out.reward[b] = T(sum / weights);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto msrl_text_reward(const Backend& backend, const op::msrl_text_reward::inputs<T>& in,
                      const op::msrl_text_reward::options& o = {}) {
  return returned<op::msrl_text_reward, T>(backend, in, o, [&](auto& out) { msrl_text_reward(backend, in, out, o); });
}

}}  // namespace guerdon
