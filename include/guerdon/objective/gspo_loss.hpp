#pragma once
// Clipped surrogate with one ratio per response: the geometric mean of its tokens' ratios (GSPO).
//
// $$s_i = \exp\Big(\frac{1}{|y_i|} \sum_t \log\frac{\pi(y_{i,t})}{\pi_{old}(y_{i,t})}\Big), \qquad
//   \ell_i = \max\big(-A_i s_i,\; -A_i \mathrm{clip}(s_i, 1-\epsilon_{low}, 1+\epsilon_{high})\big)$$
//
// `level = sequence` is this formula: every token of the response gets the gradient $-A_i s_i / |y_i|$, or 0
// where the clip holds. `level = sequence_token` gives each token the response's ratio in value and lets the
// gradient pass through that token alone, $-A_{i,t} s_i$: then advantages may differ inside a response.
// `level = segment` has one ratio for each maximal run of valid tokens (a turn): its tokens share it, each with its own
// advantage and weight, and the gradient is that of this value. `reduce = sum` takes the ratio of the response (or run)
// itself, without the mean in the exponent.
//
// Source: GSPO, arXiv:2507.18071, eq. 5 to 7 (sequence) and 13 to 15 (token form).
//
// Details that differ:
// - With one advantage per response and seq_mean_token_mean, both levels are the same loss. verl
//   runs the token form; TRL, slime and Liger the sequence form; AReaL the sequence form with the mean token
//   advantage, which is what `sequence` does with one advantage per token.
// - The usable clip range is a thousand times narrower than PPO's (3e-4 and 4e-4 in the paper): the mean of
//   many log-ratios moves little.
// - `log_ratio_max` bounds the log-ratio of the response from above before the exponential, and beyond it the gradient
//   is 0; single tokens are not clamped. verl has 10; TRL, slime and Liger have none (infinity).
// - `sequence` is the mean over responses that have a valid token, times dp_size: it takes no other aggregation and no
//   `is_weight`.
// - Dual clip on this ratio: OpenRLHF, NeMo-RL, slime; `delta`: TRL, Liger.
// - A NaN log-probability on a valid token makes its whole response NaN, as does a NaN advantage of the response. A NaN
//   advantage or weight of one token, in the token form, only that token's gradient and the loss.
// - Turns: ROLL. The whole trajectory's ratio: TRL's RLOO trainer; set the bounds near 0.2 then, a sum is $|y_i|$ times as
//   large as a mean.
// - The token form is the derivative of the loss only where the response's tokens share weight and advantage.
//
// Cost: as ppo_clip_loss, plus 9 bytes per token in float for finding the ratios in the same launch; 2 launches, 1
// where the divisor is known.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/ratios.hpp>
#include <guerdon/objective/runs.hpp>

namespace guerdon {

enum class gspo_level { sequence_token, sequence, segment };
constexpr auto enumerators(gspo_level) { return std::array{"sequence_token", "sequence", "segment"}; }
enum class gspo_reduce { mean, sum };
constexpr auto enumerators(gspo_reduce) { return std::array{"mean", "sum"}; }

namespace op {
struct gspo_loss {
  static constexpr info about{"gspo_loss", "objective", "Clipped surrogate with one ratio per response (GSPO)",
                              "arXiv:2507.18071", skeleton::segmented_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = policy_outputs<T, Of>;
  struct options {
    ratio_clip clip = {.low = 3e-4, .high = 4e-4};  ///< braces of your own replace all of it: give low and high
    gspo_level level = gspo_level::sequence_token;
    gspo_reduce reduce = gspo_reduce::mean;  ///< of the log-ratios; sum is for the other two levels
    double log_ratio_max = 10;               ///< infinity: off
    /// Braces of your own replace all of it: give the mode.
    aggregation_options aggregation = {.mode = aggregation_mode::seq_mean_token_mean};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return policy_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("clip", &options::clip),
                          std::tuple(choice("level", &options::level), choice("reduce", &options::reduce),
                                     option("log_ratio_max", &options::log_ratio_max)),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{
      gradient{"grad_logprob", "loss", "logprob", "level=sequence, aggregation=seq-mean-token-mean"},
      gradient{"grad_logprob", "loss", "logprob", "level=segment"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Level segment: one ratio for each run of valid tokens. The arrays of doubles are scratch, [tokens].
template <class T>
struct segment_surrogate {
  static constexpr bool long_segments = true;
  op::policy_objective::inputs<T> in;
  ratio_clip bounds;
  double log_ratio_max;
  bool mean;
  loss_weights weights;
  view<T> gradient;
  view<double> partial;  // [rows, 2]
  view<double> rest, log_ratio, divisor, slope;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const token_row<T, false> tokens(in, row);
    const index_t begin = tokens.begin, n = tokens.length;
    double *const log_ratio_of = log_ratio.data() + begin, *const divisor_of = divisor.data() + begin;
    double *const slope_of = slope.data() + begin, *const to_the_end = rest.data() + begin;
    T* const grad = gradient.data() + begin;
    const auto sum_over_run = [&](double* x) {
      run_sums(team, n, [=](index_t i) { return tokens[i].valid; }, x, to_the_end, x);
    };
    team.each(n, [=](index_t i) {
      log_ratio_of[i] = double(tokens[i].logprob - tokens[i].old_logprob);
      divisor_of[i] = 1;
    });
    sum_over_run(log_ratio_of);
    if (mean) sum_over_run(divisor_of);
    const double w = weights.at_row(team, in.rows, in.mask, row);
    const auto total = team.template reduce<add, add>(n, [=, *this](index_t i) {
      const policy_token<R> t = tokens[i];
      if (!t.valid) return lanes{0.0, 0.0};
      const auto s = bounded_ratio(log_ratio_of[i] / divisor_of[i], log_ratio_max);
      const token_loss<R> token = clip_ratio(t.advantage, {R(s.ratio), R(s.slope)}, bounds);
      const double correction = double(tokens.weight(i));
      slope_of[i] = w * correction * double(token.slope);
      return lanes{correction * double(token.loss), double(token.clipped)};
    });
    team.once([&] {
      partial[row * 2] = math::zero_select_product(w, total[0]);
      partial[row * 2 + 1] = total[1];
    });
    sum_over_run(slope_of);
    team.each(n, [=](index_t i) { grad[i] = T(tokens[i].valid ? slope_of[i] / divisor_of[i] : 0.0); });
  }
};

/// Writes loss, gradient and clip fraction.
template <storage T = float, backend Backend>
void gspo_loss(const Backend& backend, const op::gspo_loss::inputs<T>& in, const op::gspo_loss::outputs<T>& out,
               const op::gspo_loss::options& o) {
  const bool sequence = o.level == gspo_level::sequence, mean = o.reduce == gspo_reduce::mean;
  const auto rule = check<op::gspo_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  check_clip(rule, o.clip);
  rule(mean || o.level != gspo_level::sequence_token, "reduce", "must be mean at level sequence_token");
  rule(!sequence || !in.is_weight, "is_weight", "has no place at level sequence: leave it out");
  // The mean over rows is what seq_mean_token_mean makes of a loss that all tokens of a row share.
  rule(!sequence || o.aggregation.mode == aggregation_mode::seq_mean_token_mean, "aggregation",
       "must be seq_mean_token_mean at level sequence");

  if (o.level != gspo_level::segment) {
    const auto term = sequence_ratio{o.log_ratio_max, !mean} | clipped{o.clip};
    return launch_objective(backend, in, out, mean_advantage<decltype(term)>{term, sequence}, o.aggregation);
  }
  auto scratch = backend.scratch();
  const index_t n = in.logprob.size();
  const auto rest = scratch.template take<double>(n), log_ratio = scratch.template take<double>(n);
  const auto divisor = scratch.template take<double>(n), slope = scratch.template take<double>(n);
  const auto with = with_reference(in);
  launch_policy_program(backend, with, out, o.aggregation, [&](const loss_weights& weights, view<double> partial) {
    return segment_surrogate<T>{with, o.clip,    o.log_ratio_max, mean, weights, out.grad_logprob, partial,
                                rest, log_ratio, divisor,         slope};
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto gspo_loss(const Backend& backend, const op::gspo_loss::inputs<T>& in, const op::gspo_loss::options& o = {}) {
  return returned<op::gspo_loss, T>(backend, in, o, [&](auto& out) { gspo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
