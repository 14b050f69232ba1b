#pragma once
// The reward model's part of maximum-likelihood inverse reinforcement learning: demonstrations up, the policy's own
// samples down.
//
// $$\ell = -\frac{1}{\beta}\left(\frac{1}{N}\sum_i r(\text{demo}_i) - \frac{1}{M}\sum_j r(\text{sample}_j)\right)$$
//
// Source: DR-IRL, arXiv:2503.18991; the outer step of the problem, with the policy fixed.
//
// Details that differ:
// - The whole problem takes this in turns with improving the policy for the reward of the moment under a KL penalty of
//   strength beta.
// - The loss is linear and has no bound: clip or regularise the reward model.
// - An empty side counts as mean 0. NaN follows arithmetic.
//
// Cost: 8 bytes per score in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct ml_irl_reward_loss {
  static constexpr info about{"ml_irl_reward_loss", "preference", "Demonstrations above the policy's samples (ML-IRL)",
                              "arXiv:2503.18991", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> demo_reward;       ///< [N] scores of demonstrations
    view<const T> generated_reward;  ///< [M] scores of the current policy's samples
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [1]
    Of<T> grad_demo;       ///< [N] d loss / d demo_reward
    Of<T> grad_generated;  ///< [M] d loss / d generated_reward
  };
  struct options {
    double beta = required;  ///< > 0, strength of the policy's KL penalty
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("demo_reward", &I::demo_reward, "N"), array("generated_reward", &I::generated_reward, "M"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_demo", &O::grad_demo, "N"),
                      array("grad_generated", &O::grad_generated, "M"));
  }
  static constexpr auto parameters() { return std::tuple(option("beta", &options::beta, greater_than(0, 0.1, 2))); }
  static constexpr std::array gradients{gradient{"grad_demo", "loss", "demo_reward"},
                                        gradient{"grad_generated", "loss", "generated_reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void ml_irl_reward_loss(const Backend& backend, const op::ml_irl_reward_loss::inputs<T>& in,
                        const op::ml_irl_reward_loss::outputs<T>& out, const op::ml_irl_reward_loss::options& o) {
  check<op::ml_irl_reward_loss>(backend, in, out, o);
  const auto demo = in.demo_reward, generated = in.generated_reward;
  const index_t n = demo.size(), m = generated.size();
  // What one score of either side counts in the loss.
  const double by_demo = n > 0 ? -1 / (o.beta * double(n)) : 0, by_generated = m > 0 ? 1 / (o.beta * double(m)) : 0;
  reduce_array<add, add>(
      backend, n > m ? n : m,
      [=] GUERDON_HD(index_t i) {
        if (i < n) out.grad_demo[i] = T(by_demo);
        if (i < m) out.grad_generated[i] = T(by_generated);
        return lanes{i < n ? double(demo[i]) : 0.0, i < m ? double(generated[i]) : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 2>& total) { out.loss[0] = T(by_demo * total[0] + by_generated * total[1]); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto ml_irl_reward_loss(const Backend& backend, const op::ml_irl_reward_loss::inputs<T>& in,
                        const op::ml_irl_reward_loss::options& o = {}) {
  return returned<op::ml_irl_reward_loss, T>(backend, in, o,
                                             [&](auto& out) { ml_irl_reward_loss(backend, in, out, o); });
}

}}  // namespace guerdon
