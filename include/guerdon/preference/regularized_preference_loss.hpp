#pragma once
// Loss of a reward model on pairs of answers, with a penalty that keeps rewards small.
//
// $$\ell = -\log\sigma(r^+ - r^-) + \lambda\,\bigl((r^+)^2 + (r^-)^2\bigr)$$
//
// The loss is the mean over the pairs.
//
// Source: the "Reg" baseline of arXiv:2502.18770; lambda = 0 is the plain loss.
//
// Details that differ:
// - The tail is linear: differences in the hundreds do no harm. No pair: loss 0.
//
// Cost: 20 bytes per pair in float (two rewards read, three results written).

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct regularized_preference_loss {
  static constexpr info about{"regularized_preference_loss", "preference",
                              "Reward-model loss on pairs with a penalty on large rewards", "arXiv:2502.18770",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_reward;    ///< [N] reward of the preferred answer
    view<const T> rejected_reward;  ///< [N] reward of the other one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss_per_pair;  ///< [N]
    Of<T> loss;           ///< [1] mean over the pairs
    Of<T> grad_chosen;    ///< [N] d loss / d chosen_reward
    Of<T> grad_rejected;  ///< [N] d loss / d rejected_reward
  };
  struct options {
    double reg = 0.005;  ///< >= 0, lambda
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_reward", &I::chosen_reward, "N"),
                      array("rejected_reward", &I::rejected_reward, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss_per_pair", &O::loss_per_pair, "N"), array("loss", &O::loss, "1"),
                      array("grad_chosen", &O::grad_chosen, "N"), array("grad_rejected", &O::grad_rejected, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("reg", &options::reg, at_least(0, 0.1))); }
  static constexpr std::array gradients{gradient{"grad_chosen", "loss", "chosen_reward"},
                                        gradient{"grad_rejected", "loss", "rejected_reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes losses and gradients.
template <real T = float, backend Backend>
void regularized_preference_loss(const Backend& backend, const op::regularized_preference_loss::inputs<T>& in,
                                 const op::regularized_preference_loss::outputs<T>& out,
                                 const op::regularized_preference_loss::options& o) {
  check<op::regularized_preference_loss>(backend, in, out, o);
  const index_t n = in.chosen_reward.size();
  const double reg = o.reg;
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double chosen = double(in.chosen_reward[i]), rejected = double(in.rejected_reward[i]);
        const logistic_value pair = smoothed_logistic(chosen - rejected, 0);
        const double pull_chosen = math::zero_select_product(reg, chosen);
        const double pull_rejected = math::zero_select_product(reg, rejected);
        const double loss = pair.loss + math::zero_select_product(pull_chosen, chosen) +
                            math::zero_select_product(pull_rejected, rejected);
        out.loss_per_pair[i] = T(loss);
        out.grad_chosen[i] = T((pair.slope + 2 * pull_chosen) / double(n));
        out.grad_rejected[i] = T((-pair.slope + 2 * pull_rejected) / double(n));
        return lanes{loss};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(n > 0 ? total[0] / double(n) : 0.0); });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto regularized_preference_loss(const Backend& backend, const op::regularized_preference_loss::inputs<T>& in,
                                 const op::regularized_preference_loss::options& o = {}) {
  return returned<op::regularized_preference_loss, T>(
      backend, in, o, [&](auto& out) { regularized_preference_loss(backend, in, out, o); });
}

}}  // namespace guerdon
