#pragma once
// Clipped surrogate with one ratio per response: the geometric mean of its tokens' ratios (GSPO).
//
// $$s_i = \exp\Big(\frac{1}{|y_i|} \sum_t \log\frac{\pi(y_{i,t})}{\pi_{old}(y_{i,t})}\Big), \qquad
//   \ell_i = \max\big(-A_i s_i,\; -A_i \mathrm{clip}(s_i, 1-\epsilon_{low}, 1+\epsilon_{high})\big)$$
//
// `level = sequence` is this formula: every token of the response gets the gradient $-A_i s_i / |y_i|$, or 0
// where the clip holds. `level = sequence_token` gives each token the response's ratio in value and lets the
// gradient pass through that token alone, $-A_{i,t} s_i$: then advantages may differ inside a response.
//
// Source: GSPO, arXiv:2507.18071, eq. 5 to 7 (sequence) and 13 to 15 (token form).
//
// Details that differ:
// - With one advantage per response and seq_mean_token_mean, both levels are the same loss. verl
//   runs the token form; TRL, slime and Liger the sequence form; AReaL the sequence form with the mean token
//   advantage, which is what `sequence` does with one advantage per token.
// - The usable clip range is a thousand times narrower than PPO's (3e-4 and 4e-4 in the paper): the mean of
//   many log-ratios moves little.
// - `log_ratio_max` bounds the mean log-ratio from above before the exponential, and beyond it the gradient
//   is 0; single tokens are not clamped. `sequence` does without it, without `is_weight` and without
//   `aggregation` (it is the mean over responses that have a valid token, times dp_size).
// - A NaN log-probability on a valid token makes its whole response NaN, as does a NaN advantage of the response. A NaN
//   advantage or weight of one token, in the token form, only that token's gradient and the loss.
// - The token form is the derivative of the loss only where the response's tokens share weight and advantage.
//
// Cost: as ppo_clip_loss, plus 9 bytes per token in float for the pass that finds the ratios.

#include <guerdon/objective/ppo_clip_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class gspo_level { sequence_token, sequence };

template <storage T>
using gspo_loss_inputs = policy_objective_inputs<T>;
template <storage T, template <class> class Of = view>
using gspo_loss_outputs = policy_objective_outputs<T, Of>;

struct gspo_loss_options {
  double clip_low = 3e-4;   ///< >= 0 and < 1, or infinity
  double clip_high = 4e-4;  ///< >= 0
  gspo_level level = gspo_level::sequence_token;
  double log_ratio_max = 10;  ///< infinity: off
  aggregation_options aggregation = {.mode = aggregation_mode::seq_mean_token_mean};
};

namespace detail {

/// Mean over the valid tokens of each row of the log-ratio, and of the token advantages where they are asked
/// for.
template <class T>
struct row_means {
  policy_objective_inputs<T> in;
  view<double> log_ratio;  // [B]
  view<double> advantage;  // [B], or empty

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
    const auto total = team.template reduce<add, add, add>(n, [=](index_t i) {
      const bool valid = masked ? mask[i] != 0 : true;
      const R a = per_token ? R(token_advantage[i]) : R(0);
      return lanes{math::select(valid, R(logprob[i]) - R(old_logprob[i]), R(0)), math::select(valid, a, R(0)),
                   math::select(valid, R(1), R(0))};
    });
    team.once([&] {
      log_ratio[row] = total[2] > 0 ? total[0] / total[2] : 0;
      if (per_token) advantage[row] = total[2] > 0 ? total[1] / total[2] : 0;
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
    const double s = log_ratio[row];
    const double ratio = math::exp(math::min(s, log_ratio_max));
    return {bounds, ratio, s > log_ratio_max ? 0 : ratio, advantage ? advantage[row] : 0,
            static_cast<bool>(advantage)};
  }
};

/// Writes loss, gradient and clip fraction. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void gspo_loss(const Backend& backend, const gspo_loss_inputs<T>& in, const gspo_loss_outputs<T>& out,
               const gspo_loss_options& o = {}) {
  constexpr auto op = "gspo_loss";
  const clip_bounds bounds{o.clip_low, o.clip_high};
  require_clip_bounds(bounds, op);
  require_choice(o.level, gspo_level::sequence, op, "level");
  require(!is_missing(o.log_ratio_max), op, "log_ratio_max", "must be a number");

  // The mean over rows is what seq_mean_token_mean makes of a loss that all tokens of a row share.
  const bool sequence = o.level == gspo_level::sequence;
  aggregation_options aggregation = o.aggregation;
  auto used = in;
  if (sequence) {
    aggregation.mode = aggregation_mode::seq_mean_token_mean;
    used.is_weight = {};
  }
  require_policy_objective(backend, in, out, aggregation, op);

  auto scratch = backend.scratch();
  const index_t rows = in.rows.count();
  const auto log_ratio = scratch.template take<double>(rows);
  const auto advantage =
      sequence && in.token_advantage ? scratch.template take<double>(rows) : view<double>();
  backend.for_segments(in.rows, detail::row_means<T>{in, log_ratio, advantage});
  const double limit = sequence ? std::numeric_limits<double>::infinity() : o.log_ratio_max;
  policy_objective(backend, used, out, sequence_surrogate{bounds, limit, log_ratio, advantage}, aggregation,
                   op);
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
