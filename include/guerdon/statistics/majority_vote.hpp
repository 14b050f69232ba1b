#pragma once
// The answer that most of a group give: a label where there is none.
//
// $$\hat a_g = \arg\max_a n_a, \qquad \mathrm{ratio}_g = \frac{\max_a n_a}{n}$$
//
// where $n_a$ of the group's n answers are a. Of answers with equally many votes the one that the group gave first wins.
//
// Source: test-time reinforcement learning (TTRL), arXiv:2504.16084; Co-Reward, arXiv:2508.00410.
//
// Details that differ:
// - An answer below 0 is none and has no vote, as in Co-Reward; it still counts in the size that the ratio divides by.
//   TTRL drops only what could not be extracted: `count_empty` lets every answer vote. Turning text into ids is
//   answer_ids'.
// - A group without votes, or without answers, has label -1, no votes and ratio 0, where TTRL's code fails.
// - No gradient.
//
// Cost: a sort inside the groups, then two searches in it per answer.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon {
namespace op {
struct majority_vote {
  static constexpr info about{"majority_vote", "statistics", "The most frequent answer of each group (TTRL, Co-Reward)",
                              "arXiv:2504.16084; arXiv:2508.00410", skeleton::sort};
  template <real T>
  struct inputs {
    view<const index_t> answer_id;  ///< [N] equal numbers are equal answers; below 0: no usable answer
    segments groups;                ///< cuts the N answers into G groups
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> label_id;  ///< [G] the answer with most votes; -1 where nothing was voted for
    Of<index_t> votes;     ///< [G] how many
    Of<T> ratio;           ///< [G] votes / answers of the group
  };
  struct options {
    bool count_empty = false;  ///< answers below 0 vote like the others
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("answer_id", &I::answer_id, "N", integers(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("label_id", &O::label_id, "G"), array("votes", &O::votes, "G"),
                      array("ratio", &O::ratio, "G"));
  }
  static constexpr auto parameters() { return std::tuple(flag("count_empty", &options::count_empty)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One group: the sorted answers tell how many votes an answer has, the answers as they came who was first.
template <class T>
struct majority_vote_program {
  static constexpr bool short_segments = true;
  op::majority_vote::inputs<T> in;
  view<const index_t> sorted;
  view<index_t> count;  // [N]
  op::majority_vote::outputs<T> out;
  op::majority_vote::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t *const id = in.answer_id.data() + begin, *const ascending = sorted.data() + begin;
    index_t* const count_here = count.data() + begin;
    team.each(n, [=, every = o.count_empty](index_t i) {
      const bool has_vote = every || id[i] >= 0;
      count_here[i] = has_vote ? rank_in(ascending, n, id[i], true) - rank_in(ascending, n, id[i], false) : 0;
    });
    const double most = team.template reduce<highest>(n, [=](index_t i) { return lanes{double(count_here[i])}; })[0];
    const double first = team.template reduce<lowest>(n, [=](index_t i) {
      return lanes{double(count_here[i]) == most ? double(i) : lowest::identity};
    })[0];
    const bool voted = most > 0;
    team.once([&] {
      out.label_id[g] = voted ? id[index_t(first)] : -1;
      out.votes[g] = voted ? index_t(most) : 0;
      out.ratio[g] = T(voted ? most / double(n) : 0);
    });
  }
};

/// Writes the labels, their votes and ratios.
template <real T = float, backend Backend>
void majority_vote(const Backend& backend, const op::majority_vote::inputs<T>& in,
                   const op::majority_vote::outputs<T>& out, const op::majority_vote::options& o) {
  check<op::majority_vote>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto sorted = scratch.template take<index_t>(in.answer_id.size());
  const auto count = scratch.template take<index_t>(in.answer_id.size());
  backend.template sort_segments<index_t>(in.groups, in.answer_id, sorted);
  backend.for_segments(in.groups, majority_vote_program<T>{in, sorted, count, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto majority_vote(const Backend& backend, const op::majority_vote::inputs<T>& in,
                   const op::majority_vote::options& o = {}) {
  return returned<op::majority_vote, T>(backend, in, o, [&](auto& out) { majority_vote(backend, in, out, o); });
}

}}  // namespace guerdon
