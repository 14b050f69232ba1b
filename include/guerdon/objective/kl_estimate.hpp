#pragma once
// Divergence from a reference policy, estimated per token from two log-probabilities, and its gradient.
//
// With $d = \log\pi - \log\pi_{ref}$ of a token sampled from $\pi$:
//
// $$k_1 = d, \qquad \mathrm{abs} = |d|, \qquad k_2 = \tfrac12 d^2, \qquad k_3 = e^{-d} - 1 + d$$
//
// and, with the importance weight $w = \pi/\pi_{old}$ (off_policy) or $w = \pi/\mathrm{const}(\pi) = 1$
// (on_policy), the value $w k$ and the gradient $w (k + k')$. `kl_penalty` is the same as a token term for a
// policy objective: `clipped_surrogate{} + 0.04 * kl_penalty{}`.
//
// Source: J. Schulman, "Approximating KL divergence" (2020); weighted k3, DeepSeek-V3.2, arXiv:2512.02556.
//
// Details that differ:
// - A good estimate is not a good loss. The mean gradient of k3 on samples of the policy is that of the
//   forward KL, that of k1 is zero; the reverse KL's is the one of k2, of k1 with on_policy weights, or of k3
//   with importance weights.
// - verl clamps d to 20 and k3 to 10; OpenRLHF clamps every estimator to 10. A clamped value has no gradient
//   here: with `output_clamp = 10` a token that the policy has made 14 times less likely than the reference
//   is no longer pulled back. No clamp is the default. Bounds are inclusive.
// - NeMo-RL weights on_policy by default, TRL and slime offer off_policy. The weight itself is not clamped. Beyond the
//   input clamp the estimate is constant and the weight is not; in NeMo-RL both are (`clamp_importance`).
// - `straight_through` (verl's "k3+"): the value as chosen, the gradient of an unclamped, unweighted k2.
// - k3 is evaluated without cancellation, so it is never negative and keeps its digits for small d.
// - NaN follows arithmetic, and so does infinity: k3 of d = -inf is NaN. A NaN d has a NaN gradient, of k1 too.
//
// Cost: 16 bytes per token in float (two arrays read, two written), 20 with importance off_policy; none as a
// term.

#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class kl_estimator { k3, k1, abs, k2 };
enum class kl_importance { none, on_policy, off_policy };

template <class R>
struct kl_value {
  R kl, slope;
};

/// Options of kl_estimate, and its token term.
struct kl_penalty {
  kl_estimator estimator = kl_estimator::k3;
  double input_clamp =
      std::numeric_limits<double>::infinity();  ///< > 0; bounds d on both sides; 20 is customary
  double output_clamp = std::numeric_limits<double>::infinity();  ///< > 0; bounds the value on both sides
  bool straight_through = false;                                  ///< gradient d whatever the value is
  kl_importance importance = kl_importance::none;
  bool clamp_importance = false;  ///< where the input clamp holds the weight is constant too, and the gradient 0

  /// From d and, for off_policy, the log-ratio to the sampling policy.
  template <class R>
  GUERDON_HD kl_value<R> operator()(R difference, R log_ratio) const {
    const R limit = R(input_clamp), bound = R(output_clamp);
    const R d = math::clamp(difference, -limit, limit);
    const bool k1 = estimator == kl_estimator::k1, k2 = estimator == kl_estimator::k2;
    const bool absolute = estimator == kl_estimator::abs;
    const R value = math::select(
        k1, d, math::select(k2, d * d / R(2), math::select(absolute, math::abs(d), math::exp_excess(-d))));
    const R inner =
        math::select(k1, math::select(d == d, R(1), d), math::select(k2, d, math::select(absolute, math::sign(d), -math::expm1(-d))));
    const bool clamped = (difference < -limit) | (difference > limit);
    const R slope = math::select(clamped, R(0), inner);
    const bool k3 = !(k1 | k2 | absolute);
    const R with_score = math::select(k3 & !clamped & (value == value), d, value + slope);  // k3 + k3' is d

    const R w = math::select(importance == kl_importance::off_policy, math::exp(log_ratio), R(1));
    const R kl = w * value;
    const R grad = w * math::select(importance == kl_importance::none, slope, with_score);
    const bool stopped = (kl < -bound) | (kl > bound) | (clamp_importance & clamped & (kl == kl));
    const R bounded_grad = math::select(stopped, R(0), grad);
    return {math::clamp(kl, -bound, bound), math::select(straight_through, difference, bounded_grad)};
  }

  GUERDON_HD kl_penalty at_row(index_t) const { return *this; }
  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t) const {
    const kl_value<R> x = (*this)(t.logprob - t.ref_logprob, t.logprob - t.old_logprob);
    return {x.kl, x.slope, R(0)};
  }
};

using kl_estimate_options = kl_penalty;

template <storage T>
struct kl_estimate_inputs {
  view<const T> logprob;           ///< [tokens] of the policy being trained, at tokens that it sampled
  view<const T> ref_logprob;       ///< [tokens] of the reference policy
  view<const T> old_logprob = {};  ///< [tokens] of the policy that sampled; read for importance off_policy
};

template <storage T, template <class> class Of = view>
struct kl_estimate_outputs {
  Of<T> kl;            ///< [tokens]
  Of<T> grad_logprob;  ///< [tokens] d kl / d logprob
};

/// Writes estimates and gradients. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void kl_estimate(const Backend& backend, const kl_estimate_inputs<T>& in, const kl_estimate_outputs<T>& out,
                 const kl_estimate_options& o = {}) {
  constexpr auto op = "kl_estimate";
  const index_t n = in.logprob.size();
  require_size(in.ref_logprob.size(), n, op, "ref_logprob", "logprob");
  require_size(out.kl.size(), n, op, "kl", "logprob");
  require_size(out.grad_logprob.size(), n, op, "grad_logprob", "logprob");
  require_choice(o.estimator, kl_estimator::k2, op, "estimator");
  require_choice(o.importance, kl_importance::off_policy, op, "importance");
  require(o.input_clamp > 0, op, "input_clamp", "must be greater than 0");
  require(o.output_clamp > 0, op, "output_clamp", "must be greater than 0");
  const bool off_policy = o.importance == kl_importance::off_policy;
  if (off_policy) {
    require(in.old_logprob || n == 0, op, "old_logprob", "is required for importance off_policy");
    require_size(in.old_logprob.size(), n, op, "old_logprob", "logprob");
  }

  using R = real_t<T>;
  const T* const logprob = in.logprob.data();
  const T* const reference = in.ref_logprob.data();
  const T* const old_logprob = off_policy ? in.old_logprob.data() : logprob;
  T* const kl = out.kl.data();
  T* const slope = out.grad_logprob.data();
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const R now = R(logprob[i]);
    const kl_value<R> x = o(now - R(reference[i]), now - R(old_logprob[i]));
    kl[i] = T(x.kl);
    slope[i] = T(x.slope);
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto kl_estimate(const Backend& backend, const kl_estimate_inputs<T>& in, const kl_estimate_options& o = {}) {
  kl_estimate_outputs<T, Backend::template array> result{backend.template make<T>(in.logprob.size()),
                                                         backend.template make<T>(in.logprob.size())};
  kl_estimate<T>(backend, in, {result.kl, result.grad_logprob}, o);
  return result;
}

}}  // namespace guerdon
