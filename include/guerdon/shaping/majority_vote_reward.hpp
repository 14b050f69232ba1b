#pragma once
// Training without labels: the answer that most of a group give is the label, and who gives it is rewarded.
//
// $$r_i = [a_i = \hat a_g]\,[a_i \ge 0]$$
//
// with the label $\hat a_g$ of majority_vote. All answers vote; with `train_samples` only the first of each group are
// trained on.
//
// Source: test-time reinforcement learning (TTRL), arXiv:2504.16084.
//
// Details that differ:
// - The released code grades with a mathematical equivalence test; here equal ids are equal answers, so give the ids of
//   canonical answers.
// - It writes the reward of every answer of a group where the group's last answer ends (a loop variable leaks). Here
//   each answer has its own.
// - An answer below 0 is none and earns nothing, also where `count_empty` lets such answers win the vote.
// - No gradient.
//
// Cost: that of majority_vote, and 10 bytes per answer.

#include <guerdon/core/operation.hpp>
#include <guerdon/shaping/vote_grade.hpp>

namespace guerdon {
namespace op {
struct majority_vote_reward {
  static constexpr info about{"majority_vote_reward", "shaping",
                              "Reward for the answer that most of the group give (TTRL)", "arXiv:2504.16084",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const index_t> answer_id;  ///< [N] equal numbers are equal answers; below 0: no usable answer
    segments groups;                ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;          ///< [N] 1 = gave the label
    Of<index_t> label_id;  ///< [G] the answer with most votes; -1 where nothing was voted for
    Of<T> ratio;           ///< [G] its votes / answers of the group
    Of<flag_t> keep;       ///< [N] 1 = to train on
  };
  struct options {
    bool count_empty = false;   ///< answers below 0 vote like the others
    index_t train_samples = 0;  ///< how many answers of each group are trained on, the first ones; 0: all
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("answer_id", &I::answer_id, "N", integers(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("label_id", &O::label_id, "G"),
                      array("ratio", &O::ratio, "G"), array("keep", &O::keep, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("count_empty", &options::count_empty),
                      option("train_samples", &options::train_samples, counts(1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Which answers of a group are trained on: the first `samples`.
struct first_of_group {
  static constexpr bool short_segments = true;
  segments groups;
  view<flag_t> keep;
  index_t samples;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g);
    team.each(groups.size(g), [&](index_t i) { keep[begin + i] = flag_t(samples == 0 || i < samples); });
  }
};

/// Writes rewards, labels and what to train on.
template <real T = float, backend Backend>
void majority_vote_reward(const Backend& backend, const op::majority_vote_reward::inputs<T>& in,
                          const op::majority_vote_reward::outputs<T>& out, const op::majority_vote_reward::options& o) {
  const auto rule = check<op::majority_vote_reward>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < in.groups.count(); ++g)
      rule(in.groups.size(g) == 0 || o.train_samples <= in.groups.size(g), "train_samples",
           "must not be more than a group has answers");
  auto scratch = backend.scratch();
  const auto votes = scratch.template take<index_t>(in.groups.count());
  majority_vote<T>(backend, {in.answer_id, in.groups}, {out.label_id, votes, out.ratio},
                   {.count_empty = o.count_empty});
  backend.for_segments(in.groups, vote_grade<T>{in.answer_id, in.groups, out.label_id, out.reward});
  backend.for_segments(in.groups, first_of_group{in.groups, out.keep, o.train_samples});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto majority_vote_reward(const Backend& backend, const op::majority_vote_reward::inputs<T>& in,
                          const op::majority_vote_reward::options& o = {}) {
  return returned<op::majority_vote_reward, T>(backend, in, o,
                                               [&](auto& out) { majority_vote_reward(backend, in, out, o); });
}

}}  // namespace guerdon
