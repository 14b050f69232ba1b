#pragma once
// How the reward model's gaps to the demonstration look without outliers, against how they look with them: one factor
// per group.
//
// $$\alpha^M = \frac{\sigma(\text{mean of the kept } h_i)}{\sigma(\bar h)}, \qquad
//   \text{kept}_i = \bigl[(h_i - \bar h)^2 \le \tau\bigr]$$
//
// with the gap $h_i$ between the scores of response and demonstration, and $\bar h$ the group's mean.
//
// Source: DR-IRL, arXiv:2503.18991; edge cases derived, this project's own definition.
//
// Details that differ:
// - The paper's value of tau is not known. Infinity keeps all.
// - Nothing kept, nothing left out, or an empty group: exactly 1. Equal gaps are all kept, whatever rounding does to
//   their mean.
// - A group with a NaN, or with infinite gaps that are not all equal, keeps nothing and is NaN. No gradient.
//
// Cost: the gaps read once from memory and four times from cache.

#include <guerdon/advantage/sigmoid_ratio.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct model_responsiveness {
  static constexpr info about{"model_responsiveness", "advantage",
                              "The reward model's gaps without outliers against all of them (DR-IRL)",
                              "arXiv:2503.18991", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward_gap;  ///< [B] score of the response less that of the demonstration
    segments groups;           ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> responsiveness;  ///< [G]
    Of<flag_t> kept;       ///< [B] 1 = no outlier
  };
  struct options {
    double tau = required;  ///< >= 0, the largest squared distance from the mean that is kept
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward_gap", &I::reward_gap, "B"),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("responsiveness", &O::responsiveness, "G"), array("kept", &O::kept, "B"));
  }
  static constexpr auto parameters() { return std::tuple(option("tau", &options::tau, at_least(0, 2))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct responsiveness_program {
  static constexpr bool short_segments = true;
  op::model_responsiveness::inputs<T> in;
  op::model_responsiveness::outputs<T> out;
  double tau;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto gap = [&](index_t i) { return double(in.reward_gap[begin + i]); };
    const moments m = segment_moments(team, n, gap);
    const auto kept = [&](index_t i) {
      const double distance = gap(i) - m.mean;
      return m.constant() || (m.finite() && distance * distance <= tau);
    };
    const auto total = team.template reduce<add, add>(n, [&](index_t i) {
      return lanes{kept(i) ? 1.0 : 0.0, kept(i) ? gap(i) : 0.0};
    });
    const bool plain = total[0] == 0 || total[0] == double(n);
    double factor = plain ? 1 : sigmoid_ratio(total[1] / total[0], m.mean);
    if (n > 0 && !m.finite() && !m.constant()) factor = std::numeric_limits<double>::quiet_NaN();
    team.each(n, [&](index_t i) { out.kept[begin + i] = kept(i); });
    team.once([&] { out.responsiveness[g] = T(factor); });
  }
};

/// Writes factors and flags.
template <real T = float, backend Backend>
void model_responsiveness(const Backend& backend, const op::model_responsiveness::inputs<T>& in,
                          const op::model_responsiveness::outputs<T>& out,
                          const op::model_responsiveness::options& o) {
  check<op::model_responsiveness>(backend, in, out, o);
  backend.for_segments(in.groups, responsiveness_program<T>{in, out, o.tau});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto model_responsiveness(const Backend& backend, const op::model_responsiveness::inputs<T>& in,
                          const op::model_responsiveness::options& o = {}) {
  return returned<op::model_responsiveness, T>(backend, in, o,
                                               [&](auto& out) { model_responsiveness(backend, in, out, o); });
}

}}  // namespace guerdon
