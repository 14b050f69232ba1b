#pragma once
// For each prompt the first answer that a rule verifies: the positive of a pair that trains a reward model.
//
// $$i_g = \min \{ i \in g : s_i = s^+ \}, \qquad
//   \text{valid}_g = [\,i_g \text{ exists}\,] \cdot [\,\text{negative is fine}\,]$$
//
// The negative is that answer, rewritten by an assistant until it is wrong.
//
// Source: Cooper, arXiv:2508.05613, recipe/cooper/collaborate.py.
//
// Details that differ:
// - Equality is exact: 0.999 is no positive, nor is NaN. Without one the group's first answer stands in, flagged; an
//   empty group has index -1.
// - Groups keep their order, where the released code walks an unordered set.
//
// Cost: the scores read once.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/first_where.hpp>

namespace guerdon {
namespace op {
struct select_contrastive_pair {
  static constexpr info about{"select_contrastive_pair", "reward_model",
                              "The first verified answer of each prompt (Cooper)",
                              "arXiv:2508.05613", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> rule_score;             ///< [N] of the rule's verifier
    segments groups;                      ///< cuts the N answers into G prompts
    view<const flag_t> negative_ok = {};  ///< [G] 1 = the assistant's negative is known to differ; left out: all are
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> positive_index;  ///< [G] into the N answers; -1: an empty group
    Of<flag_t> has_positive;     ///< [G] 1 = it is verified
    Of<flag_t> valid_mask;       ///< [G] 1 = it is, and its negative is fine
  };
  struct options {
    double positive_value = 1;  ///< the score of what is verified
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("rule_score", &I::rule_score, "N", integers(0, 2)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("negative_ok", &I::negative_ok, "G", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("positive_index", &O::positive_index, "G", index_in_segment("group_offsets")),
                      array("has_positive", &O::has_positive, "G"), array("valid_mask", &O::valid_mask, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("positive_value", &options::positive_value, integers(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct contrastive_pair_program {
  static constexpr bool short_segments = true;
  op::select_contrastive_pair::inputs<T> in;
  op::select_contrastive_pair::outputs<T> out;
  T positive;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const index_t first = first_where(team, n, [&](index_t i) { return in.rule_score[begin + i] == positive; });
    team.once([&] {
      const bool found = first < n;
      out.positive_index[g] = n == 0 ? -1 : found ? begin + first : begin;
      out.has_positive[g] = flag_t(found);
      out.valid_mask[g] = flag_t(found && (!in.negative_ok || in.negative_ok[g] != 0));
    });
  }
};

/// Writes indices and flags.
template <real T = float, backend Backend>
void select_contrastive_pair(const Backend& backend, const op::select_contrastive_pair::inputs<T>& in,
                             const op::select_contrastive_pair::outputs<T>& out,
                             const op::select_contrastive_pair::options& o) {
  check<op::select_contrastive_pair>(backend, in, out, o);
  backend.for_segments(in.groups, contrastive_pair_program<T>{in, out, T(o.positive_value)});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto select_contrastive_pair(const Backend& backend, const op::select_contrastive_pair::inputs<T>& in,
                             const op::select_contrastive_pair::options& o = {}) {
  return returned<op::select_contrastive_pair, T>(backend, in, o,
                                                  [&](auto& out) { select_contrastive_pair(backend, in, out, o); });
}

}}  // namespace guerdon
