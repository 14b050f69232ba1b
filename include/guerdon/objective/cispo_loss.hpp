#pragma once
// The score weighed by a clipped ratio that is a constant: every token keeps a gradient (CISPO).
//
// $$\ell = -c\,A \log\pi(a), \qquad c = \mathrm{clip}(r,\, 1-\epsilon_{low},\, 1+\epsilon_{high}), \qquad
//   \frac{\partial \ell}{\partial \log\pi(a)} = -c\,A$$
//
// with $r = \pi(a) / \pi_{old}(a)$ of the token, or on level `sequence` and `segment` the geometric mean of the ratios
// of its row or its run of valid tokens (a turn). By default only the upper bound holds.
//
// Source: CISPO, MiniMax-M1, arXiv:2506.13585; `trust_mask` is its unified form.
//
// Details that differ:
// - Both bounds: verl, NeMo-RL, AReaL, SkyRL and torchrl, with clip_low near 0.2. From above alone: MiniMax, TRL,
//   Liger, open-instruct and ms-swift. TRL gives the bound itself, 5.0: `upper_is_absolute`.
// - `trust_mask` drops the tokens whose gradient PPO clips.
// - `out_of_range = zero` drops all tokens on or outside the bounds, whatever the sign of A (SkyRL's rollout_is, with
//   the engine's log-probabilities as old_logprob).
// - Level sequence: TRL. Level segment: ROLL. The log-ratio clamp acts on the mean there.
// - The value depends on the log-probability itself and is not comparable with ppo_clip_loss's; the gradient is.
// - `clip_fraction` is the share of tokens with $c \ne r$.
// - A dropped token counts 0 even at a log-probability of -inf, as does an advantage of 0; NaN stays NaN.
//
// Cost: as ppo_clip_loss, 2 launches, 1 where the divisor is known; one more pass on level sequence, on level
// segment five with 24 bytes of scratch per token.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/ratios.hpp>
#include <guerdon/objective/score.hpp>

namespace guerdon {

/// What becomes of a ratio outside its bounds: the bound, or 0.
enum class ratio_bound { clamp, zero };
constexpr auto enumerators(ratio_bound) { return std::array{"clamp", "zero"}; }

namespace op {
struct cispo_loss {
  static constexpr info about{"cispo_loss", "objective", "Score weighed by a clipped constant ratio (CISPO)",
                              "arXiv:2506.13585", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = policy_outputs<T, Of>;
  struct options {
    ratio_range clip = {.low = range::infinity, .high = 0.2};  ///< braces of your own replace all of it
    bool upper_is_absolute = false;  ///< the upper bound is clip.high itself, not 1 + clip.high
    bool trust_mask = false;         ///< drop what PPO clips
    ratio_level level = ratio_level::token;
    ratio_bound out_of_range = ratio_bound::clamp;
    double log_ratio_clamp = 20;  ///< > 0; infinity: off
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return policy_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("clip", &options::clip),
                          std::tuple(flag("upper_is_absolute", &options::upper_is_absolute),
                                     flag("trust_mask", &options::trust_mask), choice("level", &options::level),
                                     choice("out_of_range", &options::out_of_range),
                                     option("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
                          nested("aggregation", &options::aggregation));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rule: score_loss with the ratio between its bounds as weight.
struct clipped_score {
  using is_rule = void;
  double low, high;
  bool zero_outside = false;  ///< on the bounds and beyond, 0
  bool trust_mask = false;    ///< 0 where the ratio has left the bounds in the direction of the advantage

  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t, const ratio_value<R>& v) const {
    const R r = v.ratio, a = t.advantage, least = R(low), most = R(high);
    const R c = math::select(zero_outside & ((r <= least) | (r >= most)), R(0), math::clamp(r, least, most));
    const bool left = trust_mask & (((a > R(0)) & (r > most)) | ((a < R(0)) & (r < least)));
    const R clipped = math::select((c < r) | (c > r), R(1), R(0));
    return score_loss(product_of_numbers(a, math::select(left, R(0), c)), t.logprob, clipped);
  }
};

/// Writes loss, gradient and clip fraction.
template <storage T = float, backend Backend>
void cispo_loss(const Backend& backend, const op::cispo_loss::inputs<T>& in, const op::cispo_loss::outputs<T>& out,
                const op::cispo_loss::options& o) {
  const auto rule = check<op::cispo_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  check_clip(rule, o.clip);
  auto scratch = backend.scratch();
  const level_ratio ratio{level_means(backend, scratch, in, o.level), o.log_ratio_clamp};
  const clipped_score score{1 - o.clip.low, o.upper_is_absolute ? o.clip.high : 1 + o.clip.high,
                            o.out_of_range == ratio_bound::zero, o.trust_mask};
  launch_objective(backend, in, out, ratio | score, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto cispo_loss(const Backend& backend, const op::cispo_loss::inputs<T>& in, const op::cispo_loss::options& o = {}) {
  return returned<op::cispo_loss, T>(backend, in, o, [&](auto& out) { cispo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
