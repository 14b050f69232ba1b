#pragma once
// How much there is to learn from a group: the spread of its rewards times the size of its advantages.
//
// $$s_g = \mathrm{std}(r_g) \sum_{i \in g} \lvert A_i\rvert$$
//
// Source: TRL, experimental/grpo_with_replay_buffer. The score is what replay_insert orders by.
//
// Details that differ:
// - Constant, single and empty groups: 0. A reward or advantage that is not finite: NaN, there too; leave such groups
//   out before replay_insert, which refuses them.
// - No gradient.
//
// Cost: 8 bytes per answer in float, the rewards read from cache twice more.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct group_signal_score {
  static constexpr info about{"group_signal_score", "curriculum",
                              "Spread of the rewards times the size of the advantages", "", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> advantage;  ///< [N] of each answer
    view<const T> reward;     ///< [N] of each answer
    segments groups;          ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> score;  ///< [G] >= 0
  };
  struct options {
    index_t ddof = 1;  ///< 0 or 1: the variance divides by n - ddof
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("advantage", &I::advantage, "N"), array("reward", &I::reward, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "G")); }
  static constexpr auto parameters() { return std::tuple(option("ddof", &options::ddof, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct signal_program {
  static constexpr bool short_segments = true;
  op::group_signal_score::inputs<T> in;
  view<T> score;
  double ddof;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) { return double(in.reward[begin + i]); });
    const double size = team.sum(n, [&](index_t i) { return math::abs(double(in.advantage[begin + i])); });
    const bool finite = n == 0 || (m.finite() && math::is_finite(size));
    const double spread = n > 1 ? math::sqrt(m.variance(ddof)) : 0;
    team.once([&] { score[g] = T(finite ? spread * size : std::numeric_limits<double>::quiet_NaN()); });
  }
};

/// Writes the scores.
template <real T = float, backend Backend>
void group_signal_score(const Backend& backend, const op::group_signal_score::inputs<T>& in,
                        const op::group_signal_score::outputs<T>& out, const op::group_signal_score::options& o) {
  check<op::group_signal_score>(backend, in, out, o);
  backend.for_segments(in.groups, signal_program<T>{in, out.score, double(o.ddof)});
}

/// The scores in an array of the backend's.
template <real T = float, backend Backend>
auto group_signal_score(const Backend& backend, const op::group_signal_score::inputs<T>& in,
                        const op::group_signal_score::options& o = {}) {
  return returned<op::group_signal_score, T>(backend, in, o,
                                             [&](auto& out) { group_signal_score(backend, in, out, o); });
}

}}  // namespace guerdon
