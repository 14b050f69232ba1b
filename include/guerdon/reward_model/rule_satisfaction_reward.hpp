#pragma once
// The share of a list of rules that an answer satisfies.
//
// $$r_b = \frac{\sum_k m_{bk} w_k s_{bk}}{\sum_k m_{bk} w_k}$$
//
// Source: AutoRule, arXiv:2506.15651: the plain mean, without mask and weights.
//
// Details that differ:
// - Verdicts may be soft. The mask (a rule was asked, and its verdict could be read) and the weights are this
//   project's.
// - Nothing to weigh: `empty_value`. A verdict under mask 0 is not read. Otherwise NaN makes the answer's reward NaN,
//   also where its weight is 0.
// - A backend whose memory the host cannot read does not refuse verdicts outside [0, 1].
//
// Cost: the verdicts read once. No gradient: verdicts are constants.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct rule_satisfaction_reward {
  static constexpr info about{"rule_satisfaction_reward", "reward_model",
                              "Share of rules that an answer satisfies (AutoRule)",
                              "arXiv:2506.15651", skeleton::map};
  template <real T>
  struct inputs {
    index_t responses = 0;              ///< how many answers there are, B
    view<const T> satisfied;            ///< [B,K] in [0, 1]: the verifier's verdict
    view<const flag_t> rule_mask = {};  ///< [B,K] 1 = this verdict counts; left out: all do
    view<const T> rule_weight = {};     ///< [K] >= 0; left out: all 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> rule_reward;  ///< [B]
  };
  struct options {
    double empty_value = 0;  ///< where no rule counts
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("responses", &I::responses, "B"), array("satisfied", &I::satisfied, "B,K", drawn(0, 1)),
                      optional_array("rule_mask", &I::rule_mask, "B,K", yes_or_no()),
                      optional_array("rule_weight", &I::rule_weight, "K", at_least(0, 2).without_nan()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("rule_reward", &O::rule_reward, "B")); }
  static constexpr auto parameters() { return std::tuple(option("empty_value", &options::empty_value, any_value())); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the shares.
template <real T = float, backend Backend>
void rule_satisfaction_reward(const Backend& backend, const op::rule_satisfaction_reward::inputs<T>& in,
                              const op::rule_satisfaction_reward::outputs<T>& out,
                              const op::rule_satisfaction_reward::options& o) {
  const auto rule = check<op::rule_satisfaction_reward>(backend, in, out, o);
  const index_t answers = in.responses, rules = answers > 0 ? in.satisfied.size() / answers : 0;
  const auto counts = [=] GUERDON_HD(index_t i) { return !in.rule_mask || in.rule_mask[i] != 0; };
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < in.satisfied.size(); ++i)
      rule(!counts(i) || !(in.satisfied[i] < 0 || in.satisfied[i] > 1), "satisfied", "must lie between 0 and 1");
  const double empty = o.empty_value;
  backend.each(answers, [=] GUERDON_HD(index_t b) {
    double met = 0, possible = 0;
    for (index_t k = 0; k < rules; ++k) {
      if (!counts(b * rules + k)) continue;
      const double weight = in.rule_weight ? double(in.rule_weight[k]) : 1;
      met += weight * double(in.satisfied[b * rules + k]);
      possible += weight;
    }
    out.rule_reward[b] = T(possible > 0 ? met / possible : empty);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto rule_satisfaction_reward(const Backend& backend, const op::rule_satisfaction_reward::inputs<T>& in,
                              const op::rule_satisfaction_reward::options& o = {}) {
  return returned<op::rule_satisfaction_reward, T>(backend, in, o,
                                                   [&](auto& out) { rule_satisfaction_reward(backend, in, out, o); });
}

}}  // namespace guerdon
