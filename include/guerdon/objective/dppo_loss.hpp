#pragma once
// Policy gradient on the tokens whose probability has not moved too far: a trust region of probabilities in place of
// the clip of ratios (DPPO).
//
// $$\ell = -A\,\min(r, c)\,\log\pi(a)\,k \;\text{(score, the ratio constant)}, \qquad
//   \ell = -A\,r\,k \;\text{(ratio)}$$
//
// with $k = 1$ for the tokens that are kept, else 0. With $p = \pi(a)$ and $q = \pi_{old}(a)$ a token is kept if
//
// | divergence | where $A > 0$ | where $A \le 0$ |
// |---|---|---|
// | tv | $p - q \le t_{high}$ | $p - q \ge -t_{low}$ |
// | kl | $D(q, p) \le t_{high}$ or $p \le q$ | $D(q, p) \le t_{low}$ or $p \ge q$ |
//
// where $D(q, p) = q \log\frac{q}{p} + (1-q) \log\frac{1-q+10^{-8}}{1-p+10^{-8}}$. Without `conditional` both tests
// hold for every token. `kl_tau` adds $\tau d^2$ to every valid token, kept or not, $d = \log r$ after its clamp.
//
// Source: DPPO, arXiv:2602.04879; without `conditional`, prime-rl.
//
// Details that differ:
// - A rare token that goes from 0.01 to 0.02 is kept though its ratio is 2; with a threshold of 0.1 a common one that
//   goes from 0.8 to 0.92 is dropped though PPO keeps it.
// - prime-rl: not conditional, ratio, kl_tau 1e-3, with thresholds of 0.1 (ipo), or low 0.2 and high infinite and
//   A = ref_logprob - logprob as a constant (ref_kl). Infinity switches a side off.
// - What is dropped counts 0 even where its loss is infinite; NaN stays NaN. Dropped tokens stay in the divisor.
//
// Cost: as ppo_clip_loss, plus one byte per token for keep_mask; 2 launches, 1 where the divisor is known.

#include <guerdon/objective/ratios.hpp>
#include <guerdon/objective/score.hpp>

namespace guerdon {

/// How the distance of two probabilities is measured: their difference, or the KL of having the token or not.
enum class token_divergence { tv, kl };
constexpr auto enumerators(token_divergence) { return std::array{"tv", "kl"}; }
/// The score weighed by a constant ratio, or the ratio itself.
enum class token_surrogate { score, ratio };
constexpr auto enumerators(token_surrogate) { return std::array{"score", "ratio"}; }

namespace op {
struct dppo_loss {
  static constexpr info about{"dppo_loss", "objective", "Policy gradient in a trust region of probabilities (DPPO)",
                              "arXiv:2602.04879", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [1]
    Of<T> grad_logprob;    ///< [tokens] d loss / d logprob, 0 under the mask
    Of<flag_t> keep_mask;  ///< [tokens] 1 = valid and kept
  };
  struct options {
    token_divergence divergence = token_divergence::tv;
    double threshold_low = 0.2;   ///< how far a probability may fall
    double threshold_high = 0.2;  ///< how far it may rise
    token_surrogate surrogate = token_surrogate::score;
    double ratio_cap = 20;        ///< most that surrogate score weighs
    double kl_tau = 0;            ///< of the penalty on the squared log-ratio; 0: none
    bool conditional = true;      ///< the sign of the advantage says which side is tested
    double log_ratio_clamp = 20;  ///< > 0; infinity: off
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple_cat(loss_results<O>(), std::tuple(array("keep_mask", &O::keep_mask, "B,T")));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(choice("divergence", &options::divergence),
                                     option("threshold_low", &options::threshold_low, any_value().drawn(0, 0.6)),
                                     option("threshold_high", &options::threshold_high, any_value().drawn(0, 0.6)),
                                     choice("surrogate", &options::surrogate),
                                     option("ratio_cap", &options::ratio_cap, any_value().drawn(0.5, 20)),
                                     option("kl_tau", &options::kl_tau, any_value().drawn(0, 0.1)),
                                     flag("conditional", &options::conditional),
                                     option("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob", "surrogate=ratio"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The test that a token is kept by.
template <class R>
struct probability_region {
  R low, high;
  bool kl, conditional;

  GUERDON_HD bool operator()(R advantage, R logprob, R old_logprob) const {
    const R p = math::exp(logprob), q = math::exp(old_logprob), difference = p - q;
    const R rest_p = R(1e-8) - math::expm1(logprob), rest_q = R(1e-8) - math::expm1(old_logprob);
    const R divergence = math::zero_select_product(q, old_logprob - logprob) +
                         math::zero_select_product(R(1) - q, math::log(rest_q / rest_p));
    const bool not_above = kl ? (divergence <= high) | (p <= q) : difference <= high;
    const bool not_below = kl ? (divergence <= low) | (p >= q) : difference >= -low;
    const bool up = advantage > R(0);
    return (not_above | (conditional & !up)) & (not_below | (conditional & up));
  }
};

/// The term. Writes which tokens are kept.
struct region_surrogate {
  using is_term = void;
  op::dppo_loss::options o;
  view<flag_t> keep_mask;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    const probability_region<R> holds{R(o.threshold_low), R(o.threshold_high), o.divergence == token_divergence::kl,
                                      o.conditional};
    return [holds, of = token_ratio{o.log_ratio_clamp}.at_row(team, row),
            scored = o.surrogate == token_surrogate::score, limit = R(o.log_ratio_clamp), cap = R(o.ratio_cap),
            tau = R(o.kl_tau), kept = keep_mask.data() + row.begin](const policy_token<R>& t) {
      const bool keep = holds(t.advantage, t.logprob, t.old_logprob);
      kept[t.index] = flag_t(t.valid & keep);
      const ratio_value<R> v = of(t);
      const token_loss<R> score = score_loss(product_of_numbers(t.advantage, math::min(v.ratio, cap)), t.logprob);
      const token_loss<R> ratio = {-product_of_numbers(t.advantage, v.ratio), -product_of_numbers(t.advantage, v.slope),
                                   R(0)};
      const R loss = math::select(scored, score.loss, ratio.loss),
              slope = math::select(scored, score.slope, ratio.slope);
      const auto if_kept = [&](R x) { return math::select(keep | (x != x), x, R(0)); };
      const R difference = t.logprob - t.old_logprob, d = math::clamp(difference, -limit, limit);
      const R pull = math::select(math::abs(difference) > limit, R(0), R(2) * d);
      const auto penalty = [&](R x) { return math::select((tau == R(0)) & (x == x), R(0), tau * x); };
      return token_loss<R>{if_kept(loss) + penalty(d * d), if_kept(slope) + penalty(pull), R(0)};
    };
  }
};

/// Writes loss, gradient and the mask of what is kept.
template <storage T = float, backend Backend>
void dppo_loss(const Backend& backend, const op::dppo_loss::inputs<T>& in, const op::dppo_loss::outputs<T>& out,
               const op::dppo_loss::options& o) {
  const auto rule = check<op::dppo_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  launch_objective(backend, in, policy_outputs<T>{out.loss, out.grad_logprob, {}},
                   region_surrogate{o, out.keep_mask}, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto dppo_loss(const Backend& backend, const op::dppo_loss::inputs<T>& in, const op::dppo_loss::options& o = {}) {
  return returned<op::dppo_loss, T>(backend, in, o, [&](auto& out) { dppo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
