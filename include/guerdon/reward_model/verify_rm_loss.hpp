#pragma once
// Loss of a reward model that says whether an answer is right: binary cross-entropy on its logit.
//
// $$L = \frac{1}{N} \sum_i \big( \log(1 + e^{z_i}) - y_i z_i \big), \qquad
//   \frac{\partial L}{\partial z_i} = \frac{\sigma(z_i) - y_i}{N}$$
//
// Source: Cooper's VerifyRM, arXiv:2508.05613, section 3.2; the same loss trains meta reward models.
//
// Details that differ:
// - Labels may be soft: any number in [0, 1]. One that is not, or NaN, is an error (host backends).
// - Logits of any size: the tail is linear, and a share of exactly 0 is left out, so that an infinite logit on the right
//   side costs nothing.
// - No sample is an error.
//
// Cost: 12 bytes per sample in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct verify_rm_loss {
  static constexpr info about{"verify_rm_loss", "reward_model", "Cross-entropy of a verifier's logit (Cooper)",
                              "arXiv:2508.05613", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logit;  ///< [N], N >= 1
    view<const T> label;  ///< [N] in [0, 1], 1 = right
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;        ///< [1]
    Of<T> grad_logit;  ///< [N] d loss / d logit
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logit", &I::logit, "N", drawn(-4, 4)),
                      array("label", &I::label, "N", within(0, 1).without_nan()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logit", &O::grad_logit, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_logit", "loss", "logit"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradient.
template <real T = float, backend Backend>
void verify_rm_loss(const Backend& backend, const op::verify_rm_loss::inputs<T>& in,
                    const op::verify_rm_loss::outputs<T>& out, const op::verify_rm_loss::options& o) {
  const auto rule = check<op::verify_rm_loss>(backend, in, out, o);
  const index_t n = in.logit.size();
  rule(n > 0, "logit", "is empty: there is no mean of nothing");
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const logistic_value l = smoothed_logistic(double(in.logit[i]), 1 - double(in.label[i]));
        out.grad_logit[i] = T(l.slope / double(n));
        return lanes{l.loss};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto verify_rm_loss(const Backend& backend, const op::verify_rm_loss::inputs<T>& in,
                    const op::verify_rm_loss::options& o = {}) {
  return returned<op::verify_rm_loss, T>(backend, in, o, [&](auto& out) { verify_rm_loss(backend, in, out, o); });
}

}}  // namespace guerdon
