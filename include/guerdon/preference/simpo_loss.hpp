#pragma once
// Simple preference optimisation: mean log-probabilities as rewards, a target margin, no reference policy.
//
// $$z = \beta\,(s(c) - s(r)) - \gamma, \qquad \ell = -(1-e)\log\sigma(z) - e\log\sigma(-z), \qquad
//   s(m) = \frac{1 - e^{-\alpha m}}{\alpha}$$
//
// with the mean log-probabilities per token c and r of the preferred and the other answer; s(m) = m where alpha = 0. The
// loss is the mean over the pairs.
//
// Source: SimPO, arXiv:2405.14734, eq. 6; AlphaPO (alpha), arXiv:2501.03884.
//
// Details that differ:
// - gamma is the margin of the paper's loss and of TRL. The authors' configuration files give gamma / beta.
// - With the likelihood of the preferred answers added this is TPO's length-normalised variant.
// - No pair: loss 0.
//
// Cost: 16 bytes per pair in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct simpo_loss {
  static constexpr info about{"simpo_loss", "preference",
                              "Mean log-probabilities with a target margin (SimPO, AlphaPO)",
                              "arXiv:2405.14734; arXiv:2501.03884", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_mean_logprob;    ///< [n] of the preferred answer, per token
    view<const T> rejected_mean_logprob;  ///< [n] of the other one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                        ///< [1] mean over the pairs
    Of<T> grad_chosen_mean_logprob;    ///< [n] d loss / d chosen_mean_logprob
    Of<T> grad_rejected_mean_logprob;  ///< [n] d loss / d rejected_mean_logprob
  };
  struct options {
    double beta = 2;             ///< > 0
    double gamma = 1;            ///< by how much beta times the difference should lead
    double label_smoothing = 0;  ///< [0, 0.5)
    double alpha = 0;            ///< bends the log-probabilities; 0: as they are
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_mean_logprob", &I::chosen_mean_logprob, "N", drawn(-3, 0)),
                      array("rejected_mean_logprob", &I::rejected_mean_logprob, "N", drawn(-3, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"),
                      array("grad_chosen_mean_logprob", &O::grad_chosen_mean_logprob, "N"),
                      array("grad_rejected_mean_logprob", &O::grad_rejected_mean_logprob, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 3)), option("gamma", &options::gamma),
                      option("label_smoothing", &options::label_smoothing, label_share()),
                      option("alpha", &options::alpha, drawn(-0.5, 0.5)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_mean_logprob", "loss", "chosen_mean_logprob"},
                                        gradient{"grad_rejected_mean_logprob", "loss", "rejected_mean_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// s(m) and s'(m) of AlphaPO.
struct bent_logprob {
  double value, slope;

  GUERDON_HD bent_logprob(double m, double alpha)
      : value(alpha == 0 ? m : -math::expm1(-alpha * m) / alpha), slope(alpha == 0 ? 1 : math::exp(-alpha * m)) {}
};

/// Writes what belongs to a pair, and returns its loss. `bent`: alpha is not 0.
template <bool bent, class T>
struct simpo_loss_of_pair {
  op::simpo_loss::inputs<T> in;
  op::simpo_loss::outputs<T> out;
  op::simpo_loss::options o;
  index_t n;

  GUERDON_HD lanes<double, 1> operator()(index_t i) const {
    const double alpha = bent ? o.alpha : 0;
    const bent_logprob c(double(in.chosen_mean_logprob[i]), alpha), r(double(in.rejected_mean_logprob[i]), alpha);
    const logistic_value l = smoothed_logistic(o.beta * (c.value - r.value) - o.gamma, o.label_smoothing);
    const double slope = o.beta * l.slope / double(n);
    out.grad_chosen_mean_logprob[i] = T(slope * c.slope);
    out.grad_rejected_mean_logprob[i] = T(-slope * r.slope);
    return {l.loss};
  }
};

/// Writes loss and gradients.
template <real T = float, backend Backend>
void simpo_loss(const Backend& backend, const op::simpo_loss::inputs<T>& in, const op::simpo_loss::outputs<T>& out,
                const op::simpo_loss::options& o) {
  check<op::simpo_loss>(backend, in, out, o);
  const index_t n = in.chosen_mean_logprob.size();
  const write_mean_loss<T> mean{out.loss, n};
  if (o.alpha == 0) reduce_array<add>(backend, n, simpo_loss_of_pair<false, T>{in, out, o, n}, mean);
  else reduce_array<add>(backend, n, simpo_loss_of_pair<true, T>{in, out, o, n}, mean);
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto simpo_loss(const Backend& backend, const op::simpo_loss::inputs<T>& in, const op::simpo_loss::options& o = {}) {
  return returned<op::simpo_loss, T>(backend, in, o, [&](auto& out) { simpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
