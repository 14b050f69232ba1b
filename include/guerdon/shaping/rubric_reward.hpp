#pragma once
// The share of a rubric that an answer meets: criteria of positive weight add, pitfalls of negative weight take away.
//
// $$R = \mathrm{clip}\Bigl(\frac{\sum_k w_k s_k}{\sum_k \max(w_k, 0)},\ 0,\ 1\Bigr)$$
//
// Where every factual criterion holds the reward is 1 (`factual_bonus`): a right answer that was reached in a way the
// rubric did not foresee is not marked down.
//
// Source: RGR-GRPO, arXiv:2511.12344.
//
// Details that differ:
// - A factual criterion holds with a score of 1 or more, a factual pitfall with 0 or less; weight 0 does not count, one
//   of positive weight must be there. A NaN score never holds. The rule looks at the weights as they are given, and
//   acts without `clip` too.
// - No criterion of positive weight: 0. Weights by type, `clip` and scores between 0 and 1 are this project's.
// - The gradient is an optional result: the weight over the sum of positive ones, 0 outside the clip and where the rule
//   acts.
//
// Cost: 16 bytes per criterion in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct rubric_reward {
  static constexpr info about{"rubric_reward", "shaping", "Share of a weighted rubric that an answer meets (RGR-GRPO)",
                              "arXiv:2511.12344", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> criterion_score;       ///< [K] 1 = met; of a pitfall: 1 = it happened
    view<const T> criterion_weight;      ///< [K] negative: a pitfall
    view<const index_t> criterion_type;  ///< [K] 0 = factual, 1 = of the process
    segments criteria;                   ///< cuts the K criteria into R responses
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;                ///< [R]
    Of<T> factual_reward;        ///< [R] of factual criteria alone, without the rule
    Of<T> process_reward;        ///< [R] of process criteria alone
    Of<T> grad_criterion_score;  ///< [K] d reward / d score; optional
  };
  struct options {
    bool factual_bonus = true;  ///< 1 where every factual criterion holds
    double factual_weight = 1;  ///< >= 0, factor on the weights of factual criteria
    double process_weight = 1;  ///< >= 0, and of process criteria
    bool clip = true;           ///< into [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("criterion_score", &I::criterion_score, "K", drawn(0, 1)),
                      array("criterion_weight", &I::criterion_weight, "K", drawn(-1, 3)),
                      array("criterion_type", &I::criterion_type, "K",
                            range{.low = 0, .high = 1, .draw_low = 0, .draw_high = 1, .draws = range::whole}),
                      cuts("criteria", &I::criteria, "R", "K").in_files("criterion_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "R"), array("factual_reward", &O::factual_reward, "R"),
                      array("process_reward", &O::process_reward, "R"),
                      optional_array("grad_criterion_score", &O::grad_criterion_score, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("factual_bonus", &options::factual_bonus),
                      option("factual_weight", &options::factual_weight, at_least(0, 2)),
                      option("process_weight", &options::process_weight, at_least(0, 2)), flag("clip", &options::clip));
  }
  static constexpr std::array gradients{gradient{"grad_criterion_score", "reward", "criterion_score"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct rubric_program {
  static constexpr bool short_segments = true;
  op::rubric_reward::inputs<T> in;
  op::rubric_reward::outputs<T> out;
  op::rubric_reward::options o;

  GUERDON_HD double weight_of(index_t k) const {
    return double(in.criterion_weight[k]) * double(T(in.criterion_type[k] == 0 ? o.factual_weight : o.process_weight));
  }
  GUERDON_HD double share(double met, double possible) const {
    if (!(possible > 0)) return possible != possible ? possible : 0;
    return o.clip ? math::clamp(met / possible, 0.0, 1.0) : met / possible;
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t r) const {
    const index_t begin = in.criteria.begin(r), n = in.criteria.size(r);
    const auto t = team.template reduce<add, add, add, add, add, add>(n, [&](index_t i) {
      const index_t k = begin + i;
      const double s = double(in.criterion_score[k]), given = double(in.criterion_weight[k]), w = weight_of(k);
      const double met = math::zero_select_product(w, s), possible = math::max(w, 0.0);
      const bool factual = in.criterion_type[k] == 0, holds = given > 0 ? s >= 1 : s <= 0;
      return lanes{factual ? met : 0,     factual ? possible : 0, factual ? 0 : met,
                   factual ? 0 : possible, factual && given > 0 ? 1.0 : 0.0,
                   factual && given != 0 && !holds ? 1.0 : 0.0};
    });
    const double met = t[0] + t[2], possible = t[1] + t[3], whole = share(met, possible);
    const bool bonus = o.factual_bonus && t[4] > 0 && t[5] == 0;
    team.once([&] {
      out.reward[r] = T(bonus ? 1 : whole);
      out.factual_reward[r] = T(share(t[0], t[1]));
      out.process_reward[r] = T(share(t[2], t[3]));
    });
    if (!out.grad_criterion_score) return;
    const bool flat = bonus || !(possible > 0) || (o.clip && (met < 0 || met > possible));
    team.each(n, [&](index_t i) {
      out.grad_criterion_score[begin + i] = T(flat ? 0 : weight_of(begin + i) / possible);
    });
  }
};

/// Writes rewards and, if wanted, gradients.
template <real T = float, backend Backend>
void rubric_reward(const Backend& backend, const op::rubric_reward::inputs<T>& in,
                   const op::rubric_reward::outputs<T>& out, const op::rubric_reward::options& o) {
  check<op::rubric_reward>(backend, in, out, o);
  backend.for_segments(in.criteria, rubric_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto rubric_reward(const Backend& backend, const op::rubric_reward::inputs<T>& in,
                   const op::rubric_reward::options& o = {}) {
  return returned<op::rubric_reward, T>(backend, in, o, [&](auto& out) { rubric_reward(backend, in, out, o); });
}

}}  // namespace guerdon
