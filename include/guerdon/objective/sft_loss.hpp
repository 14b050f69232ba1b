#pragma once
// Minus log-likelihood of supervised tokens, each weighed by its own probability if one wants (SFT, DFT, CHORD).
//
// $$\ell = -c \log p, \qquad c = 1 \;\text{(none)}, \quad p \;\text{(prob)}, \quad
//   p\,(1-p) \;\text{(prob one minus prob)}$$
//
// with c constant, so that the gradient is $-c$.
//
// Source: maximum likelihood; prob, DFT, arXiv:2508.05629; prob one minus prob, CHORD, arXiv:2508.11408.
//
// Details that differ:
// - prob undoes the $1/p$ hidden in the likelihood's gradient, which makes rare tokens weigh most. TRL, ms-swift and
//   Liger have it.
// - CHORD itself adds this loss, with a factor, to (1 - factor) times a policy loss; schedule_value moves the factor.
// - Where c is 0 the loss is 0, at a log-probability of -inf too. A NaN log-probability shows in loss and gradient.
//
// Cost: as reinforce_loss: 2 launches, 1 where the divisor is known.

#include <guerdon/objective/score.hpp>

namespace guerdon {

/// What a supervised token weighs.
enum class likelihood_weight { none, prob, prob_one_minus_prob };
constexpr auto enumerators(likelihood_weight) { return std::array{"none", "prob", "prob_one_minus_prob"}; }

namespace op {
struct sft_loss {
  static constexpr info about{"sft_loss", "objective", "Minus log-likelihood with token weights (SFT, DFT, CHORD)",
                              "arXiv:2508.05629; arXiv:2508.11408", skeleton::global_reduce};
  template <storage T>
  struct inputs {
    segments rows;                    ///< cuts the tokens into B responses
    view<const T> logprob;            ///< [tokens] log-probability of the token in the data
    view<const T> weight = {};        ///< [B] constant factor per response, or
    view<const T> token_weight = {};  ///< [tokens] one per token; both left out: 1
    view<const flag_t> mask = {};     ///< [tokens] 1 = to be learned; left out: all are
    segments groups = {};             ///< cuts the B responses into prompts, for prompt_mean
  };
  template <storage T, template <class> class Of = view>
  using outputs = loss_outputs<T, Of>;
  struct options {
    likelihood_weight token_weight = likelihood_weight::none;
    aggregation_options aggregation = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-3, 0)),
                      optional_array("weight", &I::weight, "B", drawn(0, 2)),
                      optional_array("token_weight", &I::token_weight, "B,T", drawn(0, 2)).in_files("weight"),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()),
                      optional_cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return loss_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(choice("token_weight", &options::token_weight)),
                          nested("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob", "token_weight=none"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The term. The token carries the weight given as its advantage.
struct weighed_likelihood {
  using is_term = void;
  likelihood_weight by;

  template <class Team, class Row>
  GUERDON_HD auto at_row(Team&, const Row&) const {
    using R = typename Row::R;
    return [plain = by == likelihood_weight::none,
            both = by == likelihood_weight::prob_one_minus_prob](const policy_token<R>& t) {
      const R p = math::exp(t.logprob), rest = math::select(both, -math::expm1(t.logprob), R(1));
      const R c = math::select(plain & (p == p), R(1), p * rest);
      return score_loss(product_of_numbers(t.advantage, c), t.logprob);
    };
  }
};

/// Writes loss and gradient.
template <storage T = float, backend Backend>
void sft_loss(const Backend& backend, const op::sft_loss::inputs<T>& in, const op::sft_loss::outputs<T>& out,
              const op::sft_loss::options& o) {
  const auto rule = check<op::sft_loss>(backend, in, out, o);
  check_aggregation(rule, o.aggregation, in.rows, in.groups, "aggregation.loss_scale_factor");
  const policy_inputs<T> tokens{in.rows, in.logprob, in.logprob, in.weight, in.token_weight, in.mask, {}, in.groups};
  launch_objective(backend, tokens, without_clip_fraction<T>(out), weighed_likelihood{o.token_weight}, o.aggregation);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto sft_loss(const Backend& backend, const op::sft_loss::inputs<T>& in, const op::sft_loss::options& o = {}) {
  return returned<op::sft_loss, T>(backend, in, o, [&](auto& out) { sft_loss(backend, in, out, o); });
}

}}  // namespace guerdon
