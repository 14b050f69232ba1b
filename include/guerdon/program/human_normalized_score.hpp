#pragma once
// A reward program's score on a scale where the sparse task reward is at 0 and the human-written one at 1.
//
// $$h = \frac{m - s}{|u - s|}$$
//
// for the scores m of the method, u of the human reward and s of the sparse one.
//
// Source: Eureka, arXiv:2310.12931, its measure across tasks.
//
// Details that differ:
// - None. By the absolute value, better than sparse is above 0 also where the human reward is worse than that.
// - Equal human and sparse scores: +inf or -inf by the sign of m - s, NaN where that is 0.
//
// Cost: three numbers read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct human_normalized_score {
  static constexpr info about{"human_normalized_score", "program", "Score between sparse and human reward (Eureka)",
                              "arXiv:2310.12931", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> method;  ///< [N] score under the method's reward
    view<const T> human;   ///< [N] under the human-written one
    view<const T> sparse;  ///< [N] under the task's own sparse one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> score;  ///< [N] 1 = as good as human
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("method", &I::method, "N"), array("human", &I::human, "N", drawn(1, 3)),
                      array("sparse", &I::sparse, "N", drawn(-1, 0.5)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "N").or_nan()); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the scores.
template <real T = float, backend Backend>
void human_normalized_score(const Backend& backend, const op::human_normalized_score::inputs<T>& in,
                            const op::human_normalized_score::outputs<T>& out,
                            const op::human_normalized_score::options& o) {
  check<op::human_normalized_score>(backend, in, out, o);
  backend.each(in.method.size(), [=] GUERDON_HD(index_t i) {
    const double sparse = double(in.sparse[i]);
    out.score[i] = T((double(in.method[i]) - sparse) / math::abs(double(in.human[i]) - sparse));
  });
}

/// The scores in an array of the backend's.
template <real T = float, backend Backend>
auto human_normalized_score(const Backend& backend, const op::human_normalized_score::inputs<T>& in,
                            const op::human_normalized_score::options& o = {}) {
  return returned<op::human_normalized_score, T>(backend, in, o,
                                                 [&](auto& out) { human_normalized_score(backend, in, out, o); });
}

}}  // namespace guerdon
