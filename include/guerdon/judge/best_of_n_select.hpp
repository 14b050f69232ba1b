#pragma once
// The answer of each group that a judge scores best: best_of_n, by the names that judges use.
//
// $$i_g^* = \min\,\arg\max_{i \in g} s_i$$
//
// Source: best-of-n sampling, the standard definition.
//
// Details that differ:
// - The first of equals; NaN is skipped, infinities are ordinary. Nothing left: -1, and NaN.
//
// Cost: the scores read twice, once from cache.

#include <guerdon/statistics/best_of_n.hpp>

namespace guerdon {
namespace op {
struct best_of_n_select {
  static constexpr info about{"best_of_n_select", "judge", "The answer of each group that is scored best", "",
                              skeleton::segmented_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> score;  ///< [N] one per answer
    segments groups;      ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> index;  ///< [G] into the N answers; -1: none
    Of<T> best_score;   ///< [G] its score; NaN: none
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("index", &O::index, "G", index_in_segment("group_offsets")),
                      array("best_score", &O::best_score, "G").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes places and scores.
template <real T = float, backend Backend>
void best_of_n_select(const Backend& backend, const op::best_of_n_select::inputs<T>& in,
                      const op::best_of_n_select::outputs<T>& out, const op::best_of_n_select::options& o) {
  check<op::best_of_n_select>(backend, in, out, o);
  backend.for_segments(in.groups, best_of_n_program<T>{{in.score, in.groups}, {out.index, out.best_score}});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto best_of_n_select(const Backend& backend, const op::best_of_n_select::inputs<T>& in,
                      const op::best_of_n_select::options& o = {}) {
  return returned<op::best_of_n_select, T>(backend, in, o, [&](auto& out) { best_of_n_select(backend, in, out, o); });
}

}}  // namespace guerdon
