#pragma once
// How well a judge's scores of a prompt's responses agree with reference scores, pair by pair; far pairs weigh more.
//
// $$a_g = \max\Bigl(0,\ 1 - \frac{\sum_{i<j} w_{ij} p_{ij}}{\sum_{i<j} w_{ij}}\Bigr), \qquad w_{ij} = 1 + |y_i - y_j|$$
//
// with p = 1 where the two orders are opposite, `tie_penalty` where only the judge ties, 0 elsewhere.
//
// Source: RewardAnything, arXiv:2506.03637, rewardanything/processing.py.
//
// Details that differ:
// - Responses with NaN on either side are left out. Pairs that the reference ties weigh 1 and never cost.
// - Fewer than two responses left: `degenerate_value`. The released code pays 1 there, a judge that scores nobody in
//   full.
// - The released function is named a penalty, and returns this reward.
//
// Cost: the square of a group. No gradient.

#include <guerdon/core/operation.hpp>
#include <guerdon/judge/score_pairs.hpp>


namespace guerdon {
namespace op {
struct weighted_pair_agreement {
  static constexpr info about{"weighted_pair_agreement", "judge",
                              "Agreement of scores, far pairs weigh more (RewardAnything)",
                              "arXiv:2506.03637", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> pred_score;  ///< [N] the judge's; NaN: missing
    view<const T> gt_score;    ///< [N] the reference's; NaN: missing
    segments groups;           ///< cuts the N responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> agreement;  ///< [G] 0 to 1
  };
  struct options {
    double tie_penalty = 0.5;     ///< share of a pair's weight that a tie costs
    double degenerate_value = 0;  ///< where nothing can be compared
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("pred_score", &I::pred_score, "N"), array("gt_score", &I::gt_score, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("agreement", &O::agreement, "G")); }
  static constexpr auto parameters() {
    return std::tuple(option("tie_penalty", &options::tie_penalty, drawn(0, 1)),
                      option("degenerate_value", &options::degenerate_value, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct pair_agreement_program {
  static constexpr bool short_segments = true;
  op::weighted_pair_agreement::inputs<T> in;
  view<T> agreement;
  op::weighted_pair_agreement::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto sums = team.template reduce<add, add>(n, [&](index_t i) {
      double cost = 0, total = 0;
      for (index_t j = i + 1; j < n; ++j) {
        const auto [predicted, wanted, known] = score_pairs::compare(in.pred_score, in.gt_score, begin + i, begin + j);
        if (!known) continue;
        const double gap = math::abs(double(in.gt_score[begin + i]) - double(in.gt_score[begin + j]));
        const double weight = wanted == 0 ? 1 : 1 + gap;
        total += weight;
        if (predicted * wanted < 0) cost += weight;
        else if (predicted == 0 && wanted != 0) cost += o.tie_penalty * weight;
      }
      return lanes{cost, total};
    });
    team.once([&] { agreement[g] = T(sums[1] > 0 ? math::max(1 - sums[0] / sums[1], 0.0) : o.degenerate_value); });
  }
};

/// Writes the agreements.
template <real T = float, backend Backend>
void weighted_pair_agreement(const Backend& backend, const op::weighted_pair_agreement::inputs<T>& in,
                             const op::weighted_pair_agreement::outputs<T>& out,
                             const op::weighted_pair_agreement::options& o) {
  check<op::weighted_pair_agreement>(backend, in, out, o);
  backend.for_segments(in.groups, pair_agreement_program<T>{in, out.agreement, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto weighted_pair_agreement(const Backend& backend, const op::weighted_pair_agreement::inputs<T>& in,
                             const op::weighted_pair_agreement::options& o = {}) {
  return returned<op::weighted_pair_agreement, T>(backend, in, o,
                                                  [&](auto& out) { weighted_pair_agreement(backend, in, out, o); });
}

}}  // namespace guerdon
