#pragma once
// Loss of a reward model on pairs of answers of which one was preferred.
//
// $$z = r^+ - r^- - m, \qquad
//   \ell = -(1-e) \log\sigma(z) - e \log\sigma(-z) + c\,(r^+ + r^-)^2$$
//
// with an optional margin m per pair, label smoothing e and a regulariser that keeps rewards centred at 0.
// The loss is the mean over the pairs.
//
// Source: Bradley & Terry (1952); InstructGPT, arXiv:2203.02155, eq. 1; margin, Llama 2, arXiv:2307.09288,
// eq. 2; centring, arXiv:2312.09244, as in TRL.
//
// Details that differ:
// - log(1 + exp(r- - r+)), as in OpenRLHF, is the same function and overflows; here the tail is linear.
// - InstructGPT averages over all pairs of one prompt first; here every pair counts the same.
// - A negative `center_coef` makes the loss unbounded below and is refused; TRL takes it.
// - No pair: loss 0.
//
// Cost: 16 bytes per pair in float (two rewards read, two gradients written), 20 with a margin.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct bradley_terry_loss {
  static constexpr info about{"bradley_terry_loss", "preference", "Reward-model loss on preferred and rejected answers",
                              "arXiv:2203.02155; arXiv:2307.09288; arXiv:2312.09244", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_reward;    ///< [n] reward of the preferred answer
    view<const T> rejected_reward;  ///< [n] reward of the other one
    view<const T> margin = {};      ///< [n] by how much the preferred one should lead; left out: 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                  ///< [1] mean over the pairs
    Of<T> grad_chosen_reward;    ///< [n] d loss / d chosen_reward
    Of<T> grad_rejected_reward;  ///< [n] d loss / d rejected_reward
  };
  struct options {
    double label_smoothing = 0;  ///< [0, 0.5)
    double center_coef = 0;      ///< >= 0, usual 0.01
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_reward", &I::chosen_reward, "N"),
                      array("rejected_reward", &I::rejected_reward, "N"),
                      optional_array("margin", &I::margin, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_chosen_reward", &O::grad_chosen_reward, "N"),
                      array("grad_rejected_reward", &O::grad_rejected_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("label_smoothing", &options::label_smoothing, label_share()),
                      option("center_coef", &options::center_coef, at_least(0, 0.1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_reward", "loss", "chosen_reward"},
                                        gradient{"grad_rejected_reward", "loss", "rejected_reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void bradley_terry_loss(const Backend& backend, const op::bradley_terry_loss::inputs<T>& in,
                        const op::bradley_terry_loss::outputs<T>& out, const op::bradley_terry_loss::options& o) {
  check<op::bradley_terry_loss>(backend, in, out, o);
  const index_t n = in.chosen_reward.size();
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double a = double(in.chosen_reward[i]), b = double(in.rejected_reward[i]);
        const double margin = in.margin ? double(in.margin[i]) : 0;
        const logistic_value pair = smoothed_logistic(a - b - margin, o.label_smoothing);
        const double off_centre = math::zero_select_product(o.center_coef, a + b);
        out.grad_chosen_reward[i] = T((pair.slope + 2 * off_centre) / double(n));
        out.grad_rejected_reward[i] = T((-pair.slope + 2 * off_centre) / double(n));
        return lanes{pair.loss + math::zero_select_product(off_centre, a + b)};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto bradley_terry_loss(const Backend& backend, const op::bradley_terry_loss::inputs<T>& in,
                        const op::bradley_terry_loss::options& o = {}) {
  return returned<op::bradley_terry_loss, T>(backend, in, o,
                                             [&](auto& out) { bradley_terry_loss(backend, in, out, o); });
}

}}  // namespace guerdon
