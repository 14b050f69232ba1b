#pragma once
// Reward of a judge that scores every answer of a prompt: right if the labelled best one is scored best.
//
// $$r_g = \begin{cases} r^+ & s_j > s_i \text{ for all } i \ne j, \quad j = \arg\max_i y_i \\ r^- & \text{else}
//   \end{cases}$$
//
// and for a single answer $r^+$ where $s = y$.
//
// Source: DeepSeek-GRM (SPCT), arXiv:2504.02495, equation 4.
//
// Details that differ:
// - The order of the others is free, a tie for the best is wrong. An unreadable score (NaN) makes its group wrong, and
//   an empty group is. Form is not paid.
// - Labels without a single maximum are an error where the scores are readable; a backend whose memory the host cannot
//   read calls the group wrong.
//
// Cost: scores and labels read twice.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/first_where.hpp>

namespace guerdon {
namespace op {
struct grm_rule_reward {
  static constexpr info about{"grm_rule_reward", "judge", "Whether a judge scores the best answer best (DeepSeek-GRM)",
                              "arXiv:2504.02495", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> score;      ///< [N] what the judge gave; NaN: not extracted
    view<const T> gt_reward;  ///< [N] labels
    segments groups;          ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [G]
  };
  struct options {
    double correct_reward = 1;
    double wrong_reward = -1;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N"), array("gt_reward", &I::gt_reward, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "G")); }
  static constexpr auto parameters() {
    return std::tuple(option("correct_reward", &options::correct_reward, any_value()),
                      option("wrong_reward", &options::wrong_reward, any_value()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Is there an answer that is labelled better than all others, in a group whose scores are readable?
template <class T, class Team>
GUERDON_HD bool labels_single_best(const op::grm_rule_reward::inputs<T>& in, Team& team, index_t g) {
  const index_t begin = in.groups.begin(g), n = in.groups.size(g);
  const double most = team.template reduce<highest>(n, [&](index_t i) {
    return lanes{double(in.gt_reward[begin + i])};
  })[0];
  return team.sum(n, [&](index_t i) { return double(in.gt_reward[begin + i]) == most ? 1 : 0; }) == 1;
}

template <class T>
struct grm_rule_program {
  static constexpr bool short_segments = true;
  op::grm_rule_reward::inputs<T> in;
  view<T> reward;
  op::grm_rule_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto score = [&](index_t i) { return double(in.score[begin + i]); };
    const auto label = [&](index_t i) { return double(in.gt_reward[begin + i]); };
    const auto most = team.template reduce<highest, highest>(n, [&](index_t i) { return lanes{score(i), label(i)}; });
    const auto at_most = team.template reduce<add, add, add>(n, [&](index_t i) {
      const bool scored = score(i) == most[0], labelled = label(i) == most[1];
      const bool right = scored && (n == 1 ? score(i) == label(i) : labelled);
      return lanes{scored ? 1.0 : 0.0, labelled ? 1.0 : 0.0, right ? 1.0 : 0.0};
    });
    const bool right = at_most[0] == 1 && at_most[1] == 1 && at_most[2] == 1;
    team.once([&] { reward[g] = T(right ? o.correct_reward : o.wrong_reward); });
  }
};

/// Writes the rewards.
template <real T = float, backend Backend>
void grm_rule_reward(const Backend& backend, const op::grm_rule_reward::inputs<T>& in,
                     const op::grm_rule_reward::outputs<T>& out, const op::grm_rule_reward::options& o) {
  const auto rule = check<op::grm_rule_reward>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < in.groups.count(); ++g) {
      const index_t begin = in.groups.begin(g), n = in.groups.size(g);
      bool readable = n > 1;
      for (index_t i = 0; i < n; ++i) readable = readable && in.score[begin + i] == in.score[begin + i];
      serial_team alone;
      rule(!readable || labels_single_best(in, alone, g), "gt_reward", "must have a single maximum in every group");
    }
  backend.for_segments(in.groups, grm_rule_program<T>{in, out.reward, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto grm_rule_reward(const Backend& backend, const op::grm_rule_reward::inputs<T>& in,
                     const op::grm_rule_reward::options& o = {}) {
  return returned<op::grm_rule_reward, T>(backend, in, o, [&](auto& out) { grm_rule_reward(backend, in, out, o); });
}

}}  // namespace guerdon
