#pragma once
// Policy loss of a batch in which some rows were not sampled by the policy: those are shaped so that unlikely tokens
// are learned (RGR-GRPO, LUFFY).
//
// With $r = \pi(a) / \pi_{old}(a)$, rows of the policy have $u = -A r$; the others, with $x = \pi(a)$ (`policy`) or
// $x = r$ (`behavior`):
//
// $$u = -A\,\frac{x}{x + \gamma}, \qquad
//   \frac{\partial u}{\partial \log\pi(a)} = -A\,\frac{\gamma\,x}{(x + \gamma)^2}$$
//
// and with `mixed` $u = -A\,\pi(a) / (\pi_{old}(a) + \gamma)$, which is its own gradient. The loss is the sum over
// tokens divided by the B rows (`response_sum`) or by the number of valid tokens (`token_mean`).
//
// Source: RGR-GRPO, arXiv:2511.12344; the shaping of `policy` is that of LUFFY, arXiv:2504.14945.
//
// Details that differ:
// - The digest of RGR-GRPO prints `mixed` but says that shaping gives unlikely tokens more weight, which is true of
//   `policy`: the factor of its gradient is largest for x near gamma.
// - The authors clip nothing. `clip` gives the rows of the policy PPO's clip; the others are never clipped.
// - With gamma 0 the others have weight 1 and no gradient. So they have where x overflows. A denominator of 0 gives 0.
// - An advantage of 0 gives 0 even where a ratio overflows; a NaN stays. With `policy` the old log-probabilities of the
//   other rows are not read.
//
// Cost: as ppo_clip_loss; 1 launch, 2 for token_mean under a mask.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/score.hpp>

namespace guerdon {

/// What stands in for the ratio where the row was not sampled by the policy.
enum class off_policy_ratio { policy, behavior, mixed };
constexpr auto enumerators(off_policy_ratio) { return std::array{"policy", "behavior", "mixed"}; }
/// The sum over tokens per row, all rows counted, or the mean over tokens.
enum class mixed_aggregation { response_sum, token_mean };
constexpr auto enumerators(mixed_aggregation) { return std::array{"response_sum", "token_mean"}; }

namespace op {
struct mixed_policy_loss {
  static constexpr info about{"mixed_policy_loss", "objective",
                              "Policy loss with shaped rows of other policies (RGR-GRPO, LUFFY)",
                              "arXiv:2511.12344; arXiv:2504.14945", skeleton::global_reduce};
  template <storage T>
  struct inputs {
    segments rows;                  ///< cuts the tokens into B responses
    view<const T> logprob;          ///< [tokens] now, under the plain question
    view<const T> old_logprob;      ///< [tokens] when the token was sampled
    view<const T> advantage;        ///< [B]
    view<const flag_t> off_policy;  ///< [B] 1 = not sampled by the policy
    view<const flag_t> mask = {};   ///< [tokens] 1 = generated; left out: all are
  };
  template <storage T, template <class> class Of = view>
  using outputs = loss_outputs<T, Of>;
  struct options {
    bool clip = false;           ///< PPO's clip for the rows of the policy
    double clip_low = 0.2;       ///< >= 0, with clip
    double clip_high = 0.2;      ///< >= 0, with clip
    double shaping_gamma = 0.1;  ///< >= 0, finite
    off_policy_ratio off_ratio = off_policy_ratio::policy;
    mixed_aggregation aggregation = mixed_aggregation::response_sum;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-3, 0)),
                      array("old_logprob", &I::old_logprob, "B,T", drawn(-3, 0)),
                      array("advantage", &I::advantage, "B"), array("off_policy", &I::off_policy, "B", yes_or_no()),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return loss_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple(
        flag("clip", &options::clip), option("clip_low", &options::clip_low, at_least(0, 0.9)),
        option("clip_high", &options::clip_high, at_least(0, 1)),
        option("shaping_gamma", &options::shaping_gamma, within(0, std::numeric_limits<double>::max()).drawn(0, 1)),
        choice("off_ratio", &options::off_ratio), choice("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The term.
struct mixed_surrogate {
  using is_term = void;
  ratio_clip bounds;
  double gamma;
  off_policy_ratio ratio;
  view<const flag_t> off_policy;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row& row) const {
    using R = typename Row::R;
    constexpr R inf = std::numeric_limits<R>::infinity();
    return [off = off_policy[row.index] != 0, clip = bounds, g = R(gamma),
            of_policy = ratio == off_policy_ratio::policy,
            mixed = ratio == off_policy_ratio::mixed](const policy_token<R>& t) {
      const R p = math::exp(t.logprob), r = math::exp(t.logprob - t.old_logprob);
      const token_loss<R> on = clip_ratio(t.advantage, {r, r}, clip);
      const R x = math::select(of_policy | mixed, p, r), below = math::select(mixed, math::exp(t.old_logprob), x) + g;
      const R shaped = math::select((x == inf) & !mixed, R(1), math::select(below == R(0), R(0), x / below));
      const R steepness = math::select(mixed, R(1), math::select(below == R(0), R(0), g / below));
      const R loss = -product_of_numbers(t.advantage, shaped),
              slope = -product_of_numbers(t.advantage, steepness * shaped);
      return token_loss<R>{math::select(off, loss, on.loss), math::select(off, slope, on.slope), R(0)};
    };
  }
};

/// Writes loss and gradient.
template <storage T = float, backend Backend>
void mixed_policy_loss(const Backend& backend, const op::mixed_policy_loss::inputs<T>& in,
                       const op::mixed_policy_loss::outputs<T>& out, const op::mixed_policy_loss::options& o) {
  check<op::mixed_policy_loss>(backend, in, out, o);
  constexpr double off = op::range::infinity;
  const bool sum = o.aggregation == mixed_aggregation::response_sum;
  const policy_inputs<T> tokens{in.rows, in.logprob, in.old_logprob, in.advantage, {}, in.mask, {}, {}};
  const mixed_surrogate term{{.low = o.clip ? o.clip_low : off, .high = o.clip ? o.clip_high : off},
                             o.shaping_gamma, o.off_ratio, in.off_policy};
  launch_objective(backend, tokens, without_clip_fraction<T>(out), term,
                   {.mode = sum ? aggregation_mode::seq_mean_token_sum : aggregation_mode::token_mean,
                    .global_batch_size = in.rows.count()});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto mixed_policy_loss(const Backend& backend, const op::mixed_policy_loss::inputs<T>& in,
                       const op::mixed_policy_loss::options& o = {}) {
  return returned<op::mixed_policy_loss, T>(backend, in, o, [&](auto& out) { mixed_policy_loss(backend, in, out, o); });
}

}}  // namespace guerdon
