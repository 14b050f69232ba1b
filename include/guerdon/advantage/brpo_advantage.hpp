#pragma once
// Advantages of 1 and -1: whether an answer beat the one that serves as its group's reference. Groups whose reference
// was an extreme one are left out.
//
// $$A_i = \begin{cases} p_i & i \ne k_g,\ \mathrm{skew}_g \le \text{limit} \\ 0 & \text{else} \end{cases}, \qquad
//   \mathrm{skew}_g = \frac{1}{n}\Bigl|\sum_{i \ne k_g} p_i\Bigr|$$
//
// with the preferences $p$ of pairwise_vote, the reference $k_g$ of choose_reference and the group's size n, reference
// included.
//
// Source: BRPO of Writing-Zero, arXiv:2506.00103.
//
// Details that differ:
// - Nothing is subtracted and nothing divides: with a random reference the expected advantage is 0 already.
// - Whether the paper's skew divides by n or n - 1 is not known; n is a public re-implementation's.
// - The limit itself is kept, in single precision too (a slack of 1e-6). A NaN preference drops its group. What stands
//   at the reference's own place is not looked at.
// - A group of one is kept, with advantage 0; an empty one is not. No gradient.
// - No end of a pipe: it reads preferences, not rewards.
//
// Cost: the preferences read twice from cache.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct brpo_advantage {
  static constexpr info about{"brpo_advantage", "advantage",
                              "Advantages of 1 and -1 from comparisons with one answer of the group (BRPO)",
                              "arXiv:2506.00103", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> preference;             ///< [N] 1 = beat the group's reference, -1 = lost, 0 = undecided
    segments groups;                      ///< cuts the N answers into G prompts
    view<const index_t> reference_index;  ///< [G] index into the N answers, inside the group; of empty groups not read
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<flag_t> keep;  ///< [G] 1 = the group is used
    Of<T> skew;       ///< [G] between 0 and 1
  };
  struct options {
    double max_skew = 0.6;  ///< a group of more is not used
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("preference", &I::preference, "N", integers(-1, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      array("reference_index", &I::reference_index, "G", index_in_segment("group_offsets")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("keep", &O::keep, "G"),
                      array("skew", &O::skew, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("max_skew", &options::max_skew, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct brpo_program {
  static constexpr bool short_segments = true;
  op::brpo_advantage::inputs<T> in;
  op::brpo_advantage::outputs<T> out;
  double max_skew;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g), reference = in.reference_index[g] - begin;
    const auto vote = [&](index_t i) { return i == reference ? 0 : double(in.preference[begin + i]); };
    const double skew = n > 0 ? math::abs(team.sum(n, vote)) / double(n) : 0;
    const bool keep = n > 0 && skew <= max_skew + 1e-6;
    team.each(n, [&](index_t i) { out.advantage[begin + i] = T(keep ? vote(i) : 0); });
    team.once([&] {
      out.keep[g] = flag_t(keep);
      out.skew[g] = T(skew);
    });
  }
};

/// Writes advantages, skews and which groups are kept.
template <real T = float, backend Backend>
void brpo_advantage(const Backend& backend, const op::brpo_advantage::inputs<T>& in,
                    const op::brpo_advantage::outputs<T>& out, const op::brpo_advantage::options& o) {
  const auto rule = check<op::brpo_advantage>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < in.groups.count(); ++g) {
      const index_t place = in.reference_index[g] - in.groups.begin(g);
      rule(in.groups.size(g) == 0 || (place >= 0 && place < in.groups.size(g)), "reference_index",
           "must lie inside its group");
    }
  backend.for_segments(in.groups, brpo_program<T>{in, out, o.max_skew});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto brpo_advantage(const Backend& backend, const op::brpo_advantage::inputs<T>& in,
                    const op::brpo_advantage::options& o = {}) {
  return returned<op::brpo_advantage, T>(backend, in, o, [&](auto& out) { brpo_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
