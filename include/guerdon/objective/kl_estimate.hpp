#pragma once
// Divergence from a reference policy, estimated per token from two log-probabilities, and its gradient.
//
// With $d = \log\pi - \log\pi_{ref}$ of a token sampled from $\pi$:
//
// $$k_1 = d, \qquad \mathrm{abs} = |d|, \qquad k_2 = \tfrac12 d^2, \qquad k_3 = e^{-d} - 1 + d$$
//
// and, with the importance weight $w = \pi/\pi_{old}$ (off_policy) or $w = \pi/\mathrm{const}(\pi) = 1$
// (on_policy), the value $w k$ and the gradient $w (k + k')$. `kl_penalty` is the same as a token term for a
// policy objective: `(token_ratio{} | clipped{}) + 0.04 * kl_penalty{}`; `k3_penalty` is k3 with no option, and faster.
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

namespace guerdon {

enum class kl_estimator { k3, k1, abs, k2 };
constexpr auto enumerators(kl_estimator) { return std::array{"k3", "k1", "abs", "k2"}; }
enum class kl_importance { none, on_policy, off_policy };
constexpr auto enumerators(kl_importance) { return std::array{"none", "on_policy", "off_policy"}; }

namespace op {
struct kl_estimate {
  static constexpr info about{"kl_estimate", "objective",
                              "KL to a reference policy per token: k1, k2, k3, with or without importance weights",
                              "arXiv:2512.02556", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> logprob;           ///< [tokens] of the policy being trained, at tokens that it sampled
    view<const T> ref_logprob;       ///< [tokens] of the reference policy
    view<const T> old_logprob = {};  ///< [tokens] of the policy that sampled; read for importance off_policy
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> kl;            ///< [tokens]
    Of<T> grad_logprob;  ///< [tokens] d kl / d logprob
  };
  struct options {
    kl_estimator estimator = kl_estimator::k3;
    double input_clamp = range::infinity;   ///< > 0; bounds d on both sides; 20 is customary
    double output_clamp = range::infinity;  ///< > 0; bounds the value on both sides
    bool straight_through = false;          ///< gradient d whatever the value is
    kl_importance importance = kl_importance::none;
    bool clamp_importance = false;  ///< where the input clamp holds the weight is constant too, and the gradient 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "*", drawn(-3, 0)),
                      array("ref_logprob", &I::ref_logprob, "*", drawn(-3, 0)),
                      optional_array("old_logprob", &I::old_logprob, "*", drawn(-3, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kl", &O::kl, "*"), array("grad_logprob", &O::grad_logprob, "*"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("estimator", &options::estimator),
                      option("input_clamp", &options::input_clamp, greater_than(0, 0.1, 20)),
                      option("output_clamp", &options::output_clamp, greater_than(0, 0.1, 10)),
                      flag("straight_through", &options::straight_through), choice("importance", &options::importance),
                      flag("clamp_importance", &options::clamp_importance));
  }
  static constexpr std::array gradients{
      gradient{"grad_logprob", "kl", "logprob", "straight_through=0, importance=none"},
      gradient{"grad_logprob", "kl", "logprob", "straight_through=0, importance=off_policy, clamp_importance=0"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class R>
struct kl_value {
  R kl, slope;
};

/// The estimator, its options ready for a token loop.
template <class R>
struct kl_function {
  R limit, bound;
  bool k1, k2, absolute, off_policy, weighted, straight_through, clamp_importance;

  GUERDON_HD explicit kl_function(const op::kl_estimate::options& o)
      : limit(R(o.input_clamp)),
        bound(R(o.output_clamp)),
        k1(o.estimator == kl_estimator::k1),
        k2(o.estimator == kl_estimator::k2),
        absolute(o.estimator == kl_estimator::abs),
        off_policy(o.importance == kl_importance::off_policy),
        weighted(o.importance != kl_importance::none),
        straight_through(o.straight_through),
        clamp_importance(o.clamp_importance) {}

  /// From d and the log-ratio to the policy that sampled.
  GUERDON_INLINE kl_value<R> operator()(R difference, R log_ratio) const {
    const R d = math::clamp(difference, -limit, limit);
    const R value = math::select(
        k1, d, math::select(k2, d * d / R(2), math::select(absolute, math::abs(d), math::exp_excess(-d))));
    const R one = math::select(d == d, R(1), d);
    const R inner =
        math::select(k1, one, math::select(k2, d, math::select(absolute, math::sign(d), -math::expm1(-d))));
    const bool clamped = (difference < -limit) | (difference > limit);
    const R slope = math::select(clamped, R(0), inner);
    const bool k3 = !(k1 | k2 | absolute);
    const R with_score = math::select(k3 & !clamped & (value == value), d, value + slope);  // k3 + k3' is d

    const R w = math::select(off_policy, math::exp(log_ratio), R(1));
    const R kl = w * value;
    const R grad = w * math::select(weighted, with_score, slope);
    const bool stopped = (kl < -bound) | (kl > bound) | (clamp_importance & clamped & (kl == kl));
    const R bounded_grad = math::select(stopped, R(0), grad);
    return {math::clamp(kl, -bound, bound), math::select(straight_through, difference, bounded_grad)};
  }
};

/// The same as a term of an objective.
struct kl_penalty {
  using is_term = void;
  static constexpr bool reads_ref = true;
  op::kl_estimate::options options = {};

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [estimate = kl_function<R>(options)](const policy_token<R>& t) {
      const kl_value<R> x = estimate(t.logprob - t.ref_logprob, t.logprob - t.old_logprob);
      return token_loss<R>{x.kl, x.slope, R(0)};
    };
  }
};

/// k3 as it is, for an objective: kl_penalty of this estimator, without its clamp and its weight, whose exponential
/// would be in the loop whether it counts or not.
struct k3_penalty {
  using is_term = void;
  static constexpr bool reads_ref = true;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [](const policy_token<R>& t) {
      const R d = t.logprob - t.ref_logprob;
      return token_loss<R>{math::exp_excess(-d), -math::expm1(-d), R(0)};
    };
  }
};

/// Writes estimates and gradients.
template <storage T = float, backend Backend>
void kl_estimate(const Backend& backend, const op::kl_estimate::inputs<T>& in, const op::kl_estimate::outputs<T>& out,
                 const op::kl_estimate::options& o) {
  const auto rule = check<op::kl_estimate>(backend, in, out, o);
  const bool off_policy = o.importance == kl_importance::off_policy;
  const index_t n = in.logprob.size();
  rule(!off_policy || in.old_logprob || n == 0, "old_logprob", "is required for importance off_policy");

  using R = real_t<T>;
  const T* const logprob = in.logprob.data();
  const T* const reference = in.ref_logprob.data();
  const T* const old_logprob = off_policy ? in.old_logprob.data() : logprob;
  T* const kl = out.kl.data();
  T* const slope = out.grad_logprob.data();
  const kl_function<R> estimate(o);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const R now = R(logprob[i]);
    const kl_value<R> x = estimate(now - R(reference[i]), now - R(old_logprob[i]));
    kl[i] = T(x.kl);
    slope[i] = T(x.slope);
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto kl_estimate(const Backend& backend, const op::kl_estimate::inputs<T>& in, const op::kl_estimate::options& o = {}) {
  return returned<op::kl_estimate, T>(backend, in, o, [&](auto& out) { kl_estimate(backend, in, out, o); });
}

}}  // namespace guerdon
