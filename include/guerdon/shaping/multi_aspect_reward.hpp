#pragma once
// One reward from several aspects of a response, of which some may not apply to it.
//
// $$r_i = \sum_{k \in K_i} w_k\,a_{ik}$$
//
// over the aspects that are not NaN; with `normalize` divided by $\sum_{k \in K_i} |w_k|$.
//
// Source: HARMO, arXiv:2510.05283, whose sum of accuracy, length penalty and format reward has all weights 1.
//
// Details that differ:
// - No aspect that applies, or a divisor of 0: 0. A weight of 0 leaves an infinite aspect out.
//
// Cost: each aspect read once.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct multi_aspect_reward {
  static constexpr info about{"multi_aspect_reward", "shaping",
                              "Weighted sum of the aspects that apply to a response (HARMO)", "arXiv:2510.05283",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> aspect_reward;  ///< [B,K] NaN = does not apply
    view<const T> weight;         ///< [K] a number each
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    bool normalize = false;  ///< divide by the absolute weights of the aspects that apply
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("aspect_reward", &I::aspect_reward, "B,K"),
                      array("weight", &I::weight, "K", range{.nan = false, .draw_low = -1, .draw_high = 1}));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(flag("normalize", &options::normalize)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void multi_aspect_reward(const Backend& backend, const op::multi_aspect_reward::inputs<T>& in,
                         const op::multi_aspect_reward::outputs<T>& out, const op::multi_aspect_reward::options& o) {
  check<op::multi_aspect_reward>(backend, in, out, o);
  const index_t aspects = in.weight.size();
  const bool normalize = o.normalize;
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    double total = 0, weights = 0;
    for (index_t k = 0; k < aspects; ++k) {
      const double aspect = double(in.aspect_reward[i * aspects + k]), weight = double(in.weight[k]);
      const bool applies = aspect == aspect;
      total += applies ? math::zero_select_product(weight, aspect) : 0;
      weights += applies ? math::abs(weight) : 0;
    }
    out.reward[i] = T(!normalize ? total : weights > 0 ? total / weights : 0);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto multi_aspect_reward(const Backend& backend, const op::multi_aspect_reward::inputs<T>& in,
                         const op::multi_aspect_reward::options& o = {}) {
  return returned<op::multi_aspect_reward, T>(backend, in, o,
                                              [&](auto& out) { multi_aspect_reward(backend, in, out, o); });
}

}}  // namespace guerdon
