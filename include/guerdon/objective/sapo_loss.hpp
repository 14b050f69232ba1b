#pragma once
// A surrogate with a soft gate in place of the clip, narrower for tokens to be made less likely (SAPO).
//
// $$\ell = -A\,\frac{4}{\tau}\,q, \qquad q = \mathrm{sigmoid}(\tau (r - 1)), \qquad
//   \frac{\partial \ell}{\partial \log\pi(a)} = -4 A\,q (1-q)\,r$$
//
// with the temperature $\tau = \tau_{pos}$ where $A > 0$, else $\tau_{neg}$. At $r = 1$ the gradient is $-A$.
// On level `sequence` r is the geometric mean of the row's ratios and A the mean of its advantages: loss and gradient
// are the same for all tokens of the row, which count with the mean of their weights.
//
// Source: SAPO, arXiv:2511.20347; level sequence as in AReaL and TRL.
//
// Details that differ:
// - The sigmoid is evaluated without overflow: r may be as large as the log-ratio clamp allows. Where it has reached 1,
//   the gradient is 0.
// - The log-ratio clamp acts on the mean on level sequence; beyond it the gradient is 0.
//
// Cost: as ppo_clip_loss, 2 launches, 1 where the divisor is known; one more pass on level sequence.

#include <guerdon/objective/ratios.hpp>

namespace guerdon {
namespace op {
struct sapo_loss {
  static constexpr info about{"sapo_loss", "objective", "Surrogate with a soft gate in place of the clip (SAPO)",
                              "arXiv:2511.20347", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = loss_outputs<T, Of>;
  struct options {
    double tau_pos = 1;     ///< > 0, steepness of the gate where the advantage is positive
    double tau_neg = 1.05;  ///< > 0, elsewhere
    ratio_level level = ratio_level::token;  ///< token or sequence
    double log_ratio_clamp = 20;             ///< > 0; infinity: off
    /// Braces of your own replace all of it: give the mode.
    aggregation_options aggregation = {.mode = aggregation_mode::seq_mean_token_mean};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return loss_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(option("tau_pos", &options::tau_pos, greater_than(0, 0.2, 3)),
                                     option("tau_neg", &options::tau_neg, greater_than(0, 0.2, 3)),
                                     choice("level", &options::level).first(2),
                                     option("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rule.
struct soft_gate {
  using is_rule = void;
  double tau_pos, tau_neg;

  template <class R>
  GUERDON_HD token_loss<R> operator()(const policy_token<R>& t, const ratio_value<R>& v) const {
    const R tau = math::select(t.advantage > R(0), R(tau_pos), R(tau_neg));
    const R x = tau * (v.ratio - R(1)), open = math::sigmoid(x), closed = math::sigmoid(-x);
    const R slope = math::select(closed == R(0), R(0), R(4) * open * closed * v.slope);
    return {-t.advantage * (R(4) * open / tau), -t.advantage * slope, R(0)};
  }
};

/// A term whose rows have one advantage and one weight, the means, if there are means of rows.
template <policy_term Term>
struct row_term {
  using is_term = void;
  Term term;
  view<const row_means> means;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team& team, const Row& row) const {
    using R = typename Row::R;
    const bool use = static_cast<bool>(means);
    const row_means mean = use ? means[row.index] : row_means{0, 0, 1};
    return [f = term.at_row(team, row), use, a = R(mean.advantage), w = R(mean.weight)](policy_token<R> t) {
      t.advantage = math::select(use, a, t.advantage);
      const token_loss<R> x = f(t);
      return token_loss<R>{w * x.loss, w * x.slope, x.clipped};
    };
  }
};

/// Writes loss and gradient.
template <storage T = float, backend Backend>
void sapo_loss(const Backend& backend, const op::sapo_loss::inputs<T>& in, const op::sapo_loss::outputs<T>& out,
               const op::sapo_loss::options& o) {
  const auto rule = check<op::sapo_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  auto scratch = backend.scratch();
  const level_means means(backend, scratch, in, o.level);
  policy_inputs<T> tokens = in;
  if (o.level == ratio_level::sequence) tokens.is_weight = {};  // row_term knows it
  const auto term = level_ratio{means, o.log_ratio_clamp} | soft_gate{o.tau_pos, o.tau_neg};
  launch_objective(backend, tokens, without_clip_fraction<T>(out), row_term<decltype(term)>{term, means.of_row},
                   o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto sapo_loss(const Backend& backend, const op::sapo_loss::inputs<T>& in, const op::sapo_loss::options& o = {}) {
  return returned<op::sapo_loss, T>(backend, in, o, [&](auto& out) { sapo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
