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

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct bradley_terry_loss_inputs {
  view<const T> chosen_reward;    ///< [n] reward of the preferred answer
  view<const T> rejected_reward;  ///< [n] reward of the other one
  view<const T> margin = {};      ///< [n] by how much the preferred one should lead; left out: 0
};

template <storage T, template <class> class Of = view>
struct bradley_terry_loss_outputs {
  Of<T> loss;                  ///< [1] mean over the pairs
  Of<T> grad_chosen_reward;    ///< [n] d loss / d chosen_reward
  Of<T> grad_rejected_reward;  ///< [n] d loss / d rejected_reward
};

struct bradley_terry_loss_options {
  double label_smoothing = 0;  ///< [0, 0.5)
  double center_coef = 0;      ///< >= 0, usual 0.01
};

/// Writes loss and gradients. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void bradley_terry_loss(const Backend& backend, const bradley_terry_loss_inputs<T>& in,
                        const bradley_terry_loss_outputs<T>& out, const bradley_terry_loss_options& o = {}) {
  constexpr auto op = "bradley_terry_loss";
  const index_t n = in.chosen_reward.size();
  require_size(in.rejected_reward.size(), n, op, "rejected_reward", "chosen_reward");
  if (in.margin) require_size(in.margin.size(), n, op, "margin", "chosen_reward");
  require_size(out.loss.size(), 1, op, "loss", "a scalar output");
  require_size(out.grad_chosen_reward.size(), n, op, "grad_chosen_reward", "chosen_reward");
  require_size(out.grad_rejected_reward.size(), n, op, "grad_rejected_reward", "chosen_reward");
  require_label_smoothing(o.label_smoothing, op);
  require(o.center_coef >= 0, op, "center_coef", "must be at least 0");

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
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(n > 0 ? total[0] / double(n) : 0.0); });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto bradley_terry_loss(const Backend& backend, const bradley_terry_loss_inputs<T>& in,
                        const bradley_terry_loss_options& o = {}) {
  const index_t n = in.chosen_reward.size();
  bradley_terry_loss_outputs<T, Backend::template array> result{
      backend.template make<T>(1), backend.template make<T>(n), backend.template make<T>(n)};
  bradley_terry_loss<T>(backend, in, {result.loss, result.grad_chosen_reward, result.grad_rejected_reward},
                        o);
  return result;
}

}}  // namespace guerdon
