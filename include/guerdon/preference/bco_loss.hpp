#pragma once
// Binary classifier optimisation: single answers called desirable or not, their rewards held against the mean of all so
// far.
//
// $$\ell = -w \log\sigma\big(y (\beta x - \delta)\big), \quad y = \pm 1, \qquad
//   \delta \leftarrow \delta + (\overline{\beta x} - \delta)\, \frac{n}{m + n}$$
//
// with the log-ratio $x = \log\pi - \log\pi_{ref}$ of an answer and the mean $\delta$ of the m rewards before this batch.
// The mean takes in the batch, of both labels, without weights, before it is used, and is then a constant. The loss is the
// mean over the answers.
//
// Source: BCO, arXiv:2404.04656, eq. 10; the running mean as in TRL.
//
// Details that differ:
// - `update = 0`, for evaluation: the mean is used as it is and not changed.
// - The state is two numbers in double, whatever the element type, and may be updated in place.
// - A weight of 0 drops the answer from the loss, not from the mean. No answer: loss 0, and the state stays.
//
// Cost: the log-probabilities read twice, 4 bytes written per answer in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct bco_loss {
  static constexpr info about{"bco_loss", "preference", "Single answers against the running mean of rewards (BCO)",
                              "arXiv:2404.04656", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logprob;                   ///< [n] of the answer, summed over its tokens
    view<const T> ref_logprob;               ///< [n] the same under the reference policy
    view<const flag_t> label;                ///< [n] 1 = desirable
    view<const double> running_mean = {};    ///< [1] mean reward so far; left out: 0
    view<const double> running_count = {};   ///< [1] >= 0, of how many; left out: 0
    view<const T> weight = {};               ///< [n] constant factor on the answer's loss; left out: 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                ///< [1] mean over the answers
    Of<T> grad_logprob;        ///< [n] d loss / d logprob
    Of<double> running_mean;   ///< [1] what was subtracted
    Of<double> running_count;  ///< [1]
  };
  struct options {
    double beta = 0.1;   ///< > 0
    bool update = true;  ///< take this batch into the mean
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(
        array("logprob", &I::logprob, "N", drawn(-9, 0)), array("ref_logprob", &I::ref_logprob, "N", drawn(-9, 0)),
        array("label", &I::label, "N", yes_or_no()), optional_array("running_mean", &I::running_mean, "1"),
        optional_array("running_count", &I::running_count, "1", counts(50)),
        optional_array("weight", &I::weight, "N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logprob", &O::grad_logprob, "N"),
                      array("running_mean", &O::running_mean, "1"), array("running_count", &O::running_count, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)), flag("update", &options::update));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob", "update=0"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, gradient and state.
template <real T = float, backend Backend>
void bco_loss(const Backend& backend, const op::bco_loss::inputs<T>& in, const op::bco_loss::outputs<T>& out,
              const op::bco_loss::options& o) {
  check<op::bco_loss>(backend, in, out, o);
  const index_t n = in.logprob.size(), joining = o.update ? n : 0;
  reduce_array<add>(
      backend, joining,
      [=] GUERDON_HD(index_t i) { return lanes{o.beta * (double(in.logprob[i]) - double(in.ref_logprob[i]))}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) {
        const double mean = in.running_mean ? in.running_mean[0] : 0,
                     count = in.running_count ? in.running_count[0] : 0;
        const double m = double(joining), share = m > 0 ? m / (count + m) : 0;
        out.running_mean[0] = m > 0 ? mean + (total[0] / m - mean) * share : mean;
        out.running_count[0] = count + m;
      });
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double reward = o.beta * (double(in.logprob[i]) - double(in.ref_logprob[i]));
        const double y = in.label[i] ? 1 : -1, weight = in.weight ? double(in.weight[i]) : 1;
        const logistic_value l = logistic(y * (reward - out.running_mean[0]));
        out.grad_logprob[i] = T(math::zero_select_product(weight, o.beta * y * l.slope) / double(n));
        return lanes{math::zero_select_product(weight, l.loss)};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto bco_loss(const Backend& backend, const op::bco_loss::inputs<T>& in, const op::bco_loss::options& o = {}) {
  return returned<op::bco_loss, T>(backend, in, o, [&](auto& out) { bco_loss(backend, in, out, o); });
}

}}  // namespace guerdon
