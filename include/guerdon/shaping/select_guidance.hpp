#pragma once
// The best answer to each prompt, whether it is to be rewritten, and which criteria the rewrite is told of.
//
// $$b_g = \arg\max_i r_i, \qquad F_g = \{k \text{ of } b_g : w_k > 0,\ s_k < \text{pass}\}, \qquad
//   \text{guide}_g = [F_g \ne \emptyset]$$
//
// `rule = reward` guides where the best reward is below `trigger`.
//
// Source: RGR-GRPO, arXiv:2511.12344.
//
// Details that differ:
// - The two rules differ where the factual rule of rubric_reward gave 1 although a criterion of the process failed:
//   criteria, the authors' rule, still guides.
// - Of equal rewards the first is best; NaN is passed by. A group without a reward that is a number has -1, and no
//   guidance.
// - The rewrite, sampled outside, joins its group as an off-policy member. No gradient.
//
// Cost: the rewards of a group read three times from cache, the criteria of the best answer twice.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class guidance_rule {
  criteria,  ///< a criterion of positive weight failed
  reward     ///< the best reward is below `trigger`
};
constexpr auto enumerators(guidance_rule) { return std::array{"criteria", "reward"}; }

namespace op {
struct select_guidance {
  static constexpr info about{"select_guidance", "shaping",
                              "Which answer to rewrite, and the criteria it failed (RGR-GRPO)", "arXiv:2511.12344",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;            ///< [R] of the answers sampled first
    view<const T> criterion_score;   ///< [K] 1 = met
    view<const T> criterion_weight;  ///< [K] negative: a pitfall
    segments criteria;               ///< cuts the K criteria into R answers
    segments groups;                 ///< cuts the R answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> best_index;  ///< [G] an index into the R answers; -1: none
    Of<flag_t> guide;        ///< [G] 1 = rewrite the best answer
    Of<flag_t> failed;       ///< [K] 1 = the rewrite is told of it
  };
  struct options {
    guidance_rule rule = guidance_rule::criteria;  ///< what decides
    double trigger = 1;                            ///< guide where the best reward is below (rule reward)
    double pass_score = 1;                         ///< a criterion of a score below has failed
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "R", drawn(0, 1)),
                      array("criterion_score", &I::criterion_score, "K", drawn(0, 1.5)),
                      array("criterion_weight", &I::criterion_weight, "K", drawn(-1, 3)),
                      cuts("criteria", &I::criteria, "R", "K").in_files("criterion_offsets"),
                      cuts("groups", &I::groups, "G", "R").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("best_index", &O::best_index, "G"), array("guide", &O::guide, "G"),
                      array("failed", &O::failed, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("rule", &options::rule), option("trigger", &options::trigger, drawn(0, 1)),
                      option("pass_score", &options::pass_score, drawn(0, 1.5)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct guidance_program {
  static constexpr bool short_segments = true;
  op::select_guidance::inputs<T> in;
  op::select_guidance::outputs<T> out;
  op::select_guidance::options o;

  GUERDON_HD bool fails(index_t k) const {
    return in.criterion_weight[k] > T(0) && in.criterion_score[k] < T(o.pass_score);
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const T* const reward = in.reward.data() + begin;
    const double most = team.template reduce<highest>(n, [=](index_t i) {
      return lanes{reward[i] == reward[i] ? double(reward[i]) : highest::identity};
    })[0];
    const double first = team.template reduce<lowest>(n, [=](index_t i) {
      return lanes{double(reward[i]) == most ? double(i) : lowest::identity};
    })[0];
    const bool any = first < double(n);
    const index_t best = any ? begin + index_t(first) : -1;
    const index_t from = any ? in.criteria.begin(best) : 0, count = any ? in.criteria.size(best) : 0;
    const double failures = team.sum(count, [&](index_t k) { return fails(from + k) ? 1 : 0; });
    const bool guide = any && (o.rule == guidance_rule::criteria ? failures > 0 : most < double(T(o.trigger)));
    team.each(n, [&](index_t i) {
      const index_t k = in.criteria.begin(begin + i), end = k + in.criteria.size(begin + i);
      for (index_t c = k; c < end; ++c) out.failed[c] = flag_t(guide && begin + i == best && fails(c));
    });
    team.once([&] {
      out.best_index[g] = best;
      out.guide[g] = flag_t(guide);
    });
  }
};

/// Writes indices, decisions and failed criteria.
template <real T = float, backend Backend>
void select_guidance(const Backend& backend, const op::select_guidance::inputs<T>& in,
                     const op::select_guidance::outputs<T>& out, const op::select_guidance::options& o) {
  check<op::select_guidance>(backend, in, out, o);
  backend.for_segments(in.groups, guidance_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto select_guidance(const Backend& backend, const op::select_guidance::inputs<T>& in,
                     const op::select_guidance::options& o = {}) {
  return returned<op::select_guidance, T>(backend, in, o, [&](auto& out) { select_guidance(backend, in, out, o); });
}

}}  // namespace guerdon
