#pragma once
// Reward of a listwise judge: its form, and how well its scores agree with the reference.
//
// $$r = w_f f + [f \ge f_0]\, w_a a$$
//
// Source: RewardAnything, arXiv:2506.03637; the weights and the gate are this project's, the authors' were not
// published.
//
// Details that differ:
// - Below the gate the agreement is not looked at. A form that is NaN is not below it, and makes the reward NaN.
//
// Cost: 12 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct listwise_judge_reward {
  static constexpr info about{"listwise_judge_reward", "judge",
                              "Form and agreement of a listwise judge (RewardAnything)",
                              "arXiv:2506.03637", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> format_reward;  ///< [N] of listwise_format_reward
    view<const T> agreement;      ///< [N] of weighted_pair_agreement
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N]
  };
  struct options {
    double format_weight = 0.5;
    double agreement_weight = 0.5;
    double format_gate = 0;  ///< a worse form earns nothing for agreement
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("format_reward", &I::format_reward, "N", drawn(0, 1)),
                      array("agreement", &I::agreement, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("format_weight", &options::format_weight, any_value()),
                      option("agreement_weight", &options::agreement_weight, any_value()),
                      option("format_gate", &options::format_gate, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void listwise_judge_reward(const Backend& backend, const op::listwise_judge_reward::inputs<T>& in,
                           const op::listwise_judge_reward::outputs<T>& out,
                           const op::listwise_judge_reward::options& o) {
  check<op::listwise_judge_reward>(backend, in, out, o);
  backend.each(in.agreement.size(), [=] GUERDON_HD(index_t i) {
    const double form = o.format_weight * double(in.format_reward[i]);
    const bool gated = in.format_reward[i] < T(o.format_gate);
    out.reward[i] = T(gated ? form : form + o.agreement_weight * double(in.agreement[i]));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto listwise_judge_reward(const Backend& backend, const op::listwise_judge_reward::inputs<T>& in,
                           const op::listwise_judge_reward::options& o = {}) {
  return returned<op::listwise_judge_reward, T>(backend, in, o,
                                                [&](auto& out) { listwise_judge_reward(backend, in, out, o); });
}

}}  // namespace guerdon
