#pragma once
// PPO's clipped surrogate whose clipped tokens keep a gradient of bounded size (GPPO, CE-GPPO).
//
// With the ratio $r = e^d$, $d = \log\pi(a) - \log\pi_{old}(a)$, and $[x]$ for x as a constant:
//
// $$\ell = \beta_{high}\,(1+\epsilon_{high})\,\frac{-A r}{[r]} \quad (A > 0,\; r > 1+\epsilon_{high}), \qquad
//   \ell = \beta_{low}\,(1-\epsilon_{low})\,\frac{-A r}{[r]} \quad (A < 0,\; r < 1-\epsilon_{low})$$
//
// and $\ell = -A r$ for all other tokens. Those clipped have the gradient $-A \beta_{high} (1+\epsilon_{high})$ or
// $-A \beta_{low} (1-\epsilon_{low})$, the others $-A r$.
//
// Source: GPPO, arXiv:2508.07629; CE-GPPO with its two factors, arXiv:2509.20712.
//
// Details that differ:
// - With both factors 1 (GPPO, the default) the value is that of ppo_clip_loss. With factors of 0 its gradient is, and
//   clipped tokens have the value 0.
// - A clipped token beyond the log-ratio clamp keeps its gradient as well: $r / [r]$ is 1 there too.
//   `keep_beyond_clamp = false` is the published code, which differentiates through the clamp and loses it.
// - One published variant adds a dual clip of 3; ppo_clip_loss has that, this operation has not.
// - `clip_fraction` is ppo_clip_loss's: the share of tokens outside the range on the side that their advantage pushes
//   to.
//
// Cost: as ppo_clip_loss, 2 launches, 1 where the divisor is known.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/ratios.hpp>

namespace guerdon {
namespace op {
struct gppo_loss {
  static constexpr info about{"gppo_loss", "objective",
                              "Clipped surrogate that keeps a bounded gradient (GPPO, CE-GPPO)",
                              "arXiv:2508.07629; arXiv:2509.20712", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = policy_outputs<T, Of>;
  struct options {
    ratio_range clip = {};
    double beta_low = 1;            ///< >= 0, of the gradient kept below the range
    double beta_high = 1;           ///< >= 0, of the gradient kept above it
    bool keep_beyond_clamp = true;  ///< the same beyond the log-ratio clamp
    double log_ratio_clamp = 20;    ///< > 0; infinity: off
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return policy_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("clip", &options::clip),
                          std::tuple(option("beta_low", &options::beta_low, at_least(0, 1)),
                                     option("beta_high", &options::beta_high, at_least(0, 1)),
                                     flag("keep_beyond_clamp", &options::keep_beyond_clamp),
                                     option("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
                          nested("aggregation", &options::aggregation));
  }
  // Where nothing is clipped; beyond, r / [r] is no derivative of the value.
  static constexpr std::array gradients{
      gradient{"grad_logprob", "loss", "logprob", "clip_low=inf, clip_high=inf"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rule.
struct gradient_preserving {
  using is_rule = void;
  ratio_range bounds;
  double beta_low, beta_high;
  bool keep_beyond_clamp;

  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t, const ratio_value<R>& v) const {
    const token_loss<R> x = clip_ratio(t.advantage, v, {.low = bounds.low, .high = bounds.high});
    const R high = R(beta_high * (1 + bounds.high)), low = R(beta_low * (1 - bounds.low));
    const R kept = -t.advantage * math::select(t.advantage > R(0), high, low);
    const bool outside = x.clipped > R(0), within_clamp = v.slope == v.ratio;
    return {math::select(outside, kept, x.loss),
            math::select(outside & (keep_beyond_clamp | within_clamp), kept, x.slope), x.clipped};
  }
};

/// Writes loss, gradient and clip fraction.
template <storage T = float, backend Backend>
void gppo_loss(const Backend& backend, const op::gppo_loss::inputs<T>& in, const op::gppo_loss::outputs<T>& out,
               const op::gppo_loss::options& o) {
  const auto rule = check<op::gppo_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  check_clip(rule, o.clip);
  const gradient_preserving by{o.clip, o.beta_low, o.beta_high, o.keep_beyond_clamp};
  launch_objective(backend, in, out, token_ratio{o.log_ratio_clamp} | by, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto gppo_loss(const Backend& backend, const op::gppo_loss::inputs<T>& in, const op::gppo_loss::options& o = {}) {
  return returned<op::gppo_loss, T>(backend, in, o, [&](auto& out) { gppo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
