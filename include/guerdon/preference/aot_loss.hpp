#pragma once
// Alignment via optimal transport: the policy's preference shall dominate the reference's as a distribution, quantile by
// quantile, rather than pair by pair.
//
// $$d_k = \beta\,(u_{(k)} - v_{(k)}), \qquad \ell = \frac{1}{n} \sum_k -(1-e)\log\sigma(d_k) - e\log\sigma(-d_k)$$
//
// with both sides sorted. Paired: u is the policy's log-probability of the preferred answer minus that of the other one, v
// the same of the reference. Unpaired: u are the log-ratios of the preferred answers, v those of the others. The gradient
// goes to the element that holds the rank.
//
// Source: AOT, arXiv:2406.05882, algorithms 1 and 2; as in TRL.
//
// Details that differ:
// - The sort is over this batch, stable; a NaN comes last. With one pair the paired form is DPO.
// - NaN reaches the loss and the gradients of its rank. No pair: loss 0.
//
// Cost: two sorts of n numbers.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct aot_loss {
  static constexpr info about{"aot_loss", "preference", "Preference as stochastic dominance, by sorting (AOT)",
                              "arXiv:2406.05882", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> chosen_logprob;        ///< [n] of the preferred answer, summed over its tokens
    view<const T> rejected_logprob;      ///< [n] of the other answer
    view<const T> ref_chosen_logprob;    ///< [n] the same two under the reference policy
    view<const T> ref_rejected_logprob;  ///< [n]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                   ///< [1] mean over the ranks
    Of<T> grad_chosen_logprob;    ///< [n] d loss / d chosen_logprob
    Of<T> grad_rejected_logprob;  ///< [n] d loss / d rejected_logprob
  };
  struct options {
    bool paired = true;          ///< differences of the policy against those of the reference
    double beta = 0.1;           ///< > 0
    double label_smoothing = 0;  ///< [0, 0.5)
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_logprob", &I::chosen_logprob, "N", drawn(-9, 0)),
                      array("rejected_logprob", &I::rejected_logprob, "N", drawn(-9, 0)),
                      array("ref_chosen_logprob", &I::ref_chosen_logprob, "N", drawn(-9, 0)),
                      array("ref_rejected_logprob", &I::ref_rejected_logprob, "N", drawn(-9, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_chosen_logprob", &O::grad_chosen_logprob, "N"),
                      array("grad_rejected_logprob", &O::grad_rejected_logprob, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("paired", &options::paired), option("beta", &options::beta, greater_than(0, 0.05, 1)),
                      option("label_smoothing", &options::label_smoothing, label_share()));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_logprob", "loss", "chosen_logprob"},
                                        gradient{"grad_rejected_logprob", "loss", "rejected_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void aot_loss(const Backend& backend, const op::aot_loss::inputs<T>& in, const op::aot_loss::outputs<T>& out,
              const op::aot_loss::options& o) {
  check<op::aot_loss>(backend, in, out, o);
  const index_t n = in.chosen_logprob.size();
  auto scratch = backend.scratch();
  const auto numbers = [&] { return scratch.template take<double>(n); };
  const auto indices = [&] { return scratch.template take<index_t>(n); };
  const auto u = numbers(), v = numbers(), sorted_u = numbers(), sorted_v = numbers();
  const auto element = indices(), holds_u = indices(), holds_v = indices();
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double c = double(in.chosen_logprob[i]), r = double(in.rejected_logprob[i]);
    const double ref_c = double(in.ref_chosen_logprob[i]), ref_r = double(in.ref_rejected_logprob[i]);
    u[i] = (o.paired ? c - r : c - ref_c) + 0.0;  // no -0, which some sorts put before 0
    v[i] = (o.paired ? ref_c - ref_r : r - ref_r) + 0.0;
    element[i] = i;
  });
  backend.template sort_pairs<double, index_t>(u, element, sorted_u, holds_u);
  backend.template sort_pairs<double, index_t>(v, element, sorted_v, holds_v);
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t k) {
        const logistic_value l = smoothed_logistic(o.beta * (sorted_u[k] - sorted_v[k]), o.label_smoothing);
        const double slope = o.beta * l.slope / double(n);
        out.grad_chosen_logprob[holds_u[k]] = T(slope);
        out.grad_rejected_logprob[o.paired ? holds_u[k] : holds_v[k]] = T(-slope);
        return lanes{l.loss};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto aot_loss(const Backend& backend, const op::aot_loss::inputs<T>& in, const op::aot_loss::options& o = {}) {
  return returned<op::aot_loss, T>(backend, in, o, [&](auto& out) { aot_loss(backend, in, out, o); });
}

}}  // namespace guerdon
