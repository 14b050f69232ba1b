#pragma once
// Which prompts to train on: those whose rewards differ enough.
//
// $$\text{keep}_g = [\mathrm{std}(r_g) \ge \tau]$$
//
// with the sample deviation. The threshold of a training step is half a moving average of past steps' mean deviations
// (ema_update), so the filter adapts, and never depends on the step's own data.
//
// Source: RLPR, arXiv:2506.18254, section 3.4; `singleton_std` as in its released code.
//
// Details that differ:
// - The released code gives a group of one the deviation 1, and so keeps it; here it is 0, since one sample says
//   nothing.
// - Constant rewards, tested as max == min, have a deviation of exactly 0, and are kept by a threshold of 0. An empty
//   group is not. A NaN, or an infinity in a group that is not constant, makes the deviation NaN and drops the group.
// - Pass 0 while there is no average yet; a NaN threshold is refused.
// - In the released run deviations are recorded from step 6 on, the filter starts at step 11 with their mean. No
//   gradient.
//
// Cost: the rewards of a group read twice from cache.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct group_std_filter {
  static constexpr info about{"group_std_filter", "curriculum", "Which prompts have rewards that differ enough (RLPR)",
                              "arXiv:2506.18254", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] final rewards, format and penalties included
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> std;        ///< [G] sample deviation
    Of<flag_t> keep;  ///< [G] 1 = to train on
  };
  struct options {
    double threshold = 0;      ///< a deviation of this or more is kept
    double singleton_std = 0;  ///< deviation of a group of one
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("std", &O::std, "G").or_nan(), array("keep", &O::keep, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(0, 1)),
                      option("singleton_std", &options::singleton_std, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct std_filter_program {
  static constexpr bool short_segments = true;
  op::group_std_filter::inputs<T> in;
  op::group_std_filter::outputs<T> out;
  op::group_std_filter::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) { return double(in.reward[begin + i]); });
    const double varied = m.finite() ? math::sqrt(m.variance(1)) : std::numeric_limits<double>::quiet_NaN();
    const T std = T(n == 0 ? 0 : !m.constant() ? varied : n == 1 ? o.singleton_std : 0);
    team.once([&] {
      out.std[g] = std;
      out.keep[g] = flag_t(n > 0 && math::is_finite(std) && std >= T(o.threshold));
    });
  }
};

/// Writes deviations and which groups are kept.
template <real T = float, backend Backend>
void group_std_filter(const Backend& backend, const op::group_std_filter::inputs<T>& in,
                      const op::group_std_filter::outputs<T>& out, const op::group_std_filter::options& o) {
  check<op::group_std_filter>(backend, in, out, o);
  backend.for_segments(in.groups, std_filter_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto group_std_filter(const Backend& backend, const op::group_std_filter::inputs<T>& in,
                      const op::group_std_filter::options& o = {}) {
  return returned<op::group_std_filter, T>(backend, in, o, [&](auto& out) { group_std_filter(backend, in, out, o); });
}

}}  // namespace guerdon
