#pragma once
// Regression of the policy's log-ratio onto the optimal advantage: least squares in place of a policy gradient.
//
// $$\ell = \big(\beta\,(\log\pi - \log\pi_{ref}) - (r - V^*)\big)^2$$
//
// with the reward r of an answer and the value V* that the KL-regularised optimum has at its prompt (soft_optimal_value).
// The loss is the mean over the answers.
//
// Source: A*-PO, arXiv:2505.20686, eq. 4.
//
// Details that differ:
// - None: TRL's is the same. No answer: loss 0.
//
// Cost: 20 bytes per answer in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct reward_regression_loss {
  static constexpr info about{"reward_regression_loss", "preference",
                              "Log-ratio regressed onto the optimal advantage (A*-PO)", "arXiv:2505.20686",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logprob;        ///< [n] of the answer, summed over its tokens
    view<const T> ref_logprob;    ///< [n] the same under the reference policy
    view<const T> reward;         ///< [n] of the answer
    view<const T> optimal_value;  ///< [n] of its prompt
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;          ///< [1] mean over the answers
    Of<T> grad_logprob;  ///< [n] d loss / d logprob
  };
  struct options {
    double beta = 0.1;  ///< > 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "N", drawn(-9, 0)),
                      array("ref_logprob", &I::ref_logprob, "N", drawn(-9, 0)), array("reward", &I::reward, "N"),
                      array("optimal_value", &I::optimal_value, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logprob", &O::grad_logprob, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradient.
template <real T = float, backend Backend>
void reward_regression_loss(const Backend& backend, const op::reward_regression_loss::inputs<T>& in,
                            const op::reward_regression_loss::outputs<T>& out,
                            const op::reward_regression_loss::options& o) {
  check<op::reward_regression_loss>(backend, in, out, o);
  const index_t n = in.logprob.size();
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double ratio = double(in.logprob[i]) - double(in.ref_logprob[i]);
        const double u = o.beta * ratio - (double(in.reward[i]) - double(in.optimal_value[i]));
        out.grad_logprob[i] = T(2 * o.beta * u / double(n));
        return lanes{u * u};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto reward_regression_loss(const Backend& backend, const op::reward_regression_loss::inputs<T>& in,
                            const op::reward_regression_loss::options& o = {}) {
  return returned<op::reward_regression_loss, T>(backend, in, o,
                                                 [&](auto& out) { reward_regression_loss(backend, in, out, o); });
}

}}  // namespace guerdon
