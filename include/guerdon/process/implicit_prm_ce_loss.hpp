#pragma once
// Trains the implicit reward model: its scaled, summed log-ratio to the reference is the logit of the outcome.
//
// $$s_i = \beta \sum_t (\log\pi_\phi - \log\pi_{ref}), \quad p_i = \sigma(s_i), \quad
//   \ell = -\frac{1}{B} \sum_i \bigl(y_i \log p_i + (1 - y_i) \log(1 - p_i)\bigr), \quad
//   \frac{\partial \ell}{\partial \log\pi_\phi(y_t)} = \frac{\beta}{B}(p_i - y_i)$$
//
// over response tokens; the gradient is 0 elsewhere, and the reference a constant.
//
// Source: PRIME, arXiv:2502.01456, eq. 5; arXiv:2412.01981.
//
// Details that differ:
// - The released code takes the sigmoid first and clips each logarithm at -100, so its loss saturates; the logarithm of
//   the sigmoid here does not.
// - A row without response tokens has p = 0.5 and counts in B. No rows: loss 0.
// - Labels between 0 and 1 are soft labels. What stands under the mask is never read.
//
// Cost: 9 bytes per token in float read, 4 written.

#include <guerdon/core/operation.hpp>
#include <guerdon/preference/logistic.hpp>
#include <guerdon/process/implicit_reward.hpp>

namespace guerdon {
namespace op {
struct implicit_prm_ce_loss {
  static constexpr info about{"implicit_prm_ce_loss", "process",
                              "Cross entropy of outcomes under an implicit reward model (PRIME), with gradient",
                              "arXiv:2502.01456; arXiv:2412.01981", skeleton::global_reduce};
  template <storage T>
  struct inputs {
    segments rows;              ///< cuts the tokens into B rows
    view<const T> logprob;      ///< [B,T] of the tokens under the implicit reward model
    view<const T> ref_logprob;  ///< [B,T] under its reference
    view<const flag_t> mask;    ///< [B,T] 1 = of the response
    view<const T> correct;      ///< [B] 1 = right, 0 = wrong
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;          ///< [1] mean over the rows
    Of<T> grad_logprob;  ///< [B,T] d loss / d logprob
    Of<T> probability;   ///< [B] of a right answer
  };
  struct options {
    double beta = 0.05;  ///< > 0, scale of the log-ratio
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-2, 0)),
                      array("ref_logprob", &I::ref_logprob, "B,T", drawn(-2, 0)),
                      array("mask", &I::mask, "B,T", yes_or_no()), array("correct", &I::correct, "B", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logprob", &O::grad_logprob, "B,T"),
                      array("probability", &O::probability, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.01, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct implicit_prm_ce_program {
  static constexpr bool long_segments = true;
  op::implicit_prm_ce_loss::inputs<T> in;
  op::implicit_prm_ce_loss::outputs<T> out;
  view<double> row_loss;
  double beta;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const double s = beta * team.sum(n, log_ratio_of(in, begin));
    const logistic_value cross_entropy = smoothed_logistic(s, 1 - double(R(in.correct[row])));
    team.once([&] {
      row_loss[row] = cross_entropy.loss;
      out.probability[row] = T(math::sigmoid(s));
    });
    const R slope = R(beta * cross_entropy.slope / double(in.rows.count()));
    const flag_t* const mask = in.mask.data() + begin;
    T* const gradient = out.grad_logprob.data() + begin;
    team.each(n, [=](index_t t) { gradient[t] = T(math::select(mask[t] != 0, slope, R(0))); });
  }
};

/// Writes loss, gradient and probabilities.
template <storage T = float, backend Backend>
void implicit_prm_ce_loss(const Backend& backend, const op::implicit_prm_ce_loss::inputs<T>& in,
                          const op::implicit_prm_ce_loss::outputs<T>& out, const op::implicit_prm_ce_loss::options& o) {
  check<op::implicit_prm_ce_loss>(backend, in, out, o);
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto row_loss = scratch.template take<double>(rows);
  backend.for_segments(in.rows, implicit_prm_ce_program<T>{in, out, row_loss, o.beta});
  reduce_few<add>(
      backend, rows, [=] GUERDON_HD(index_t row) { return lanes{row_loss[row]}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(rows > 0 ? total[0] / double(rows) : 0.0); });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto implicit_prm_ce_loss(const Backend& backend, const op::implicit_prm_ce_loss::inputs<T>& in,
                          const op::implicit_prm_ce_loss::options& o = {}) {
  return returned<op::implicit_prm_ce_loss, T>(backend, in, o,
                                               [&](auto& out) { implicit_prm_ce_loss(backend, in, out, o); });
}

}}  // namespace guerdon
