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
// Cost: as ppo_clip_loss, plus 9 bytes per token in float for the pass that finds the ratios.

#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/runs.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class gspo_level { sequence_token, sequence, segment };
enum class gspo_reduce { mean, sum };

template <storage T>
using gspo_loss_inputs = policy_objective_inputs<T>;
template <storage T, template <class> class Of = view>
using gspo_loss_outputs = policy_objective_outputs<T, Of>;

struct gspo_loss_options {
  double clip_low = 3e-4;   ///< >= 0 and < 1, or infinity
  double clip_high = 4e-4;  ///< >= 0
  gspo_level level = gspo_level::sequence_token;
  gspo_reduce reduce = gspo_reduce::mean;  ///< of the log-ratios; sum is for the other two levels
  double dual_clip = std::numeric_limits<double>::infinity();  ///< > 1; infinity: off
  double delta = std::numeric_limits<double>::infinity();      ///< > 1; infinity: off
  double log_ratio_max = 10;                                   ///< infinity: off
  aggregation_options aggregation = {.mode = aggregation_mode::seq_mean_token_mean};
};

namespace detail {

/// Of each row's valid tokens the mean of the log-ratios, or their sum and number, and the mean of the token advantages
/// where it is asked for.
template <class T>
struct row_means {
  policy_objective_inputs<T> in;
  view<double> log_ratio;  // [B]
  view<double> advantage;  // [B], or empty
  view<double> length;     // [B], or empty: the mean

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    if (advantage)
      in.mask ? mean<true, true>(team, row) : mean<false, true>(team, row);
    else
      in.mask ? mean<true, false>(team, row) : mean<false, false>(team, row);
  }

 private:
  template <bool masked, bool per_token, class Team>
  GUERDON_HD void mean(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const logprob = in.logprob.data() + begin;
    const T* const old_logprob = in.old_logprob.data() + begin;
    const T* const token_advantage = per_token ? in.token_advantage.data() + begin : nullptr;
    const flag_t* const mask = masked ? in.mask.data() + begin : nullptr;
    const auto total = team.template reduce<add, add, add_narrow>(n, [=](index_t i) {
      const bool valid = masked ? mask[i] != 0 : true;
      const R a = per_token ? R(token_advantage[i]) : R(0);
      return lanes{math::select(valid, R(logprob[i]) - R(old_logprob[i]), R(0)), math::select(valid, a, R(0)),
                   math::select(valid, R(1), R(0))};
    });
    team.once([&] {
      log_ratio[row] = length ? total[0] : total[2] > 0 ? total[0] / total[2] : 0;
      if (length) length[row] = total[2];
      if (per_token) advantage[row] = total[2] > 0 ? total[1] / total[2] : 0;
    });
  }
};

}  // namespace detail

/// Ratio and slope of a bounded log-ratio s.
struct sequence_ratio {
  double ratio, slope;
  GUERDON_HD sequence_ratio(double s, double log_ratio_max)
      : ratio(math::exp(math::min(s, log_ratio_max))), slope(s > log_ratio_max ? 0 : ratio) {}
};

namespace detail {

/// Level segment: one ratio for each run of valid tokens. The arrays of doubles are scratch, [tokens].
template <class T>
struct segment_surrogate {
  policy_objective_inputs<T> in;
  clip_bounds bounds;
  double log_ratio_max;
  bool mean;
  view<const double> weight;
  view<T> gradient;
  view<double> partial;  // [rows, 2]
  view<double> rest, log_ratio, length, slope;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto valid = [*this, begin](index_t i) { return !in.mask || in.mask[begin + i] != 0; };
    const auto run_sums = [&](auto value, const view<double>& sum) {
      detail::run_sums(team, n, valid, value, rest.data() + begin, sum.data() + begin);
    };
    run_sums([*this, begin](index_t i) { return R(in.logprob[begin + i]) - R(in.old_logprob[begin + i]); }, log_ratio);
    if (mean) run_sums([](index_t) { return 1.0; }, length);
    const double w = weight[row];
    const auto total = team.template reduce<add, add>(n, [*this, begin, row, w, valid](index_t i) {
      const index_t at = begin + i;
      if (!valid(i)) return lanes{0.0, 0.0};
      const sequence_ratio s(mean ? log_ratio[at] / length[at] : log_ratio[at], log_ratio_max);
      const R advantage = R(in.token_advantage ? in.token_advantage[at] : in.advantage[row]);
      const token_loss<R> token = clip_ratio(advantage, R(s.ratio), R(s.slope), bounds);
      const double correction = in.is_weight ? double(in.is_weight[at]) : 1;
      slope[at] = w * correction * double(token.slope);
      return lanes{correction * double(token.loss), double(token.clipped)};
    });
    team.once([&] {
      partial[row * 2] = math::zero_select_product(w, total[0]);
      partial[row * 2 + 1] = total[1];
    });
    run_sums([*this, begin](index_t i) { return slope[begin + i]; }, log_ratio);
    team.each(n, [*this, begin, valid](index_t i) {
      const index_t at = begin + i;
      gradient[at] = T(!valid(i) ? 0 : mean ? log_ratio[at] / length[at] : log_ratio[at]);
    });
  }
};

}  // namespace detail

/// The token term: clip_ratio of the row's ratio, which is the same for all its tokens.
struct sequence_surrogate {
  clip_bounds bounds;
  double log_ratio_max;
  view<const double> log_ratio;  // [B]
  view<const double> advantage;  // [B], or empty: the token's own
  view<const double> length;     // [B], or empty: log_ratio is a mean

  struct of_row {
    clip_bounds bounds;
    double ratio, ratio_slope, advantage;
    bool row_advantage;

    GUERDON_HD of_row at_row(index_t) const { return *this; }
    template <class R>
    GUERDON_HD token_loss<R> operator()(const policy_token<R>& t) const {
      return clip_ratio(math::select(row_advantage, R(advantage), t.advantage), R(ratio), R(ratio_slope), bounds);
    }
  };

  GUERDON_HD of_row at_row(index_t row) const {
    const sequence_ratio s(log_ratio[row], log_ratio_max);
    // The tokens share the loss of the row, each with an n-th of its weight; each moves a sum as much as the next.
    const double slope = length ? math::zero_select_product(s.slope, length[row]) : s.slope;
    return {bounds, s.ratio, slope, advantage ? advantage[row] : 0, static_cast<bool>(advantage)};
  }
};

/// Writes loss, gradient and clip fraction. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void gspo_loss(const Backend& backend, const gspo_loss_inputs<T>& in, const gspo_loss_outputs<T>& out,
               const gspo_loss_options& o = {}) {
  constexpr auto op = "gspo_loss";
  const clip_bounds bounds{o.clip_low, o.clip_high, o.dual_clip, o.delta};
  require_clip_bounds(bounds, op);
  require_choice(o.level, gspo_level::segment, op, "level");
  require_choice(o.reduce, gspo_reduce::sum, op, "reduce");
  require(o.reduce == gspo_reduce::mean || o.level != gspo_level::sequence_token, op, "reduce",
          "must be mean at level sequence_token");
  require(!is_missing(o.log_ratio_max), op, "log_ratio_max", "must be a number");

  // The mean over rows is what seq_mean_token_mean makes of a loss that all tokens of a row share.
  const bool sequence = o.level == gspo_level::sequence;
  require(!sequence || !in.is_weight, op, "is_weight", "has no place at level sequence: leave it out");
  require(!sequence || o.aggregation.mode == aggregation_mode::seq_mean_token_mean, op, "aggregation",
          "must be seq_mean_token_mean at level sequence");
  require_policy_objective(backend, in, out, o.aggregation, op);

  auto scratch = backend.scratch();
  const index_t rows = in.rows.count(), tokens = in.logprob.size();
  const bool mean = o.reduce == gspo_reduce::mean;
  if (o.level == gspo_level::segment) {
    const auto rest = scratch.template take<double>(tokens), log_ratio = scratch.template take<double>(tokens);
    const auto length = scratch.template take<double>(tokens), slope = scratch.template take<double>(tokens);
    return detail::launch_objective(
        backend, in, out, o.aggregation, [&](view<const double> weight, view<double> partial) {
          return detail::segment_surrogate<T>{in,      bounds, o.log_ratio_max, mean,   weight, out.grad_logprob,
                                              partial, rest,   log_ratio,       length, slope};
        });
  }
  const auto log_ratio = scratch.template take<double>(rows);
  const auto advantage =
      sequence && in.token_advantage ? scratch.template take<double>(rows) : view<double>();
  const auto length = mean ? view<double>() : scratch.template take<double>(rows);
  backend.for_segments(in.rows, detail::row_means<T>{in, log_ratio, advantage, length});
  policy_objective(backend, in, out, sequence_surrogate{bounds, o.log_ratio_max, log_ratio, advantage, length},
                   o.aggregation, op);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto gspo_loss(const Backend& backend, const gspo_loss_inputs<T>& in, const gspo_loss_options& o = {}) {
  gspo_loss_outputs<T, Backend::template array> result{
      backend.template make<T>(1), backend.template make<T>(in.logprob.size()), backend.template make<T>(1)};
  gspo_loss<T>(backend, in, {result.loss, result.grad_logprob, result.clip_fraction}, o);
  return result;
}

}}  // namespace guerdon
