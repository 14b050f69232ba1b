#pragma once
// The clipped surrogate of PPO with all its published guards, and its closed-form gradient.
//
// With the log-ratio $d = \log\pi(a) - \log\pi_{old}(a)$, the ratio $r = e^d$ and the advantage $A$ of a token:
//
// $$u_1 = -A \min(r, \delta), \qquad u_2 = -A \mathrm{clip}(r, 1-\epsilon_{low}, 1+\epsilon_{high}), \qquad
//   \ell = \max(u_1, u_2)$$
//
// and for $A < 0$ additionally $\ell = \min(\ell, -A c)$ (dual clip). The loss is the weighted sum of the valid
// tokens' $\ell$ (see loss_aggregate). The gradient of a token is $-A r$, and 0 where the clip holds ($u_2 > u_1$),
// where $r > \delta$, where $A < 0$ and $r > c$, and where the log-ratio clamp holds.
//
// Source: PPO, arXiv:1707.06347, eq. 7; dual clip, arXiv:1912.09729, eq. 5; clip-higher, DAPO, arXiv:2503.14476,
// eq. 10; two-sided clip delta, INTELLECT-2, arXiv:2505.07291.
//
// Details that differ:
// - Dual clip is off here, as in the paper, TRL, OpenRLHF and NeMo-RL; verl and ROLL switch it on (3).
// - The log-ratio is clamped to +-20, as in verl; `log_ratio_clamp = inf` switches that off.
// - Clamps are inclusive (the gradient passes at the bound), "clipped" is strict. A zero advantage gives exactly 0
//   even where the ratio overflows.
// - A NaN on a valid token shows in the loss and in that token's gradient; under the mask it is never read.
// - `clip_fraction` counts tokens with $u_2 > u_1$, unweighted.
//
// Cost: 17 bytes per token in float (three arrays read with one advantage per row it is 13, mask, gradient written),
// plus one byte per token to count the valid ones.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Bounds of the clipped surrogate.
struct clip_bounds {
  double clip_low = 0.2;   ///< >= 0 and < 1, or infinity: no lower bound
  double clip_high = 0.2;  ///< >= 0; clip-higher: 0.28; infinity: no upper bound
  double dual_clip = std::numeric_limits<double>::infinity();  ///< > 1; usual 3
  double delta = std::numeric_limits<double>::infinity();      ///< > 1
};

inline void require_clip_bounds(const clip_bounds& c, std::string_view operation) {
  require(c.clip_low >= 0 && (c.clip_low < 1 || c.clip_low == std::numeric_limits<double>::infinity()), operation,
          "clip_low", "must be at least 0 and below 1, or infinite");
  require(c.clip_high >= 0, operation, "clip_high", "must be at least 0");
  require(c.dual_clip > 1, operation, "dual_clip", "must be greater than 1");
  require(c.delta > 1, operation, "delta", "must be greater than 1");
}

/// Loss and slope for a ratio r whose derivative by the token's log-probability is `r_slope`.
template <class R>
GUERDON_HD token_loss<R> clip_ratio(R advantage, R r, R r_slope, const clip_bounds& bounds) {
  const R low = R(1) - R(bounds.clip_low), high = R(1) + R(bounds.clip_high);
  const R dual = R(bounds.dual_clip), delta = R(bounds.delta);
  const bool positive = advantage > R(0), negative = advantage < R(0);
  const R bounded = math::min(r, delta);
  // An infinite advantage makes both surrogates infinite: neither is the larger, and the range clips nothing.
  const bool comparable = math::abs(advantage) < std::numeric_limits<R>::infinity();
  const R inside = math::select(comparable, math::clamp(r, low, high), bounded);
  // The larger of the surrogates is -A times the smaller ratio where A > 0, and times the larger where A < 0. Without a
  // sign it is finite for A = 0, even if r overflows, and NaN where A is.
  const R no_sign = math::min(r, R(1)) + advantage;
  const R ratio = math::select(positive, math::min(bounded, inside),
                               math::select(negative, math::max(bounded, inside), no_sign));
  const R factor = math::select(negative, math::min(ratio, dual), ratio);
  const bool clipped = (positive | negative) & ((ratio < bounded) | (ratio > bounded));
  const bool stopped = (factor < r) | (factor > r);  // the gradient passes where the factor is r itself
  return {-advantage * factor, math::select(stopped, R(0), -advantage * r_slope), math::select(clipped, R(1), R(0))};
}

/// The token term of PPO: clip_ratio of exp(clamped log-ratio).
struct clipped_surrogate {
  clip_bounds bounds = {};
  double log_ratio_clamp = 20;

  GUERDON_HD clipped_surrogate at_row(index_t) const { return *this; }
  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t) const {
    const R limit = R(log_ratio_clamp), d = t.logprob - t.old_logprob;
    const R r = math::exp_clamped(d, -limit, limit);
    const R r_slope = math::select(math::abs(d) > limit, R(0), r);
    return clip_ratio(t.advantage, r, r_slope, bounds);
  }
};

template <storage T>
using ppo_clip_loss_inputs = policy_objective_inputs<T>;
template <storage T, template <class> class Of = view>
using ppo_clip_loss_outputs = policy_objective_outputs<T, Of>;

struct ppo_clip_loss_options {
  double clip_low = 0.2;   ///< >= 0 and < 1, or infinity
  double clip_high = 0.2;  ///< >= 0
  double dual_clip = std::numeric_limits<double>::infinity();  ///< > 1; infinity: off
  double delta = std::numeric_limits<double>::infinity();      ///< > 1; infinity: off
  double log_ratio_clamp = 20;                                 ///< > 0; infinity: off
  aggregation_options aggregation = {};
};

/// Writes loss, gradient and clip fraction. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void ppo_clip_loss(const Backend& backend, const ppo_clip_loss_inputs<T>& in, const ppo_clip_loss_outputs<T>& out,
                   const ppo_clip_loss_options& o = {}) {
  const clip_bounds bounds{o.clip_low, o.clip_high, o.dual_clip, o.delta};
  require_clip_bounds(bounds, "ppo_clip_loss");
  require(o.log_ratio_clamp > 0, "ppo_clip_loss", "log_ratio_clamp", "must be greater than 0");
  policy_objective(backend, in, out, clipped_surrogate{bounds, o.log_ratio_clamp}, o.aggregation, "ppo_clip_loss");
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto ppo_clip_loss(const Backend& backend, const ppo_clip_loss_inputs<T>& in, const ppo_clip_loss_options& o = {}) {
  ppo_clip_loss_outputs<T, Backend::template array> result{
      backend.template make<T>(1), backend.template make<T>(in.logprob.size()), backend.template make<T>(1)};
  ppo_clip_loss<T>(backend, in, {result.loss, result.grad_logprob, result.clip_fraction}, o);
  return result;
}

}}  // namespace guerdon
