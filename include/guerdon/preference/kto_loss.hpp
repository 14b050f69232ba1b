#pragma once
// Kahneman-Tversky optimisation: single answers called desirable or not, valued against a reference point.
//
// $$u = y \beta (x - z_0), \quad y = \pm 1, \qquad \ell = w\,(1 - \sigma(u)), \qquad
//   \frac{\partial \ell}{\partial \log\pi} = -w \beta y\, \sigma(u)\, \sigma(-u)$$
//
// with the log-ratio $x = \log\pi - \log\pi_{ref}$ of an answer, the weight w of its kind, and $z_0 = \max(0, kl)$, a
// constant. The loss is the mean over all answers, whatever their kind.
//
// Source: KTO, arXiv:2402.01306, eq. 7; APO-zero for unpaired answers, arXiv:2408.06266.
//
// Details that differ:
// - The reference point is the mean log-ratio of mismatched prompts and answers over all ranks, which the caller has
//   computed. `apo_zero_unpaired`, or no `kl`: 0.
// - The divisor counts answers of both kinds, as in TRL and Liger. Liger's logged rewards broadcast [n] against [n,1];
//   here `implicit_reward` is that of each answer.
// - A weight of 0 drops the answers of its kind, NaN as they may be. No answer: loss 0.
//
// Cost: 17 bytes per answer in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {

enum class kto_loss_type { kto, apo_zero_unpaired };
constexpr auto enumerators(kto_loss_type) { return std::array{"kto", "apo_zero_unpaired"}; }

namespace op {
struct kto_loss {
  static constexpr info about{"kto_loss", "preference", "Single answers, desirable or not (KTO, APO-zero unpaired)",
                              "arXiv:2402.01306; arXiv:2408.06266", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logprob;      ///< [n] of the answer, summed over its tokens
    view<const T> ref_logprob;  ///< [n] the same under the reference policy
    view<const flag_t> label;   ///< [n] 1 = desirable
    view<const T> kl = {};      ///< [1] reference point before it is held at 0 or above; left out: 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;             ///< [1] mean over the answers
    Of<T> grad_logprob;     ///< [n] d loss / d logprob
    Of<T> implicit_reward;  ///< [n] beta * log-ratio
  };
  struct options {
    double beta = 0.1;              ///< > 0
    double desirable_weight = 1;    ///< of the answers called desirable
    double undesirable_weight = 1;  ///< of the others
    kto_loss_type loss_type = kto_loss_type::kto;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "N", drawn(-9, 0)),
                      array("ref_logprob", &I::ref_logprob, "N", drawn(-9, 0)),
                      array("label", &I::label, "N", yes_or_no()), optional_array("kl", &I::kl, "1", drawn(-0.5, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logprob", &O::grad_logprob, "N"),
                      array("implicit_reward", &O::implicit_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)),
                      option("desirable_weight", &options::desirable_weight, drawn(0, 2)),
                      option("undesirable_weight", &options::undesirable_weight, drawn(0, 2)),
                      choice("loss_type", &options::loss_type));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, gradient and implicit rewards.
template <real T = float, backend Backend>
void kto_loss(const Backend& backend, const op::kto_loss::inputs<T>& in, const op::kto_loss::outputs<T>& out,
              const op::kto_loss::options& o) {
  check<op::kto_loss>(backend, in, out, o);
  const index_t n = in.logprob.size();
  const bool has_point = in.kl && o.loss_type == kto_loss_type::kto;
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double x = double(in.logprob[i]) - double(in.ref_logprob[i]);
        const double z0 = has_point ? math::max(double(in.kl[0]), 0.0) : 0;
        const bool desirable = in.label[i] != 0;
        const double y = math::select(desirable, 1.0, -1.0), u = y * o.beta * (x - z0);
        const double weight = math::select(desirable, o.desirable_weight, o.undesirable_weight);
        const math::logistic_sides<double> s(u);
        const double slope = -o.beta * y * s.up * s.down;
        out.grad_logprob[i] = T(math::zero_select_product(weight, slope) / double(n));
        out.implicit_reward[i] = T(o.beta * x);
        return lanes{math::zero_select_product(weight, s.down)};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto kto_loss(const Backend& backend, const op::kto_loss::inputs<T>& in, const op::kto_loss::options& o = {}) {
  return returned<op::kto_loss, T>(backend, in, o, [&](auto& out) { kto_loss(backend, in, out, o); });
}

}}  // namespace guerdon
