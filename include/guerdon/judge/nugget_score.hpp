#pragma once
// How much of what an answer should say it says: its nuggets, by weight, in full or in part.
//
// $$s_b = \frac{\sum_k w_k v(l_k)}{\sum_k w_k}, \qquad v(2) = 1, \quad v(1) = c, \quad v(0) = v(-1) = 0$$
//
// over the nuggets k of answer b; c is `partial_credit`.
//
// Source: Search-Gen-V, arXiv:2510.14660, for nuggets as rubric; the aggregation is the usual one of nugget evaluation,
// and derived: the released code stores an importance and has none.
//
// Details that differ:
// - Usual weights are 1 for vital and 0.5 for okay. `strict` pays nothing for partial support.
// - No nuggets, or all of weight 0: `empty_value`.
//
// Cost: a label and a weight per nugget.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct nugget_score {
  static constexpr info about{"nugget_score", "judge", "Share of its nuggets that an answer supports (Search-Gen-V)",
                              "arXiv:2510.14660", skeleton::segmented_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const index_t> label;  ///< [N] 2 = supported, 1 = in part, 0 = not, -1 = no label
    view<const T> weight = {};  ///< [N] >= 0; left out: all 1
    segments nuggets;           ///< cuts the N nuggets into B answers
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> score;  ///< [B] 0 to 1
  };
  struct options {
    double partial_credit = 0.5;
    bool strict = false;     ///< no credit for parts
    double empty_value = 0;  ///< where there is nothing to weigh
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("label", &I::label, "N", whole_within(-1, 2)),
                      optional_array("weight", &I::weight, "N", at_least(0, 2).without_nan()),
                      cuts("nuggets", &I::nuggets, "B", "N").in_files("nugget_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("partial_credit", &options::partial_credit, drawn(0, 1)), flag("strict", &options::strict),
                      option("empty_value", &options::empty_value, any_value()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct nugget_score_program {
  static constexpr bool short_segments = true;
  op::nugget_score::inputs<T> in;
  view<T> score;
  double partial, empty;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t begin = in.nuggets.begin(b);
    const auto sums = team.template reduce<add, add>(in.nuggets.size(b), [&](index_t i) {
      const double weight = in.weight ? double(in.weight[begin + i]) : 1;
      const index_t label = in.label[begin + i];
      return lanes{label == 2 ? weight : label == 1 ? weight * partial : 0, weight};
    });
    team.once([&] { score[b] = T(sums[1] > 0 ? sums[0] / sums[1] : empty); });
  }
};

/// Writes the scores.
template <real T = float, backend Backend>
void nugget_score(const Backend& backend, const op::nugget_score::inputs<T>& in,
                  const op::nugget_score::outputs<T>& out, const op::nugget_score::options& o) {
  check<op::nugget_score>(backend, in, out, o);
  const double partial = o.strict ? 0 : o.partial_credit;
  backend.for_segments(in.nuggets, nugget_score_program<T>{in, out.score, partial, o.empty_value});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto nugget_score(const Backend& backend, const op::nugget_score::inputs<T>& in,
                  const op::nugget_score::options& o = {}) {
  return returned<op::nugget_score, T>(backend, in, o, [&](auto& out) { nugget_score(backend, in, out, o); });
}

}}  // namespace guerdon
