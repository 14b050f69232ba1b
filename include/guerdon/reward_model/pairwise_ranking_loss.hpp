#pragma once
// Loss of a policy discriminator: a candidate close to the reference scores higher than one that is not.
//
// $$d = s^+ - s^-, \qquad f = \log(1 + e^{-d}), \qquad L = \frac1N \sum f + w\,\mathrm{penalty}$$
//
// | loss_type | loss of a pair |
// |---|---|
// | ranking | $f$ |
// | focal | $(1-q)^\gamma f$, $q = 2\max(\sigma(d) - \frac12, 0)$: what is ranked right counts less |
//
// | penalty_type | penalty, a sum over all 2N scores, divided by N |
// |---|---|
// | none | 0 |
// | L2 | $s^2$ |
// | log_barrier | $-\ln(u - s) - \ln(s - l)$ between the bounds, s clamped to epsilon within them |
//
// Source: POLAR, arXiv:2507.05197; focal loss and penalties, its training code (xtuner, after InternLM2).
//
// Details that differ:
// - POLAR itself runs `ranking` without a penalty.
// - $1 - q$ is $2\sigma(-d)$ for d > 0, which does not cancel. A pair in the wrong order keeps its full weight.
// - Both penalties are twice the mean over the scores. Where the barrier's clamp holds there is no gradient; the ends of
//   the clamp are within.
// - `penalty` is reported without its weight; `accuracy` counts strictly higher scores. No pair is an error.
//
// Cost: 16 bytes per pair in float.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {

enum class ranking_loss_type { ranking, focal };
constexpr auto enumerators(ranking_loss_type) { return std::array{"ranking", "focal"}; }
enum class score_penalty { none, L2, log_barrier };
constexpr auto enumerators(score_penalty) { return std::array{"none", "L2", "log_barrier"}; }

namespace op {
struct pairwise_ranking_loss {
  static constexpr info about{"pairwise_ranking_loss", "reward_model", "Ranking loss of a policy discriminator (POLAR)",
                              "arXiv:2507.05197", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_score;    ///< [N] of the candidate from the reference's policy, or the preferred one, N >= 1
    view<const T> rejected_score;  ///< [N] of the other one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;           ///< [1] rank_loss + penalty_weight * penalty
    Of<T> rank_loss;      ///< [1] mean over the pairs
    Of<T> penalty;        ///< [1]
    Of<T> accuracy;       ///< [1] share of pairs whose chosen score is the higher one
    Of<T> grad_chosen;    ///< [N] d loss / d chosen_score
    Of<T> grad_rejected;  ///< [N] d loss / d rejected_score
  };
  struct options {
    ranking_loss_type loss_type = ranking_loss_type::ranking;
    double focal_gamma = 2;  ///< exponent of the focal weight
    score_penalty penalty_type = score_penalty::none;
    double penalty_weight = 0.01;
    double lower_bound = -5;        ///< of the barrier
    double upper_bound = 5;         ///< of the barrier
    double penalty_epsilon = 1e-3;  ///< >= 0, how far within its bounds the barrier holds scores
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_score", &I::chosen_score, "N"), array("rejected_score", &I::rejected_score, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("rank_loss", &O::rank_loss, "1"),
                      array("penalty", &O::penalty, "1"), array("accuracy", &O::accuracy, "1"),
                      array("grad_chosen", &O::grad_chosen, "N"), array("grad_rejected", &O::grad_rejected, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("loss_type", &options::loss_type),
                      option("focal_gamma", &options::focal_gamma, drawn(0, 3)),
                      choice("penalty_type", &options::penalty_type),
                      option("penalty_weight", &options::penalty_weight, drawn(0, 0.5)),
                      option("lower_bound", &options::lower_bound, drawn(-5, -2)),
                      option("upper_bound", &options::upper_bound, drawn(2, 5)),
                      option("penalty_epsilon", &options::penalty_epsilon, at_least(0, 0.1).drawn(1e-3, 0.1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen", "loss", "chosen_score"},
                                        gradient{"grad_rejected", "loss", "rejected_score"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

struct value_and_slope {
  double value, slope;
};

/// The penalty of one score.
GUERDON_HD inline value_and_slope penalty_of(double score, const op::pairwise_ranking_loss::options& o) {
  if (o.penalty_type == score_penalty::none) return {0, 0};
  if (o.penalty_type == score_penalty::L2) return {score * score, 2 * score};
  const double low = o.lower_bound + o.penalty_epsilon, high = o.upper_bound - o.penalty_epsilon;
  const double s = math::clamp(score, low, high), above = s - o.lower_bound, below = o.upper_bound - s;
  const double slope = score < low || score > high ? 0 : 1 / below - 1 / above;
  return {-math::log(below) - math::log(above), slope};
}

/// The loss of one pair, by the difference of its scores.
GUERDON_HD inline value_and_slope ranking_of(double d, const op::pairwise_ranking_loss::options& o) {
  const logistic_value l = logistic(d);
  if (o.loss_type == ranking_loss_type::ranking || !(d > 0)) return {l.loss, l.slope};
  // (2 sigmoid(-d))^gamma, and by d it falls at the rate gamma sigmoid(d).
  const logistic_value turned = logistic(-d);
  const double weight = math::exp(math::zero_select_product(o.focal_gamma, math::log(2.0) - turned.loss));
  return {weight * l.loss, weight * (l.slope + o.focal_gamma * turned.slope * l.loss)};
}

/// Writes loss, its parts and gradients.
template <real T = float, backend Backend>
void pairwise_ranking_loss(const Backend& backend, const op::pairwise_ranking_loss::inputs<T>& in,
                           const op::pairwise_ranking_loss::outputs<T>& out,
                           const op::pairwise_ranking_loss::options& o) {
  const auto rule = check<op::pairwise_ranking_loss>(backend, in, out, o);
  const index_t n = in.chosen_score.size();
  rule(n > 0, "chosen_score", "is empty: there is no mean of nothing");
  rule(o.penalty_type != score_penalty::log_barrier ||
           o.lower_bound + o.penalty_epsilon < o.upper_bound - o.penalty_epsilon,
       "lower_bound", "must be below upper_bound by more than two penalty_epsilon");
  reduce_array<add, add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double chosen = double(in.chosen_score[i]), rejected = double(in.rejected_score[i]);
        const value_and_slope pair = ranking_of(chosen - rejected, o);
        const value_and_slope c = penalty_of(chosen, o), r = penalty_of(rejected, o);
        const double w = o.penalty_weight;
        out.grad_chosen[i] = T((pair.slope + math::zero_select_product(w, c.slope)) / double(n));
        out.grad_rejected[i] = T((-pair.slope + math::zero_select_product(w, r.slope)) / double(n));
        return lanes{pair.value, c.value + r.value, chosen > rejected ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 3>& total) {
        const double rank = total[0] / double(n), penalty = total[1] / double(n);
        out.loss[0] = T(rank + math::zero_select_product(o.penalty_weight, penalty));
        out.rank_loss[0] = T(rank);
        out.penalty[0] = T(penalty);
        out.accuracy[0] = T(total[2] / double(n));
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto pairwise_ranking_loss(const Backend& backend, const op::pairwise_ranking_loss::inputs<T>& in,
                           const op::pairwise_ranking_loss::options& o = {}) {
  return returned<op::pairwise_ranking_loss, T>(backend, in, o,
                                                [&](auto& out) { pairwise_ranking_loss(backend, in, out, o); });
}

}}  // namespace guerdon
