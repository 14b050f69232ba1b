#pragma once
// A weighted sum of reward terms.
//
// $$r = \sum_{k:\, w_k \ne 0} w_k\, x_k$$
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, the reward programs.
//
// Details that differ:
// - A term of weight exactly 0 is left out, even if it is NaN or infinite.
//
// Cost: one number read per term.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct weighted_terms {
  static constexpr info about{"weighted_terms", "program", "Weighted sum of reward terms (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t count = 0;      ///< N, states; the terms, of which there may be none, do not tell
    view<const T> terms;    ///< [K,N]
    view<const T> weights;  ///< [K]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("count", &I::count, "N"), array("terms", &I::terms, "K,N"),
                      array("weights", &I::weights, "K"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void weighted_terms(const Backend& backend, const op::weighted_terms::inputs<T>& in,
                    const op::weighted_terms::outputs<T>& out, const op::weighted_terms::options& o) {
  check<op::weighted_terms>(backend, in, out, o);
  const index_t count = in.count;
  backend.each(count, [=] GUERDON_HD(index_t i) {
    double sum = 0;
    for (index_t k = 0; k < in.weights.size(); ++k)
      sum += math::zero_select_product(double(in.weights[k]), double(in.terms[k * count + i]));
    out.reward[i] = T(sum);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto weighted_terms(const Backend& backend, const op::weighted_terms::inputs<T>& in,
                    const op::weighted_terms::options& o = {}) {
  return returned<op::weighted_terms, T>(backend, in, o, [&](auto& out) { weighted_terms(backend, in, out, o); });
}

}}  // namespace guerdon
