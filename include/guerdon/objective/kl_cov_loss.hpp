#pragma once
// The unclipped surrogate with a KL penalty on the tokens that lower the entropy most: those of which advantage and
// log-probability vary together (KL-Cov).
//
// $$\ell_t = -A_t r_t + [t \text{ selected}]\;\beta\,\lvert d_t \rvert, \qquad
//   d_t = \log\frac{\pi(a_t)}{\pi_{old}(a_t)}, \quad r_t = e^{d_t}$$
//
// Selected are the $K = \max(1, \lfloor \rho n \rfloor)$ of the n valid tokens with the largest
// $(A_t - \bar A)(\log\pi(a_t) - \overline{\log\pi})$. The gradient is $-A_t r_t$, plus $\beta\,\mathrm{sign}(d_t)$
// there.
//
// Source: KL-Cov of "The entropy mechanism of reinforcement learning", arXiv:2505.22617, and its published code.
//
// Details that differ:
// - The paper's scripts select 0.2% (2e-3), verl by default 2e-4. Equal covariances are taken in their order.
// - The log-ratio is not clamped. `is_weight` multiplies the penalty too and is not seen by the covariance.
// - An advantage of 0 leaves the penalty as it is. A NaN on a valid token makes every covariance NaN: nothing is
//   selected.
//
// Cost: as clip_cov_loss.

#include <guerdon/objective/clip_cov_loss.hpp>

namespace guerdon {
namespace op {
struct kl_cov_loss {
  static constexpr info about{"kl_cov_loss", "objective",
                              "Surrogate with a penalty on the tokens of largest covariance (KL-Cov)",
                              "arXiv:2505.22617", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = selecting_outputs<T, Of>;
  struct options {
    double kl_cov_ratio = 2e-4;  ///< >= 0, share of the valid tokens to select
    double kl_coef = 1;          ///< strength of the penalty
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return selecting_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("kl_cov_ratio", &options::kl_cov_ratio, at_least(0, 0.5)),
                                     option("kl_coef", &options::kl_coef, any_value().drawn(0, 2))),
                          nested("aggregation", &options::aggregation));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A candidate of KL-Cov: any token.
struct any_covariance {
  template <class R>
  GUERDON_HD bool operator()(double, R, R, R) const { return true; }
};

/// Writes loss, gradient and what is selected.
template <storage T = float, backend Backend>
void kl_cov_loss(const Backend& backend, const op::kl_cov_loss::inputs<T>& in, const op::kl_cov_loss::outputs<T>& out,
                 const op::kl_cov_loss::options& o) {
  const auto rule = check<op::kl_cov_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  select_covariant(backend, in, o.kl_cov_ratio, any_covariance{}, out.selected);
  constexpr double off = op::range::infinity;
  launch_objective(backend, in, policy_outputs<T>{out.loss, out.grad_logprob, {}},
                   (token_ratio{off} | clipped{{.low = off, .high = off}}) +
                       where(out.selected, o.kl_coef * log_ratio_distance{}),
                   o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto kl_cov_loss(const Backend& backend, const op::kl_cov_loss::inputs<T>& in, const op::kl_cov_loss::options& o = {}) {
  return returned<op::kl_cov_loss, T>(backend, in, o, [&](auto& out) { kl_cov_loss(backend, in, out, o); });
}

}}  // namespace guerdon
