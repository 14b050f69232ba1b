#pragma once
// PRIME's pair loss of an implicit reward model: each response against the mean of those of the other outcome.
//
// $$\ell_i = w_i \log\bigl(1 + e^{-y_i (Q_i - \bar Q_i)}\bigr), \qquad
//   Q_i = \beta \sum_t \log\frac{\pi(y_{i,t})}{\pi_{ref}(y_{i,t})}$$
//
// with $y_i = +1$ where `correct` is positive, else $-1$, and $\bar Q_i$ the mean over the responses of the group with
// less `correct`, where $y_i = -1$ with more; 0 if there are none. $\bar Q$ and the weights are constant. The loss is
// the mean over the batch; a token of row i has the gradient
// $-w_i y_i \beta\,\mathrm{sigmoid}(-y_i (Q_i - \bar Q_i)) / B$. `weighting` other than none: $w_i = n F_i^{n-1}$, F
// the share of the group's n rows whose score (or `correct`) is at most the row's own, itself included: how often it is
// the best of n.
//
// Source: PRIME, arXiv:2502.01456, its verl recipe's dpo losses.
//
// Details that differ:
// - With weights the recipe takes the sum instead of the mean, and log(sigmoid) unprotected.
// - A row without tokens has score 0 and counts. A NaN in `correct` makes the loss and the gradients of its group NaN.
//
// Cost: 14 bytes per token in float, and all pairs of each group.

#include <guerdon/objective/policy_objective.hpp>
#include <guerdon/objective/row_losses.hpp>
#include <guerdon/preference/logistic.hpp>

namespace guerdon {

/// How a response's loss is weighed: not at all, or by how often it is the best of its group.
enum class pair_weighting { none, best_of_n_score, best_of_n_correct };
constexpr auto enumerators(pair_weighting) { return std::array{"none", "best_of_n_score", "best_of_n_correct"}; }

namespace op {
struct implicit_prm_dpo_loss {
  static constexpr info about{"implicit_prm_dpo_loss", "objective", "Pair loss of an implicit reward model (PRIME)",
                              "arXiv:2502.01456", skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B responses
    view<const T> logprob;         ///< [tokens] of the reward model
    view<const T> ref_logprob;     ///< [tokens] of its reference
    view<const T> correct;         ///< [B] the outcome; above 0: right
    segments groups;               ///< cuts the B responses into G prompts
    view<const flag_t> mask = {};  ///< [tokens] 1 = of the response; left out: all are
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;          ///< [1]
    Of<T> grad_logprob;  ///< [tokens] d loss / d logprob, 0 under the mask
    Of<T> score;         ///< [B] Q
  };
  struct options {
    double beta = 0.05;  ///< > 0, scale of the log-ratios
    pair_weighting weighting = pair_weighting::none;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-3, 0)),
                      array("ref_logprob", &I::ref_logprob, "B,T", drawn(-3, 0)),
                      array("correct", &I::correct, "B", integers(0, 1)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple_cat(loss_results<O>(), std::tuple(array("score", &O::score, "B")));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)),
                      choice("weighting", &options::weighting));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct implicit_prm_dpo_program {
  static constexpr bool short_segments = true;
  op::implicit_prm_dpo_loss::inputs<T> in;
  op::implicit_prm_dpo_loss::options o;
  view<const row_sum> sum;  // [rows]
  view<T> score;            // [rows]
  view<double> slope;       // [rows]
  view<double> partial;     // [groups]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto q = [=, *this](index_t i) { return o.beta * sum[begin + i].log_ratio; };
    const auto correct = [=, *this](index_t i) { return double(in.correct[begin + i]); };
    const double unknown =
        team.sum(n, [=](index_t i) { return correct(i) == correct(i) ? 0 : correct(i); });  // 0, or NaN
    const double loss = team.sum(n, [=, *this](index_t i) {
      const double own = correct(i), y = own > 0 ? 1 : -1;
      const bool by_score = o.weighting == pair_weighting::best_of_n_score;
      double total = 0, others = 0, below = 0;
      for (index_t j = 0; j < n; ++j) {
        if (own > 0 ? correct(j) < own : correct(j) > own) total += q(j), ++others;
        if (by_score ? q(j) <= q(i) : correct(j) <= own) ++below;
      }
      const logistic_value pair = logistic(y * (q(i) - (others > 0 ? total / others : 0)));
      const double share = below / double(n);
      const double w =
          o.weighting == pair_weighting::none ? 1 : double(n) * math::exp(double(n - 1) * math::log(share));
      score[begin + i] = T(q(i));
      slope[begin + i] = w * y * o.beta * pair.slope + unknown;
      return w * pair.loss;
    });
    team.once([&] { partial[g] = loss + unknown; });
  }
};

/// Writes loss, gradient and scores.
template <storage T = float, backend Backend>
void implicit_prm_dpo_loss(const Backend& backend, const op::implicit_prm_dpo_loss::inputs<T>& in,
                           const op::implicit_prm_dpo_loss::outputs<T>& out,
                           const op::implicit_prm_dpo_loss::options& o) {
  check<op::implicit_prm_dpo_loss>(backend, in, out, o);
  const index_t rows = in.rows.count(), groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto sum = scratch.template take<row_sum>(rows);
  const auto slope = scratch.template take<double>(rows), partial = scratch.template take<double>(groups);
  const auto scale = scratch.template take<double>(1);
  backend.for_segments(in.rows, row_sum_program<T>{in.rows, in.mask, in.logprob, in.ref_logprob, sum});
  backend.for_segments(in.groups, implicit_prm_dpo_program<T>{in, o, sum, out.score, slope, partial});
  reduce_few<add>(
      backend, groups, [=] GUERDON_HD(index_t g) { return lanes{partial[g]}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) {
        scale[0] = rows > 0 ? 1 / static_cast<double>(rows) : 0;
        out.loss[0] = T(total[0] * scale[0]);
      });
  backend.for_segments(in.rows, row_slope_program<T>{in.rows, in.mask, slope, scale, out.grad_logprob});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto implicit_prm_dpo_loss(const Backend& backend, const op::implicit_prm_dpo_loss::inputs<T>& in,
                           const op::implicit_prm_dpo_loss::options& o = {}) {
  return returned<op::implicit_prm_dpo_loss, T>(backend, in, o,
                                                [&](auto& out) { implicit_prm_dpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
