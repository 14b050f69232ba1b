#pragma once
// A reward of 1 where a classifier holds a message to be helpful.
//
// $$p = \mathrm{softmax}(z)_1, \qquad r = [p > \eta]$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni, reward_model.py.
//
// Details that differ:
// - None. Exactly at the threshold: 0. NaN logits: probability NaN, reward 0. Training asks 0.5 whatever the threshold,
//   which makes the reward sparser in use.
//
// Cost: two numbers read, two written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct oni_classification_reward {
  static constexpr info about{"oni_classification_reward", "exploration", "Reward of a classifier's verdict (ONI)",
                              "arXiv:2410.23022", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> logits;  ///< [N,2] of not helpful and helpful
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probability;  ///< [N] of helpful
    Of<T> reward;       ///< [N] 0 or 1
  };
  struct options {
    double threshold = 0.5;  ///< eta
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("logits", &I::logits, "N,2")); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("probability", &O::probability, "N"), array("reward", &O::reward, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("threshold", &options::threshold, drawn(0.2, 0.8))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void oni_classification_reward(const Backend& backend, const op::oni_classification_reward::inputs<T>& in,
                               const op::oni_classification_reward::outputs<T>& out,
                               const op::oni_classification_reward::options& o) {
  check<op::oni_classification_reward>(backend, in, out, o);
  const T threshold = T(o.threshold);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const T probability = T(math::sigmoid(double(in.logits[2 * i + 1]) - double(in.logits[2 * i])));
    out.probability[i] = probability;
    out.reward[i] = T(probability > threshold ? 1 : 0);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto oni_classification_reward(const Backend& backend, const op::oni_classification_reward::inputs<T>& in,
                               const op::oni_classification_reward::options& o = {}) {
  return returned<op::oni_classification_reward, T>(
      backend, in, o, [&](auto& out) { oni_classification_reward(backend, in, out, o); });
}

}}  // namespace guerdon
