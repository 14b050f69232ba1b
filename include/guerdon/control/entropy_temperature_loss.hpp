#pragma once
// SAC's temperature: rises while the policy's entropy is below its target, falls while it is above.
//
// With m the mean over the valid samples of $\log\pi + \bar H$:
//
// $$\ell = -m \log\alpha \quad (\text{log alpha}), \qquad \ell = -m\,\alpha \quad (\text{alpha})$$
//
// and the gradient for $\log\alpha$ is $-m$, or $-\alpha m$.
//
// Source: soft actor-critic, arXiv:1812.05905, eq. 17; the form in log alpha is that of most code.
//
// Details that differ:
// - TorchRL and most code use `log_alpha`, whose speed does not depend on alpha; the paper's is `alpha`.
// - The target of continuous actions is usually minus their number. Discrete policies: minus the entropy as logprob.
// - Nothing valid: loss and gradient 0. For training of language models: adaptive_entropy_coefficient.
//
// Cost: 4 bytes per sample in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class temperature_form { log_alpha, alpha };
constexpr auto enumerators(temperature_form) { return std::array{"log_alpha", "alpha"}; }

namespace op {
struct entropy_temperature_loss {
  static constexpr info about{"entropy_temperature_loss", "control", "Loss of the entropy's weight in SAC",
                              "arXiv:1812.05905", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logprob;         ///< [N] of fresh actions
    view<const T> log_alpha;       ///< [1]
    view<const flag_t> mask = {};  ///< [N] 1 = takes part; left out: all do
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [1]
    Of<T> grad_log_alpha;  ///< [1] d loss / d log_alpha
    Of<T> alpha;           ///< [1] its exponential
  };
  struct options {
    double target_entropy = required;
    temperature_form form = temperature_form::log_alpha;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "N", drawn(-3, 1)), array("log_alpha", &I::log_alpha, "1"),
                      optional_array("mask", &I::mask, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_log_alpha", &O::grad_log_alpha, "1"),
                      array("alpha", &O::alpha, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("target_entropy", &options::target_entropy), choice("form", &options::form));
  }
  static constexpr std::array gradients{gradient{"grad_log_alpha", "loss", "log_alpha"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, gradient and alpha.
template <real T = float, backend Backend>
void entropy_temperature_loss(const Backend& backend, const op::entropy_temperature_loss::inputs<T>& in,
                              const op::entropy_temperature_loss::outputs<T>& out,
                              const op::entropy_temperature_loss::options& o) {
  check<op::entropy_temperature_loss>(backend, in, out, o);
  const double target = o.target_entropy;
  const bool logarithm = o.form == temperature_form::log_alpha;
  reduce_array<add, add>(
      backend, in.logprob.size(),
      [=] GUERDON_HD(index_t i) {
        const bool valid = !in.mask || in.mask[i] != 0;
        return valid ? lanes{1.0, double(in.logprob[i]) + target} : lanes{0.0, 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 2>& total) {
        const double log_alpha = double(in.log_alpha[0]), alpha = math::exp(log_alpha);
        const bool any = total[0] > 0;
        const double pull = any ? 0 - total[1] / total[0] : 0, weighted = math::zero_select_product(alpha, pull);
        out.alpha[0] = T(alpha);
        out.grad_log_alpha[0] = T(logarithm ? pull : weighted);
        out.loss[0] = T(!any ? 0 : logarithm ? log_alpha * pull : weighted);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto entropy_temperature_loss(const Backend& backend, const op::entropy_temperature_loss::inputs<T>& in,
                              const op::entropy_temperature_loss::options& o) {
  return returned<op::entropy_temperature_loss, T>(backend, in, o,
                                                   [&](auto& out) { entropy_temperature_loss(backend, in, out, o); });
}

}}  // namespace guerdon
