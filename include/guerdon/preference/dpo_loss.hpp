#pragma once
// Direct preference optimisation and its relatives: losses of a policy on pairs of answers, against a
// reference policy.
//
// With the log-ratio $x = \log\pi(y) - \log\pi_{ref}(y)$ of each answer, a score $s(x)$ that the divergence
// decides, $c = s(x^+)$, $r = s(x^-)$ and $z = \beta (c - r)$, the standard loss is
//
// $$\ell = -\log\sigma(z), \qquad \frac{\partial \ell}{\partial \log\pi(y^+)} = -\beta\,\sigma(-z)\,
// s'(x^+)$$
//
// | divergence | s(x) | s'(x) |
// |---|---|---|
// | reverse_kl | $x$ | 1 |
// | forward_kl | $-e^{-x}$ | $e^{-x}$ |
// | js_divergence | $\log\sigma(x)$ | $\sigma(-x)$ |
// | alpha_divergence | $e^{(\alpha-1)x}/(\alpha-1)$; $x$ at $\alpha = 1$ | $e^{(\alpha-1)x}$; 1 |
//
// and the other losses, with $e$ = label_smoothing and lengths $L$:
//
// | loss_type | loss of a pair |
// |---|---|
// | sigmoid | $-(1-e)\log\sigma(z) - e\log\sigma(-z)$ (e > 0: conservative DPO) |
// | robust | $(-(1-e)\log\sigma(z) + e\log\sigma(-z))/(1-2e)$, unbiased when a share e of the labels is flipped |
// | hinge | $\max(0, 1-z)$ |
// | ipo | $(c/L^+ - r/L^- - 1/(2\beta))^2$ |
// | ipo_sum | $(c - r - 1/(2\beta))^2$ |
// | sigmoid_norm | $-\log\sigma(\beta(c/L^+ - r/L^-))$ |
// | exo_pair | $q(\log q - \log(1-e)) + (1-q)(\log(1-q) - \log e)$, $q = \sigma(z)$ |
// | nca_pair | $-\log\sigma(\beta c) - \frac12\log\sigma(-\beta c) - \frac12\log\sigma(-\beta r)$ |
// | bco_pair | $-\log\sigma(\beta c) - \log\sigma(-\beta r)$ |
// | sppo_hard | $(c - 1/(2\beta))^2 + (r + 1/(2\beta))^2$ |
// | apo_zero | $1 - \sigma(\beta x^+) + \sigma(\beta x^-)$ |
// | apo_down | $\sigma(\beta x^+) + 1 - \sigma(z)$ |
// | discopop | $-(1-m)\log\sigma(z) + m e^{-z}$, $m = \sigma(z/\tau)$ |
//
// The loss is the mean over the pairs, each times its weight; the divisor is their number.
//
// Source: DPO, arXiv:2305.18290, eq. 7; cDPO and robust DPO, arXiv:2403.00409; IPO, arXiv:2310.12036; EXO,
// arXiv:2402.00856; NCA, arXiv:2402.05369; BCO, arXiv:2404.04656; SPPO, arXiv:2405.00675; APO,
// arXiv:2408.06266; DiscoPOP, arXiv:2406.08414; divergences, arXiv:2309.16240.
//
// Details that differ:
// - Log-probabilities are sums over the answer's tokens. `ipo` divides by the lengths (its authors' advice,
//   TRL, AReaL); OpenRLHF runs the sums (`ipo_sum`).
// - `bco_pair` has no running mean of the rewards, the delta of BCO's paper.
// - Both apo losses look at the log-ratio itself where the table says x, whatever the divergence.
// - An exponent that could overflow (in a divergence, or -z of discopop) is capped at 80 in float and 700 in
//   double, and the slope is that of the capped exponential: large, finite, and it pulls back. TRL's gradient
//   is 0 there.
// - Without a reference policy: pass zeros for it.
// - A weight of 0 drops the pair, NaN or infinite as it may be. Elsewhere a NaN $c - r$ makes loss and both gradients of
//   the pair NaN, for every loss_type.
// - No pair: loss 0.
//
// Cost: 32 bytes per pair in float (four log-probabilities read, four results written), 48 where lengths are
// read, and 4 for weights.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {

enum class dpo_loss_type {
  sigmoid,
  robust,
  hinge,
  ipo,
  ipo_sum,
  sigmoid_norm,
  exo_pair,
  nca_pair,
  bco_pair,
  sppo_hard,
  apo_zero,
  apo_down,
  discopop
};
constexpr auto enumerators(dpo_loss_type) {
  return std::array{"sigmoid",  "robust",   "hinge",     "ipo",      "ipo_sum",  "sigmoid_norm", "exo_pair",
                    "nca_pair", "bco_pair", "sppo_hard", "apo_zero", "apo_down", "discopop"};
}
enum class dpo_divergence { reverse_kl, forward_kl, js_divergence, alpha_divergence };
constexpr auto enumerators(dpo_divergence) {
  return std::array{"reverse_kl", "forward_kl", "js_divergence", "alpha_divergence"};
}

namespace op {
struct dpo_loss {
  static constexpr info about{
      "dpo_loss", "preference", "Direct preference optimisation: thirteen losses, four divergences",
      "arXiv:2305.18290; arXiv:2403.00409; arXiv:2310.12036; arXiv:2402.00856; arXiv:2402.05369; "
      "arXiv:2404.04656; arXiv:2405.00675; arXiv:2408.06266; arXiv:2406.08414; arXiv:2309.16240",
      skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_logprob;              ///< [n] of the preferred answer, summed over its tokens
    view<const T> rejected_logprob;            ///< [n] of the other answer
    view<const T> ref_chosen_logprob;          ///< [n] the same two under the reference policy
    view<const T> ref_rejected_logprob;        ///< [n]
    view<const index_t> chosen_length = {};    ///< [n] tokens, >= 1; for ipo and sigmoid_norm
    view<const index_t> rejected_length = {};  ///< [n] tokens, >= 1; for ipo and sigmoid_norm
    view<const T> weight = {};                 ///< [n] constant factor on the pair's loss; left out: 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                   ///< [1] mean over the pairs
    Of<T> grad_chosen_logprob;    ///< [n] d loss / d chosen_logprob
    Of<T> grad_rejected_logprob;  ///< [n] d loss / d rejected_logprob
    Of<T> chosen_reward;          ///< [n] beta * log-ratio of the preferred answer
    Of<T> rejected_reward;        ///< [n] beta * log-ratio of the other one
  };
  struct options {
    dpo_loss_type loss_type = dpo_loss_type::sigmoid;
    double beta = 0.1;           ///< > 0
    double label_smoothing = 0;  ///< [0, 0.5), > 0 for exo_pair; read by sigmoid, robust and exo_pair
    dpo_divergence divergence = dpo_divergence::reverse_kl;
    double alpha = 0.5;          ///< of alpha_divergence
    double discopop_tau = 0.05;  ///< > 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_logprob", &I::chosen_logprob, "N", drawn(-9, 0)),
                      array("rejected_logprob", &I::rejected_logprob, "N", drawn(-9, 0)),
                      array("ref_chosen_logprob", &I::ref_chosen_logprob, "N", drawn(-9, 0)),
                      array("ref_rejected_logprob", &I::ref_rejected_logprob, "N", drawn(-9, 0)),
                      optional_array("chosen_length", &I::chosen_length, "N", counts_from(1, 9)),
                      optional_array("rejected_length", &I::rejected_length, "N", counts_from(1, 9)),
                      optional_array("weight", &I::weight, "N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_chosen_logprob", &O::grad_chosen_logprob, "N"),
                      array("grad_rejected_logprob", &O::grad_rejected_logprob, "N"),
                      array("chosen_reward", &O::chosen_reward, "N"),
                      array("rejected_reward", &O::rejected_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(
        choice("loss_type", &options::loss_type), option("beta", &options::beta, greater_than(0, 0.05, 1)),
        option("label_smoothing", &options::label_smoothing, label_share()), choice("divergence", &options::divergence),
        option("alpha", &options::alpha), option("discopop_tau", &options::discopop_tau, greater_than(0, 0.05, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_logprob", "loss", "chosen_logprob"},
                                        gradient{"grad_rejected_logprob", "loss", "rejected_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// s(x) and s'(x) of a divergence; exponents are at most `cap`.
struct dpo_score {
  double value, slope;

  GUERDON_HD dpo_score(double x, const op::dpo_loss::options& o, double cap) : value(x), slope(1) {
    switch (o.divergence) {
      case dpo_divergence::reverse_kl:
        break;
      case dpo_divergence::forward_kl:
        slope = math::exp(math::min(-x, cap));
        value = -slope;
        break;
      case dpo_divergence::js_divergence: {
        const logistic_value l = logistic(x);
        value = -l.loss, slope = -l.slope;
        break;
      }
      case dpo_divergence::alpha_divergence:
        if (o.alpha == 1) break;
        slope = math::exp(math::min((o.alpha - 1) * x, cap));
        value = slope / (o.alpha - 1);
        break;
    }
  }
};

/// Loss of a pair and its derivatives by the two log-probabilities.
struct dpo_pair {
  double loss, chosen_slope, rejected_slope;
};

/// From the log-ratios xc and xr, their scores c and r, and z; the lengths are read by ipo and sigmoid_norm.
GUERDON_HD inline dpo_pair dpo_pair_of_scores(double xc, double xr, const dpo_score& c, const dpo_score& r, double z,
                                              double chosen_length, double rejected_length,
                                              const op::dpo_loss::options& o, double cap) {
  using math::sigmoid;
  const double b = o.beta, e = o.label_smoothing;
  // By the two scores; `raw` is by the chosen log-ratio itself.
  const auto by_scores = [&](double loss, double by_c, double by_r, double raw = 0) {
    return dpo_pair{loss, by_c * c.slope + raw, by_r * r.slope};
  };
  switch (o.loss_type) {
    case dpo_loss_type::sigmoid: {
      const logistic_value l = smoothed_logistic(z, e);
      return by_scores(l.loss, b * l.slope, -b * l.slope);
    }
    case dpo_loss_type::robust: {
      const math::logistic_sides<double> s(z);
      const double loss = (-(1 - e) * s.log_up + math::zero_select_product(e, s.log_down)) / (1 - 2 * e);
      const double slope = b * (-(1 - e) * s.down - e * s.up) / (1 - 2 * e);
      return by_scores(loss, slope, -slope);
    }
    case dpo_loss_type::hinge: {
      const double slope = z < 1 ? -b : 0;
      return by_scores(math::max(1 - z, 0.0), slope, -slope);
    }
    case dpo_loss_type::ipo: {
      const double u = c.value / chosen_length - r.value / rejected_length - 1 / (2 * b);
      return by_scores(u * u, 2 * u / chosen_length, -2 * u / rejected_length);
    }
    case dpo_loss_type::ipo_sum: {
      const double u = c.value - r.value - 1 / (2 * b);
      return by_scores(u * u, 2 * u, -2 * u);
    }
    case dpo_loss_type::sigmoid_norm: {
      const logistic_value l = logistic(b * (c.value / chosen_length - r.value / rejected_length));
      return by_scores(l.loss, b * l.slope / chosen_length, -b * l.slope / rejected_length);
    }
    case dpo_loss_type::exo_pair: {
      const math::logistic_sides<double> s(z);
      const double q = s.up, p = s.down, won = s.log_up - math::log(1 - e), lost = s.log_down - math::log(e);
      const double slope = b * q * p * (won - lost);
      return by_scores(q * won + p * lost, slope, -slope);
    }
    case dpo_loss_type::nca_pair: {
      const math::logistic_sides<double> won(b * c.value), lost(b * r.value);
      return by_scores(-won.log_up - 0.5 * won.log_down - 0.5 * lost.log_down, b * (-won.down + 0.5 * won.up),
                       0.5 * b * lost.up);
    }
    case dpo_loss_type::bco_pair: {
      const math::logistic_sides<double> won(b * c.value), lost(b * r.value);
      return by_scores(-won.log_up - lost.log_down, -b * won.down, b * lost.up);
    }
    case dpo_loss_type::sppo_hard: {
      const double u = c.value - 1 / (2 * b), v = r.value + 1 / (2 * b);
      return by_scores(u * u + v * v, 2 * u, 2 * v);
    }
    case dpo_loss_type::apo_zero: {
      const math::logistic_sides<double> won(b * xc), lost(b * xr);
      return {won.down + lost.up, -b * won.up * won.down, b * lost.up * lost.down};
    }
    case dpo_loss_type::apo_down: {
      const math::logistic_sides<double> won(b * xc), s(z);
      const double slope = b * s.up * s.down;
      return by_scores(won.up + s.down, -slope, slope, b * won.up * won.down);
    }
    case dpo_loss_type::discopop: {
      const math::logistic_sides<double> s(z), m(z / o.discopop_tau);
      const double exponential = math::exp(math::min(-z, cap));
      const double slope =
          b * (-s.down * m.down - exponential * m.up + (exponential + s.log_up) * m.up * m.down / o.discopop_tau);
      return by_scores(-s.log_up * m.down + exponential * m.up, slope, -slope);
    }
  }
  return {0, 0, 0};
}

/// From the log-ratios alone. A NaN z makes all of it NaN.
GUERDON_HD inline dpo_pair dpo_pair_loss(double xc, double xr, double chosen_length, double rejected_length,
                                         const op::dpo_loss::options& o, double cap) {
  const dpo_score c(xc, o, cap), r(xr, o, cap);
  const double z = o.beta * (c.value - r.value);
  const dpo_pair pair = dpo_pair_of_scores(xc, xr, c, r, z, chosen_length, rejected_length, o, cap);
  const bool lost = z != z;
  return {math::select(lost, z, pair.loss), math::select(lost, z, pair.chosen_slope),
          math::select(lost, z, pair.rejected_slope)};
}

/// The options with loss and divergence as constants where they are the usual ones, so that a loop over pairs vectorises.
template <bool usual>
GUERDON_HD op::dpo_loss::options dpo_options(op::dpo_loss::options o) {
  if constexpr (usual) o.loss_type = dpo_loss_type::sigmoid, o.divergence = dpo_divergence::reverse_kl;
  return o;
}
inline bool usual_dpo(const op::dpo_loss::options& o) {
  return o.loss_type == dpo_loss_type::sigmoid && o.divergence == dpo_divergence::reverse_kl;
}

/// Writes what belongs to a pair, and returns its loss.
template <bool usual, class T>
struct dpo_loss_of_pair {
  op::dpo_loss::inputs<T> in;
  op::dpo_loss::outputs<T> out;
  op::dpo_loss::options options;
  const T* weights;  ///< of something where there are none
  index_t n;
  double cap;

  dpo_loss_of_pair(const op::dpo_loss::inputs<T>& in_, const op::dpo_loss::outputs<T>& out_,
                   const op::dpo_loss::options& o)
      : in(in_),
        out(out_),
        options(o),
        weights(in.weight ? in.weight.data() : in.chosen_logprob.data()),
        n(in.chosen_logprob.size()),
        cap(std::is_same_v<T, double> ? 700 : 80) {}
  GUERDON_HD lanes<double, 1> operator()(index_t i) const {
    const op::dpo_loss::options o = dpo_options<usual>(options);
    const bool per_token = o.loss_type == dpo_loss_type::ipo || o.loss_type == dpo_loss_type::sigmoid_norm;
    const double xc = double(in.chosen_logprob[i]) - double(in.ref_chosen_logprob[i]);
    const double xr = double(in.rejected_logprob[i]) - double(in.ref_rejected_logprob[i]);
    const double chosen_length = per_token ? double(in.chosen_length[i]) : 1;
    const double rejected_length = per_token ? double(in.rejected_length[i]) : 1;
    const dpo_pair pair = dpo_pair_loss(xc, xr, chosen_length, rejected_length, o, cap);
    const double weight = math::select(bool(in.weight), double(weights[i]), 1.0);
    out.grad_chosen_logprob[i] = T(math::zero_select_product(weight, pair.chosen_slope) / double(n));
    out.grad_rejected_logprob[i] = T(math::zero_select_product(weight, pair.rejected_slope) / double(n));
    out.chosen_reward[i] = T(o.beta * xc);
    out.rejected_reward[i] = T(o.beta * xr);
    return {math::zero_select_product(weight, pair.loss)};
  }
};

/// Writes loss, gradients and implicit rewards.
template <real T = float, backend Backend>
void dpo_loss(const Backend& backend, const op::dpo_loss::inputs<T>& in, const op::dpo_loss::outputs<T>& out,
              const op::dpo_loss::options& o) {
  const auto rule = check<op::dpo_loss>(backend, in, out, o);
  const index_t n = in.chosen_logprob.size();
  const bool per_token = o.loss_type == dpo_loss_type::ipo || o.loss_type == dpo_loss_type::sigmoid_norm;
  rule(!per_token || in.chosen_length || n == 0, "chosen_length", "is required for this loss_type and was not given");
  rule(!per_token || in.rejected_length || n == 0, "rejected_length",
       "is required for this loss_type and was not given");
  rule(o.label_smoothing > 0 || o.loss_type != dpo_loss_type::exo_pair, "label_smoothing",
       "must be greater than 0 for exo_pair; usual is 1e-3");

  const write_mean_loss<T> mean{out.loss, n};
  if (usual_dpo(o)) reduce_array<add>(backend, n, dpo_loss_of_pair<true, T>(in, out, o), mean);
  else reduce_array<add>(backend, n, dpo_loss_of_pair<false, T>(in, out, o), mean);
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto dpo_loss(const Backend& backend, const op::dpo_loss::inputs<T>& in, const op::dpo_loss::options& o = {}) {
  return returned<op::dpo_loss, T>(backend, in, o, [&](auto& out) { dpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
