#pragma once
// Loss of a judge's verdict token: cross-entropy of yes and no, among the two or in the whole vocabulary.
//
// $$Z = \log\big(e^{y} + e^{n} + e^{o}\big), \qquad L = -\frac1N \sum \big( l\,(y - Z) + (1 - l)(n - Z) \big)$$
//
// with the logits y and n of the two tokens, the label l, and the log-sum-exp o of all other logits, without which the two
// are normalised by themselves. The gradients are $(e^{y-Z} - l)/N$ and $(e^{n-Z} - (1-l))/N$.
//
// Source: RLBFF, arXiv:2509.21319, of which no training code is published: both normalisations are offered.
//
// Details that differ:
// - The largest logit is taken off first, and a share of exactly 0 is left out: an impossible token that is not the label
//   costs nothing.
// - A label that is NaN or outside [0, 1] is an error (host backends), and so is no sample.
//
// Cost: 20 bytes per sample in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct entailment_loss {
  static constexpr info about{"entailment_loss", "reward_model", "Cross-entropy of a verdict token, yes or no (RLBFF)",
                              "arXiv:2509.21319", skeleton::global_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> logit_yes;             ///< [N], N >= 1
    view<const T> logit_no;              ///< [N]
    view<const T> label;                 ///< [N] in [0, 1], 1 = yes
    view<const T> logsumexp_other = {};  ///< [N] of all other logits; left out: -inf, there are only two
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [1] mean over the samples
    Of<T> grad_logit_yes;  ///< [N] d loss / d logit_yes
    Of<T> grad_logit_no;   ///< [N] d loss / d logit_no
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logit_yes", &I::logit_yes, "N"), array("logit_no", &I::logit_no, "N"),
                      array("label", &I::label, "N", within(0, 1).without_nan()),
                      optional_array("logsumexp_other", &I::logsumexp_other, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logit_yes", &O::grad_logit_yes, "N"),
                      array("grad_logit_no", &O::grad_logit_no, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_logit_yes", "loss", "logit_yes"},
                                        gradient{"grad_logit_no", "loss", "logit_no"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void entailment_loss(const Backend& backend, const op::entailment_loss::inputs<T>& in,
                     const op::entailment_loss::outputs<T>& out, const op::entailment_loss::options& o) {
  const auto rule = check<op::entailment_loss>(backend, in, out, o);
  const index_t n = in.logit_yes.size();
  rule(n > 0, "logit_yes", "is empty: there is no mean of nothing");
  constexpr double inf = std::numeric_limits<double>::infinity();
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double yes = double(in.logit_yes[i]), no = double(in.logit_no[i]), label = double(in.label[i]);
        const double other = in.logsumexp_other ? double(in.logsumexp_other[i]) : -inf;
        const auto surprise = [=](double mine, double theirs) {  // -log p: the logistic loss against all others
          const double high = math::nan_max(theirs, other), low = math::nan_min(theirs, other);
          return logistic(mine - (low == -inf ? high : high + math::log1p(math::exp(low - high)))).loss;
        };
        const double of_yes = surprise(yes, no), of_no = surprise(no, yes);
        out.grad_logit_yes[i] = T((math::exp(-of_yes) - label) / double(n));
        out.grad_logit_no[i] = T((math::exp(-of_no) - (1 - label)) / double(n));
        return lanes{math::zero_select_product(label, of_yes) + math::zero_select_product(1 - label, of_no)};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto entailment_loss(const Backend& backend, const op::entailment_loss::inputs<T>& in,
                     const op::entailment_loss::options& o = {}) {
  return returned<op::entailment_loss, T>(backend, in, o, [&](auto& out) { entailment_loss(backend, in, out, o); });
}

}}  // namespace guerdon
