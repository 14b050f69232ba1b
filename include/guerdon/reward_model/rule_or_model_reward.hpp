#pragma once
// A rule's verdict where it is for the answer, else the squashed score of a reward model.
//
// $$r = \begin{cases} 1 & \text{the rule says it matches} \\ \sigma(s) & \text{else} \end{cases}$$
//
// Source: BaseReward, arXiv:2509.16127, the best of its rewards for GRPO.
//
// Details that differ:
// - A match hides whatever the model says, NaN too. Elsewhere NaN stays, and infinities give 1 and 0.
//
// Cost: 9 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct rule_or_model_reward {
  static constexpr info about{"rule_or_model_reward", "reward_model", "Rule where it matches, else the model's score",
                              "arXiv:2509.16127", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> match;   ///< [N] 1 = a rule says that the answer is right
    view<const T> model_score;  ///< [N] raw score of the reward model
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] in [0, 1]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("match", &I::match, "N", yes_or_no()),
                      array("model_score", &I::model_score, "N", drawn(-4, 4)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void rule_or_model_reward(const Backend& backend, const op::rule_or_model_reward::inputs<T>& in,
                          const op::rule_or_model_reward::outputs<T>& out, const op::rule_or_model_reward::options& o) {
  check<op::rule_or_model_reward>(backend, in, out, o);
  backend.each(in.match.size(), [=] GUERDON_HD(index_t i) {
    out.reward[i] = T(in.match[i] ? 1 : math::sigmoid(double(in.model_score[i])));
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto rule_or_model_reward(const Backend& backend, const op::rule_or_model_reward::inputs<T>& in,
                          const op::rule_or_model_reward::options& o = {}) {
  return returned<op::rule_or_model_reward, T>(backend, in, o,
                                               [&](auto& out) { rule_or_model_reward(backend, in, out, o); });
}

}}  // namespace guerdon
