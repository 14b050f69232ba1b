#pragma once
// Odds-ratio preference optimisation: the preferred answer shall have the better odds, without a reference policy.
//
// $$z = (c - r) - \big(\log(1 - e^c) - \log(1 - e^r)\big), \qquad \ell = -\beta \log\sigma(z), \qquad
//   \frac{\partial \ell}{\partial c} = \frac{-\beta\,\sigma(-z)}{1 - e^c}$$
//
// with the mean log-probabilities per token c and r of the preferred and the other answer. The loss is the mean over the
// pairs.
//
// Source: ORPO, arXiv:2403.07691, eq. 6 and 7.
//
// Details that differ:
// - The odds-ratio term only: the likelihood of the preferred answers is the caller's to add.
// - log(1 - e^c) is log1p(-e^c) below -log 2 and log(-expm1(c)) above: for answers that the policy is sure of the plain
//   form is NaN, ORPO's most reported defect.
// - A mean log-probability of 0 or more is refused (host backends). No pair: loss 0.
//
// Cost: 20 bytes per pair in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct orpo_loss {
  static constexpr info about{"orpo_loss", "preference", "Odds ratio of preferred and rejected answers (ORPO)",
                              "arXiv:2403.07691", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_mean_logprob;    ///< [n] < 0, of the preferred answer, per token
    view<const T> rejected_mean_logprob;  ///< [n] < 0, of the other one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                        ///< [1] mean over the pairs
    Of<T> grad_chosen_mean_logprob;    ///< [n] d loss / d chosen_mean_logprob
    Of<T> grad_rejected_mean_logprob;  ///< [n] d loss / d rejected_mean_logprob
    Of<T> log_odds;                    ///< [n] z, the logarithm of the odds ratio
  };
  struct options {
    double beta = 0.1;  ///< > 0, the weight of the term
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range below_0 = range{.high = 0, .open_high = true}.drawn(-3, -0.05);
    return std::tuple(array("chosen_mean_logprob", &I::chosen_mean_logprob, "N", below_0),
                      array("rejected_mean_logprob", &I::rejected_mean_logprob, "N", below_0));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"),
                      array("grad_chosen_mean_logprob", &O::grad_chosen_mean_logprob, "N"),
                      array("grad_rejected_mean_logprob", &O::grad_rejected_mean_logprob, "N"),
                      array("log_odds", &O::log_odds, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_mean_logprob", "loss", "chosen_mean_logprob"},
                                        gradient{"grad_rejected_mean_logprob", "loss", "rejected_mean_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// log(1 - e^x) of an x below 0, by whichever of two forms does not cancel.
GUERDON_HD inline double log_1m_exp(double x) {
  return x < -0.6931471805599453 ? math::log1p(-math::exp(x)) : math::log(-math::expm1(x));
}

/// Writes loss, gradients and log-odds.
template <real T = float, backend Backend>
void orpo_loss(const Backend& backend, const op::orpo_loss::inputs<T>& in, const op::orpo_loss::outputs<T>& out,
               const op::orpo_loss::options& o) {
  check<op::orpo_loss>(backend, in, out, o);
  const index_t n = in.chosen_mean_logprob.size();
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double c = double(in.chosen_mean_logprob[i]), r = double(in.rejected_mean_logprob[i]);
        const double z = (c - r) - (log_1m_exp(c) - log_1m_exp(r));
        const logistic_value l = logistic(z);
        const double slope = o.beta * l.slope / double(n);
        out.grad_chosen_mean_logprob[i] = T(slope / -math::expm1(c));
        out.grad_rejected_mean_logprob[i] = T(-slope / -math::expm1(r));
        out.log_odds[i] = T(z);
        return lanes{o.beta * l.loss};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto orpo_loss(const Backend& backend, const op::orpo_loss::inputs<T>& in, const op::orpo_loss::options& o = {}) {
  return returned<op::orpo_loss, T>(backend, in, o, [&](auto& out) { orpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
