#pragma once
// The reward of a rule where an answer can be checked, that of a model where it cannot.
//
// $$a_i = \begin{cases} r^{rule}_i & \text{verifiable} \\ s\,r^{model}_i + c & \text{else} \end{cases}$$
//
// Source: HARMO, arXiv:2510.05283.
//
// Details that differ:
// - The reward that is not selected is not looked at, NaN or not. NaN in the other stays.
// - How the paper tells which prompts are verifiable was not found.
//
// Cost: 3 numbers per response; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct hybrid_accuracy_reward {
  static constexpr info about{"hybrid_accuracy_reward", "shaping",
                              "Rule reward where an answer can be checked, model reward elsewhere (HARMO)",
                              "arXiv:2510.05283", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> rule_reward;      ///< [B] of an exact rule
    view<const T> model_reward;     ///< [B] of a reward model, or of embedding_similarity_reward
    view<const flag_t> verifiable;  ///< [B] 1 = the rule decides
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy_reward;  ///< [B]
  };
  struct options {
    double model_scale = 1;  ///< finite, s
    double model_shift = 0;  ///< finite, c
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("rule_reward", &I::rule_reward, "B"), array("model_reward", &I::model_reward, "B"),
                      array("verifiable", &I::verifiable, "B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("accuracy_reward", &O::accuracy_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("model_scale", &options::model_scale, finite()),
                      option("model_shift", &options::model_shift, finite()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void hybrid_accuracy_reward(const Backend& backend, const op::hybrid_accuracy_reward::inputs<T>& in,
                            const op::hybrid_accuracy_reward::outputs<T>& out,
                            const op::hybrid_accuracy_reward::options& o) {
  check<op::hybrid_accuracy_reward>(backend, in, out, o);
  const double scale = o.model_scale, shift = o.model_shift;
  backend.each(in.rule_reward.size(), [=] GUERDON_HD(index_t i) {
    out.accuracy_reward[i] = in.verifiable[i] ? in.rule_reward[i] : T(scale * double(in.model_reward[i]) + shift);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto hybrid_accuracy_reward(const Backend& backend, const op::hybrid_accuracy_reward::inputs<T>& in,
                            const op::hybrid_accuracy_reward::options& o = {}) {
  return returned<op::hybrid_accuracy_reward, T>(backend, in, o,
                                                 [&](auto& out) { hybrid_accuracy_reward(backend, in, out, o); });
}

}}  // namespace guerdon
