#pragma once
// How many data values of a chart were hit, within a tolerance.
//
// $$s = \frac{\bigl|\{i < \min(n_p, n_g) : |p_i - g_i| \le \max(\varepsilon_r |g_i|, \varepsilon_a)\}\bigr|}
//   {\max(n_p, n_g)}$$
//
// 1 where both sides are empty.
//
// Source: MSRL, arXiv:2508.13587, for the 5 %; position by position and the denominator are this project's.
//
// Details that differ:
// - The tolerance is relative to the true value: 0 asks for 0 unless `abs_tol` is greater.
// - A pair with a NaN or an infinity never matches.
//
// Cost: its numbers once; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct soft_numeric_match {
  static constexpr info about{"soft_numeric_match", "verify", "Share of data values within a tolerance (MSRL)",
                              "arXiv:2508.13587", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> predicted;  ///< [P] values, in order
    segments predictions;     ///< cuts them into B charts
    view<const T> gold;       ///< [G] the true values, in order
    segments golds;           ///< cuts them into B charts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> score;  ///< [B] between 0 and 1
  };
  struct options {
    double rel_tol = 0.05;  ///< >= 0, of the true value
    double abs_tol = 0;     ///< >= 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("predicted", &I::predicted, "P", integers(-2, 2)),
                      cuts("predictions", &I::predictions, "B", "P").in_files("predicted_offsets"),
                      array("gold", &I::gold, "G", integers(-2, 2)),
                      cuts("golds", &I::golds, "B", "G").in_files("gold_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("rel_tol", &options::rel_tol, at_least(0, 0.3)),
                      option("abs_tol", &options::abs_tol, at_least(0, 0.3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct soft_match_program {
  static constexpr bool short_segments = true;
  op::soft_numeric_match::inputs<T> in;
  view<T> score;
  T rel_tol, abs_tol;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t n = in.predictions.size(b), m = in.golds.size(b);
    const T *const p = in.predicted.data() + in.predictions.begin(b), *const g = in.gold.data() + in.golds.begin(b);
    const double hits = team.sum(n < m ? n : m, [&](index_t i) {
      const T x = p[i], y = g[i];
      const bool finite = math::is_finite(x) && math::is_finite(y);
      return finite && math::abs(x - y) <= math::max(rel_tol * math::abs(y), abs_tol) ? 1.0 : 0.0;
    });
    team.once([&] { score[b] = T(n + m == 0 ? 1.0 : hits / double(n < m ? m : n)); });
  }
};

}  // namespace detail

/// Writes the scores.
template <real T = float, backend Backend>
void soft_numeric_match(const Backend& backend, const op::soft_numeric_match::inputs<T>& in,
                        const op::soft_numeric_match::outputs<T>& out, const op::soft_numeric_match::options& o) {
  check<op::soft_numeric_match>(backend, in, out, o);
  backend.for_segments(in.predictions, detail::soft_match_program<T>{in, out.score, T(o.rel_tol), T(o.abs_tol)});
}

/// The scores in an array of the backend's.
template <real T = float, backend Backend>
auto soft_numeric_match(const Backend& backend, const op::soft_numeric_match::inputs<T>& in,
                        const op::soft_numeric_match::options& o = {}) {
  return returned<op::soft_numeric_match, T>(backend, in, o,
                                             [&](auto& out) { soft_numeric_match(backend, in, out, o); });
}

}}  // namespace guerdon
