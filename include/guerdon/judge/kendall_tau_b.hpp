#pragma once
// How far two score lists order the same responses alike: Kendall's rank correlation, with ties.
//
// $$\tau_b = \frac{C - D}{\sqrt{(T - t_x)(T - t_y)}}, \qquad T = \frac{n(n-1)}{2}$$
//
// for C concordant and D discordant pairs, $t_x$ and $t_y$ tied ones of either list.
//
// Source: Kendall, The treatment of ties in ranking problems, 1945; a metric of RewardAnything, arXiv:2506.03637.
//
// Details that differ:
// - NaN where there is nothing to tell: fewer than two responses, a constant list, or a NaN in the group.
//
// Cost: the square of a group. No gradient.

#include <guerdon/core/operation.hpp>
#include <guerdon/judge/score_pairs.hpp>

#include <limits>

namespace guerdon {
namespace op {
struct kendall_tau_b {
  static constexpr info about{"kendall_tau_b", "judge", "Rank correlation of two score lists, with ties (Kendall)",
                              "arXiv:2506.03637", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> pred_score;  ///< [N]
    view<const T> gt_score;    ///< [N]
    segments groups;           ///< cuts the N responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> tau;  ///< [G] -1 to 1; NaN: nothing to tell
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("pred_score", &I::pred_score, "N"), array("gt_score", &I::gt_score, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("tau", &O::tau, "G").or_nan()); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct kendall_program {
  static constexpr bool short_segments = true;
  op::kendall_tau_b::inputs<T> in;
  view<T> tau;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto sums = team.template reduce<add, add, add, add>(n, [&](index_t i) {
      double agreeing = 0, untied_pred = 0, untied_gt = 0, unreadable = 0;
      for (index_t j = i + 1; j < n; ++j) {
        const auto [predicted, wanted, known] = score_pairs::compare(in.pred_score, in.gt_score, begin + i, begin + j);
        agreeing += predicted * wanted;
        untied_pred += predicted != 0;
        untied_gt += wanted != 0;
        unreadable += !known;
      }
      return lanes{agreeing, untied_pred, untied_gt, unreadable};
    });
    const double possible = sums[1] * sums[2], none = std::numeric_limits<double>::quiet_NaN();
    team.once([&] { tau[g] = T(sums[3] == 0 && possible > 0 ? sums[0] / math::sqrt(possible) : none); });
  }
};

/// Writes the correlations.
template <real T = float, backend Backend>
void kendall_tau_b(const Backend& backend, const op::kendall_tau_b::inputs<T>& in,
                   const op::kendall_tau_b::outputs<T>& out, const op::kendall_tau_b::options& o) {
  check<op::kendall_tau_b>(backend, in, out, o);
  backend.for_segments(in.groups, kendall_program<T>{in, out.tau});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto kendall_tau_b(const Backend& backend, const op::kendall_tau_b::inputs<T>& in,
                   const op::kendall_tau_b::options& o = {}) {
  return returned<op::kendall_tau_b, T>(backend, in, o, [&](auto& out) { kendall_tau_b(backend, in, out, o); });
}

}}  // namespace guerdon
