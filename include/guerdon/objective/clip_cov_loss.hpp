#pragma once
// PPO's clipped surrogate without the tokens that lower the entropy most: those of which advantage and log-probability
// vary together (Clip-Cov).
//
// $$\mathrm{cov}_t = (A_t - \bar A)(\log\pi(a_t) - \overline{\log\pi}), \qquad
//   \ell_t = 0 \;\text{ for the K candidates with the largest } \mathrm{cov}_t$$
//
// Candidates are valid, not clipped, and have $c_{low} < \mathrm{cov}_t < c_{high}$; the means are over the n valid
// tokens, $K = \max(1, \lfloor \rho n \rfloor)$. All other tokens are those of ppo_clip_loss.
//
// Source: Clip-Cov of "The entropy mechanism of reinforcement learning", arXiv:2505.22617, and its published code.
//
// Details that differ:
// - The published code draws the K at random from the candidates; here the largest are taken, equal ones in their
//   order, which is the same on every backend, and the same as there where K is no less than the candidates. To draw,
//   permute.
// - The log-ratio is not clamped; there is neither dual clip nor delta. `is_weight` is not seen by the covariance.
// - A NaN on a valid token makes every covariance NaN: nothing is selected then.
// - Means and selection are those of the batch given: micro-batches select otherwise than the batch they are cut from.
//
// Cost: as ppo_clip_loss, plus the backend's sort of all tokens and 40 bytes of scratch for each; 11 launches, 10 where
// the divisor is known, the sort one of them.

#include <guerdon/objective/clip.hpp>
#include <guerdon/objective/compose.hpp>
#include <guerdon/objective/covariance.hpp>
#include <guerdon/objective/ratios.hpp>

namespace guerdon {

/// Which of the candidates are taken: those of the largest covariance.
enum class covariance_selection { largest };
constexpr auto enumerators(covariance_selection) { return std::array{"largest"}; }

namespace op {
/// Outputs of a loss that selects tokens.
template <storage T, template <class> class Of = view>
struct selecting_outputs {
  Of<T> loss;           ///< [1]
  Of<T> grad_logprob;   ///< [tokens] d loss / d logprob, 0 under the mask
  Of<flag_t> selected;  ///< [tokens] 1 = selected by its covariance
};
template <class O>
constexpr auto selecting_results() {
  return std::tuple_cat(loss_results<O>(), std::tuple(array("selected", &O::selected, "B,T")));
}

struct clip_cov_loss {
  static constexpr info about{"clip_cov_loss", "objective",
                              "Clipped surrogate without the tokens of largest covariance (Clip-Cov)",
                              "arXiv:2505.22617", skeleton::global_reduce};
  template <storage T>
  using inputs = policy_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = selecting_outputs<T, Of>;
  struct options {
    ratio_range clip = {};
    double clip_cov_ratio = 2e-4;  ///< >= 0, share of the valid tokens to select
    double cov_low = 1;            ///< the covariance of a candidate exceeds this
    double cov_high = 5;           ///< and lies below this
    covariance_selection selection = covariance_selection::largest;
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() { return policy_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return selecting_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("clip", &options::clip),
                          std::tuple(option("clip_cov_ratio", &options::clip_cov_ratio, at_least(0, 0.5)),
                                     option("cov_low", &options::cov_low, any_value().drawn(-1, 0.3)),
                                     option("cov_high", &options::cov_high, any_value().drawn(0.5, 5)),
                                     choice("selection", &options::selection)),
                          nested("aggregation", &options::aggregation));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A candidate of Clip-Cov.
struct unclipped_between {
  double low, high;
  ratio_range clip;

  template <class R>
  GUERDON_HD bool operator()(double covariance, R advantage, R logprob, R old_logprob) const {
    const R r = math::exp(logprob - old_logprob);
    const bool inside = clip_ratio(advantage, {r, r}, {.low = clip.low, .high = clip.high}).clipped == R(0);
    return covariance > low && covariance < high && r == r && inside;
  }
};

/// Writes loss, gradient and what is selected.
template <storage T = float, backend Backend>
void clip_cov_loss(const Backend& backend, const op::clip_cov_loss::inputs<T>& in,
                   const op::clip_cov_loss::outputs<T>& out, const op::clip_cov_loss::options& o) {
  const auto rule = check<op::clip_cov_loss>(backend, in, out, o);
  check_policy(rule, in, o.aggregation);
  check_clip(rule, o.clip);
  select_covariant(backend, in, o.clip_cov_ratio, unclipped_between{o.cov_low, o.cov_high, o.clip}, out.selected);
  const auto term = token_ratio{op::range::infinity} | clipped{{.low = o.clip.low, .high = o.clip.high}};
  launch_objective(backend, in, policy_outputs<T>{out.loss, out.grad_logprob, {}},
                   except(out.selected, term), o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto clip_cov_loss(const Backend& backend, const op::clip_cov_loss::inputs<T>& in,
                   const op::clip_cov_loss::options& o = {}) {
  return returned<op::clip_cov_loss, T>(backend, in, o, [&](auto& out) { clip_cov_loss(backend, in, out, o); });
}
}}  // namespace guerdon
