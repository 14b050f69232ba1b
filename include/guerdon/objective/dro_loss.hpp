#pragma once
// Policy gradient with a quadratic pull towards the policy that sampled (DRO; mirror descent of Kimi k1.5).
//
// $$\ell = -\Bigl(A \log\pi(a) - \frac{\beta}{2}\,d^2\Bigr), \qquad d = \log\pi(a) - \log\pi_{old}(a), \qquad
//   \frac{\partial \ell}{\partial \log\pi(a)} = -(A - \beta d)$$
//
// Source: Kimi k1.5, arXiv:2501.12599; the policy part of DRO, arXiv:2405.19107.
//
// Details that differ:
// - DRO's own formulation learns a value beside the policy; here, as in the frameworks, the advantage is an input.
// - The log-ratio is not clamped. An advantage of 0 leaves the pull as it is.
//
// Cost: as ppo_clip_loss, 2 launches, 1 where the divisor is known.

#include <guerdon/objective/score.hpp>

namespace guerdon {
namespace op {
struct dro_loss {
  static constexpr info about{"dro_loss", "objective", "Policy gradient with a quadratic pull (DRO, Kimi k1.5)",
                              "arXiv:2501.12599; arXiv:2405.19107", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = loss_outputs<T, Of>;
  struct options {
    double beta = 0.1;  ///< > 0, strength of the pull
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return loss_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 2))),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The term.
struct pulled_score {
  using is_term = void;
  double beta;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [b = R(beta)](const policy_token<R>& t) {
      const R d = t.logprob - t.old_logprob;
      const token_loss<R> x = score_loss(t.advantage, t.logprob);
      return token_loss<R>{x.loss + b / R(2) * d * d, x.slope + b * d, R(0)};
    };
  }
};

/// Writes loss and gradient.
template <storage T = float, backend Backend>
void dro_loss(const Backend& backend, const op::dro_loss::inputs<T>& in, const op::dro_loss::outputs<T>& out,
              const op::dro_loss::options& o) {
  const auto rule = check<op::dro_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  launch_objective(backend, in, without_clip_fraction<T>(out), pulled_score{o.beta}, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto dro_loss(const Backend& backend, const op::dro_loss::inputs<T>& in, const op::dro_loss::options& o = {}) {
  return returned<op::dro_loss, T>(backend, in, o, [&](auto& out) { dro_loss(backend, in, out, o); });
}

}}  // namespace guerdon
