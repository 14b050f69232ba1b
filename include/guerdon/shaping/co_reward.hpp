#pragma once
// Training without labels on questions asked twice in different words: each phrasing is graded with the other's vote.
//
// $$r_i = [a_i = \hat a'_g], \qquad r'_j = [a'_j = \hat a_g]$$
//
// with the labels of majority_vote: $\hat a_g$ of the original question's answers, $\hat a'_g$ of the rephrased one's.
// An answer cannot vote for itself, so agreeing with oneself pays nothing.
//
// Source: Co-Reward, arXiv:2508.00410, eqs. 6 to 8.
//
// Details that differ:
// - Answers below 0 are none: they neither vote nor earn. A side without a usable answer gives label -1, and the other
//   side no reward.
// - The released code compares the texts of the last \boxed{}; ids from answer_ids do the same. The groups of the two
//   sides may differ in size.
// - Afterwards each side is standardised within its own groups (grpo_advantage), and the objectives are added with
//   equal weight. No gradient.
//
// Cost: two votes, and 10 bytes per answer.

#include <guerdon/core/operation.hpp>
#include <guerdon/shaping/vote_grade.hpp>

namespace guerdon {
namespace op {
struct co_reward {
  static constexpr info about{"co_reward", "shaping",
                              "Reward for the answer that the rephrased question votes for (Co-Reward)",
                              "arXiv:2508.00410", skeleton::sort};
  template <real T>
  struct inputs {
    view<const index_t> answer_id;         ///< [N] answers to the original questions; below 0: no usable answer
    segments groups;                       ///< cuts the N answers into G questions
    view<const index_t> paired_answer_id;  ///< [M] answers to the rephrased questions
    segments paired_groups;                ///< cuts the M answers into the same G questions
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;                 ///< [N] 1 = gave the label of the rephrased side
    Of<T> paired_reward;          ///< [M] 1 = gave the label of the original side
    Of<index_t> label_id;         ///< [G] what the originals are graded with: the vote of the rephrased side
    Of<index_t> paired_label_id;  ///< [G] the vote of the original side
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("answer_id", &I::answer_id, "N", integers(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      array("paired_answer_id", &I::paired_answer_id, "M", integers(-1, 4)),
                      cuts("paired_groups", &I::paired_groups, "G", "M").in_files("paired_group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("paired_reward", &O::paired_reward, "M"),
                      array("label_id", &O::label_id, "G"), array("paired_label_id", &O::paired_label_id, "G"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes rewards and labels.
template <real T = float, backend Backend>
void co_reward(const Backend& backend, const op::co_reward::inputs<T>& in, const op::co_reward::outputs<T>& out,
               const op::co_reward::options& o) {
  check<op::co_reward>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto votes = scratch.template take<index_t>(in.groups.count());
  const auto ratio = scratch.template take<T>(in.groups.count());
  majority_vote<T>(backend, {in.paired_answer_id, in.paired_groups}, {out.label_id, votes, ratio}, {});
  majority_vote<T>(backend, {in.answer_id, in.groups}, {out.paired_label_id, votes, ratio}, {});
  backend.for_segments(in.groups, vote_grade<T>{in.answer_id, in.groups, out.label_id, out.reward});
  backend.for_segments(in.paired_groups,
                       vote_grade<T>{in.paired_answer_id, in.paired_groups, out.paired_label_id, out.paired_reward});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto co_reward(const Backend& backend, const op::co_reward::inputs<T>& in, const op::co_reward::options& o = {}) {
  return returned<op::co_reward, T>(backend, in, o, [&](auto& out) { co_reward(backend, in, out, o); });
}

}}  // namespace guerdon
