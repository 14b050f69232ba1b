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
// plus one byte per token to count the valid ones. 2 launches, 1 where the divisor is known: neither mask nor padding,
// for the means over rows uniform rows too; or the global count given; or token_sum. One more for prompt_mean.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/ratios.hpp>

namespace guerdon {
namespace op {
struct ppo_clip_loss {
  static constexpr info about{"ppo_clip_loss", "objective",
                              "Clipped surrogate of PPO: clip-higher, dual clip, two-sided delta",
                              "arXiv:1707.06347; arXiv:1912.09729; arXiv:2503.14476; arXiv:2505.07291",
                              skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = policy_outputs<T, Of>;
  struct options {
    ratio_clip clip = {};
    double log_ratio_clamp = 20;  ///< > 0; infinity: off
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return policy_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("clip", &options::clip),
                          std::tuple(option("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, gradient and clip fraction.
template <storage T = float, backend Backend>
void ppo_clip_loss(const Backend& backend, const op::ppo_clip_loss::inputs<T>& in,
                   const op::ppo_clip_loss::outputs<T>& out, const op::ppo_clip_loss::options& o) {
  const auto rule = check<op::ppo_clip_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  check_clip(rule, o.clip);
  launch_objective(backend, in, out, token_ratio{o.log_ratio_clamp} | clipped{o.clip}, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto ppo_clip_loss(const Backend& backend, const op::ppo_clip_loss::inputs<T>& in,
                   const op::ppo_clip_loss::options& o = {}) {
  return returned<op::ppo_clip_loss, T>(backend, in, o, [&](auto& out) { ppo_clip_loss(backend, in, out, o); });
}

}}  // namespace guerdon
