#pragma once
// Whether a judge's ranking follows from its own scores: the share of neighbours in the ranking whose scores do not
// rise.
//
// $$c_g = \frac{1}{n-1} \sum_{t=1}^{n-1} [\, s_{\rho(t)} \ge s_{\rho(t+1)} \,]$$
//
// Source: RewardAnything, arXiv:2506.03637, which calls such a check; its body was not published: derived.
//
// Details that differ:
// - Fewer than two responses: `degenerate_value`, since nothing was compared. A pair with NaN is not consistent.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/reward_model/plackett_luce_loss.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct ranking_consistency : host_kind {
  static constexpr info about{"ranking_consistency", "judge",
                              "Whether a ranking follows from the scores (RewardAnything)",
                              "arXiv:2506.03637", skeleton::host, 1e-5, true};
  struct inputs {
    view<const double> score;     ///< [N]
    view<const index_t> ranking;  ///< [N] a permutation of 0..n-1 for each group: the best, the second, ...
    segments groups;              ///< cuts the N responses into G prompts
  };
  struct outputs {
    std::vector<double> consistency;  ///< [G] 0 to 1
  };
  struct options {
    double degenerate_value = 0;  ///< where there is nothing to compare
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N"),
                      array("ranking", &I::ranking, "N", integers(0, 9).together("permutations")),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("consistency", &O::consistency, "G")); }
  static constexpr auto parameters() {
    return std::tuple(option("degenerate_value", &options::degenerate_value, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The consistency of every group.
inline op::ranking_consistency::outputs ranking_consistency(const op::ranking_consistency::inputs& in,
                                                            const op::ranking_consistency::options& o = {}) {
  const auto rule = check<op::ranking_consistency>(in, o);
  std::vector<flag_t> seen(static_cast<std::size_t>(in.ranking.size()));
  rule(are_permutations(in.groups, in.ranking, seen), "ranking",
       "must be a permutation of each group's members, 0 to n-1");
  op::ranking_consistency::outputs out;
  for (index_t g = 0; g < in.groups.count(); ++g) {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto ranked = [&](index_t t) { return in.score[begin + in.ranking[begin + t]]; };
    index_t fine = 0;
    for (index_t t = 0; t + 1 < n; ++t) fine += ranked(t) >= ranked(t + 1);
    out.consistency.push_back(n > 1 ? static_cast<double>(fine) / static_cast<double>(n - 1) : o.degenerate_value);
  }
  return out;
}

}}  // namespace guerdon
