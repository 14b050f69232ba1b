#pragma once
// How far a judge of reasoning is to be believed about one prompt: fully if it scores right answers at least as high as
// wrong ones, and less the further it does not.
//
// $$\gamma_g = \begin{cases} 1 & \mu_c \ge \mu_w \\ e^{k (\mu_c - \mu_w)} & \text{else} \end{cases}$$
//
// with the mean thinking scores $\mu_c$ of the right and $\mu_w$ of the wrong answers of the group.
//
// Source: Trust-GRPO of SophiaVL-R1, arXiv:2505.17018, eqs. 4 and 5.
//
// Details that differ:
// - k = 1, as in the reward that the released code trains on (a tensor that it only logs has 2). The paper's figure
//   shows 0.49 for means 0.2 and 0.8, which is neither.
// - A class without answers takes nothing from the trust; its mean is NaN. So for an empty group.
// - A NaN outcome is not right. A NaN score makes its class's mean NaN, and the trust where there are both classes.
// - No gradient: the weight is a constant.
//
// Cost: the scores of a group read twice from cache.

#include <guerdon/core/operation.hpp>
#include <guerdon/shaping/group_trust.hpp>

namespace guerdon {
namespace op {
struct trust_weight {
  static constexpr info about{"trust_weight", "shaping",
                              "How far a judge is believed, by what right and wrong answers got from it (Trust-GRPO)",
                              "arXiv:2505.17018", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> thinking_reward;  ///< [N] the judge's score of the reasoning, between 0 and 1
    view<const T> outcome_reward;   ///< [N] of the answer, between 0 and 1
    segments groups;                ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> trust;         ///< [G] above 0, at most 1
    Of<T> mean_correct;  ///< [G] mean score of the right answers; NaN where there are none
    Of<T> mean_wrong;    ///< [G] of the wrong ones
  };
  struct options {
    double threshold = 0.5;  ///< an outcome of this or more is right
    double exponent = 1;     ///< > 0, k
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("thinking_reward", &I::thinking_reward, "N", drawn(0, 1)),
                      array("outcome_reward", &I::outcome_reward, "N", drawn(0, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("trust", &O::trust, "G"), array("mean_correct", &O::mean_correct, "G").or_nan(),
                      array("mean_wrong", &O::mean_wrong, "G").or_nan());
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(0, 1)),
                      option("exponent", &options::exponent, greater_than(0, 0.5, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct trust_weight_program {
  static constexpr bool short_segments = true;
  op::trust_weight::inputs<T> in;
  op::trust_weight::outputs<T> out;
  op::trust_weight::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g);
    const group_trust t = trust_in_group(
        team, in.groups.size(g), [&](index_t i) { return in.outcome_reward[begin + i] >= T(o.threshold); },
        [&](index_t i) { return double(in.thinking_reward[begin + i]); }, o.exponent);
    team.once([&] {
      out.trust[g] = T(t.trust);
      out.mean_correct[g] = T(t.mean_correct);
      out.mean_wrong[g] = T(t.mean_wrong);
    });
  }
};

/// Writes trust and means.
template <real T = float, backend Backend>
void trust_weight(const Backend& backend, const op::trust_weight::inputs<T>& in,
                  const op::trust_weight::outputs<T>& out, const op::trust_weight::options& o) {
  check<op::trust_weight>(backend, in, out, o);
  backend.for_segments(in.groups, trust_weight_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto trust_weight(const Backend& backend, const op::trust_weight::inputs<T>& in,
                  const op::trust_weight::options& o = {}) {
  return returned<op::trust_weight, T>(backend, in, o, [&](auto& out) { trust_weight(backend, in, out, o); });
}

}}  // namespace guerdon
