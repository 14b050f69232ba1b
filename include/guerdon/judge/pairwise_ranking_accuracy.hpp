#pragma once
// How many pairs of a prompt's responses a judge orders as the reference does.
//
// $$\mathrm{acc}_g = \frac{1}{|P_g|} \sum_{(i,j) \in P_g} \bigl([\text{same order}] + c\,[s_i = s_j]\bigr), \qquad
//   P_g = \{ i < j : y_i \ne y_j \}$$
//
// and the same over the pairs of all groups together: micro.
//
// Source: the standard definition; a metric of RewardAnything's RABench, arXiv:2506.03637.
//
// Details that differ:
// - Pairs with NaN in the reference are left out, those with NaN in a prediction are wrong. No pairs: NaN.
//
// Cost: the square of a group. No gradient.

#include <guerdon/core/operation.hpp>
#include <guerdon/judge/score_pairs.hpp>

#include <limits>

namespace guerdon {
namespace op {
struct pairwise_ranking_accuracy {
  static constexpr info about{"pairwise_ranking_accuracy", "judge", "Pairs ordered as the reference orders them",
                              "arXiv:2506.03637", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> pred_score;  ///< [N]
    view<const T> gt_score;    ///< [N]
    segments groups;           ///< cuts the N responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;           ///< [G] 0 to 1; NaN: no pairs
    Of<index_t> total_pairs;  ///< [G] how many
    Of<T> micro_accuracy;     ///< [1] over all pairs
  };
  struct options {
    double tie_credit = 0;  ///< for a pair that only the judge ties
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("pred_score", &I::pred_score, "N"), array("gt_score", &I::gt_score, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "G").or_nan(), array("total_pairs", &O::total_pairs, "G"),
                      array("micro_accuracy", &O::micro_accuracy, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(option("tie_credit", &options::tie_credit, drawn(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct ranking_accuracy_program {
  static constexpr bool short_segments = true;
  op::pairwise_ranking_accuracy::inputs<T> in;
  view<T> accuracy;
  view<index_t> total_pairs;
  view<double> credit;  // [G]
  double tie_credit;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto sums = team.template reduce<add, add>(n, [&](index_t i) {
      double credits = 0, pairs = 0;
      for (index_t j = i + 1; j < n; ++j) {
        const auto [predicted, wanted, known] = score_pairs::compare(in.pred_score, in.gt_score, begin + i, begin + j);
        if (wanted == 0) continue;
        ++pairs;
        if (predicted == wanted) credits += 1;
        else if (predicted == 0 && known) credits += tie_credit;
      }
      return lanes{credits, pairs};
    });
    team.once([&] {
      accuracy[g] = T(sums[0] / sums[1]);  // no pairs: NaN
      total_pairs[g] = index_t(sums[1]);
      credit[g] = sums[0];
    });
  }
};

/// Writes accuracies, numbers of pairs, and the accuracy over all.
template <real T = float, backend Backend>
void pairwise_ranking_accuracy(const Backend& backend, const op::pairwise_ranking_accuracy::inputs<T>& in,
                               const op::pairwise_ranking_accuracy::outputs<T>& out,
                               const op::pairwise_ranking_accuracy::options& o) {
  check<op::pairwise_ranking_accuracy>(backend, in, out, o);
  const index_t groups = in.groups.count();
  const auto total_pairs = out.total_pairs;
  auto scratch = backend.scratch();
  const auto credit = scratch.template take<double>(groups);
  backend.for_segments(in.groups, ranking_accuracy_program<T>{in, out.accuracy, total_pairs, credit, o.tie_credit});
  reduce_few<add, add>(
      backend, groups, [=] GUERDON_HD(index_t g) { return lanes{credit[g], double(total_pairs[g])}; },
      [=] GUERDON_HD(const lanes<double, 2>& total) { out.micro_accuracy[0] = T(total[0] / total[1]); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto pairwise_ranking_accuracy(const Backend& backend, const op::pairwise_ranking_accuracy::inputs<T>& in,
                               const op::pairwise_ranking_accuracy::options& o = {}) {
  return returned<op::pairwise_ranking_accuracy, T>(backend, in, o,
                                                    [&](auto& out) { pairwise_ranking_accuracy(backend, in, out, o); });
}

}}  // namespace guerdon
