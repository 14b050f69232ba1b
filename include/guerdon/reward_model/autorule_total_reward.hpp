#pragma once
// The share of rules that an answer satisfies, added to a learned reward.
//
// $$r = w_r\,r_{\text{rule}} + w_m\,x - c\,k, \qquad
//   x = s \quad \text{or} \quad \frac{s - \mathrm{mean}(s)}{\mathrm{std}(s) + \varepsilon}$$
//
// for the reward model's score s and an estimate k of the divergence from the reference policy; `normalize` says over
// what mean and population deviation are taken.
//
// Source: AutoRule, arXiv:2506.15651: both weights 1, the score as it is.
//
// Details that differ:
// - The paper hands the sum to GRPO, which normalises it by groups. Whether its code rescales the score before that is
//   not known; the normalising modes are this project's.
// - Equal scores, and a group of one: x is exactly 0, also with std_eps 0. A score that is not finite makes its whole
//   group NaN, of one too (`batch`: everything); `none` passes it through. With kl_coef 0 `kl` is not read.
//
// Cost: the scores read once, three times where they are normalised. No gradient: rewards are constants.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

/// Over what a score is standardised.
enum class score_scope { none, batch, group };
constexpr auto enumerators(score_scope) { return std::array{"none", "batch", "group"}; }

namespace op {
struct autorule_total_reward {
  static constexpr info about{"autorule_total_reward", "reward_model", "Rules and a learned reward in one (AutoRule)",
                              "arXiv:2506.15651", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> rule_reward;  ///< [B] of rule_satisfaction_reward
    view<const T> rm_score;     ///< [B] of the reward model
    view<const T> kl = {};      ///< [B] an estimate for each answer; left out: 0
    segments groups = {};       ///< cuts the B answers into prompts, for normalize = group
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    double rule_weight = 1;                     ///< of the rules
    double rm_weight = 1;                       ///< of the reward model
    double kl_coef = 0;                         ///< >= 0
    score_scope normalize = score_scope::none;  ///< over what the score is standardised
    double std_eps = 1e-8;                      ///< >= 0, added to the deviation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("rule_reward", &I::rule_reward, "B"), array("rm_score", &I::rm_score, "B"),
                      optional_array("kl", &I::kl, "B"),
                      optional_cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("rule_weight", &options::rule_weight), option("rm_weight", &options::rm_weight),
                      option("kl_coef", &options::kl_coef, at_least(0, 1)), choice("normalize", &options::normalize),
                      option("std_eps", &options::std_eps, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The weighted sum, of one answer.
template <class T>
struct autorule_sum {
  op::autorule_total_reward::inputs<T> in;
  double rule_weight, rm_weight, kl_coef;

  GUERDON_HD T operator()(index_t i, double score) const {
    const double penalty = in.kl ? math::zero_select_product(kl_coef, double(in.kl[i])) : 0;
    return T(rule_weight * double(in.rule_reward[i]) + rm_weight * score - penalty);
  }
};

template <class T>
struct autorule_program {
  static constexpr bool short_segments = true;
  autorule_sum<T> total;
  view<T> reward;
  scaling_rule scaling;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = total.in.groups.begin(g);
    const auto score = [&](index_t i) { return double(total.in.rm_score[begin + i]); };
    normalise_group(team, total.in.groups.size(g), score, centring_rule{}, scaling,
                    [&](index_t i, double x) { reward[begin + i] = total(begin + i, x); });
  }
};

/// Writes the sums.
template <real T = float, backend Backend>
void autorule_total_reward(const Backend& backend, const op::autorule_total_reward::inputs<T>& in,
                           const op::autorule_total_reward::outputs<T>& out,
                           const op::autorule_total_reward::options& o) {
  const auto rule = check<op::autorule_total_reward>(backend, in, out, o);
  rule(o.normalize != score_scope::group || in.groups, "groups", "offsets are required for normalize = group");
  const autorule_sum<T> total{in, o.rule_weight, o.rm_weight, o.kl_coef};
  const scaling_rule scaling{true, std_kind::all, 0, double(T(o.std_eps)), epsilon_mode::add_std};
  const index_t n = in.rm_score.size();
  const auto reward = out.reward;
  if (o.normalize == score_scope::group)
    return backend.for_segments(in.groups, autorule_program<T>{total, reward, scaling});
  if (o.normalize == score_scope::none)
    return backend.each(n, [=] GUERDON_HD(index_t i) {
      if (in.groups.holds(i)) reward[i] = total(i, double(in.rm_score[i]));
    });
  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    return counted_value<double>{double(in.rm_score[i]), in.groups.holds(i)};
  }, spread);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const normalised_group batch(centred_group(spread[0], centring_rule{}), scaling);
    if (in.groups.holds(i)) reward[i] = total(i, batch(double(in.rm_score[i])));
  });
}

/// The same into an array of the backend's.
template <real T = float, backend Backend>
auto autorule_total_reward(const Backend& backend, const op::autorule_total_reward::inputs<T>& in,
                           const op::autorule_total_reward::options& o = {}) {
  return returned<op::autorule_total_reward, T>(backend, in, o,
                                                [&](auto& out) { autorule_total_reward(backend, in, out, o); });
}

}}  // namespace guerdon
