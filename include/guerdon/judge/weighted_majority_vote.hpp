#pragma once
// The answer of each group with most votes, where votes may weigh differently.
//
// $$\hat a_g = \arg\max_a W_a, \qquad W_a = \sum_{i \in g : a_i = a} w_i, \qquad
//   \mathrm{share}_g = \frac{\max_a W_a}{\sum_a W_a}$$
//
// Source: self-consistency, arXiv:2203.11171, with weights; the standard definition.
//
// Details that differ:
// - -1 abstains. Of equal sums the answer that came first wins. No vote: -1, and share 0; share is 0 too where all
//   weights sum to 0 or less. Weights may be negative. majority_vote is the same without weights, on every backend.
//
// Cost: a hash table per group. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <unordered_map>
#include <vector>

namespace guerdon {
namespace op {
struct weighted_majority_vote : host_kind {
  static constexpr info about{"weighted_majority_vote", "judge", "The answer with most weight of votes",
                              "arXiv:2203.11171", skeleton::host, 1e-5, true};
  struct inputs {
    view<const index_t> answer;      ///< [N] equal numbers are equal answers; -1 abstains
    segments groups;                 ///< cuts the N answers into G prompts
    view<const double> weight = {};  ///< [N] left out: all 1
  };
  struct outputs {
    std::vector<index_t> winner;  ///< [G] -1: nobody voted
    std::vector<double> share;    ///< [G] of the winner in all weight
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("answer", &I::answer, "N", counts_from(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("weight", &I::weight, "N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("winner", &O::winner, "G"), array("share", &O::share, "G"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The winner of every group.
inline op::weighted_majority_vote::outputs weighted_majority_vote(const op::weighted_majority_vote::inputs& in,
                                                                  const op::weighted_majority_vote::options& o = {}) {
  check<op::weighted_majority_vote>(in, o);
  struct candidate {
    index_t answer;
    double weight;
  };
  op::weighted_majority_vote::outputs out;
  std::vector<candidate> candidates;  // in the order they came
  std::unordered_map<index_t, std::size_t> place;
  for (index_t g = 0; g < in.groups.count(); ++g) {
    candidates.clear(), place.clear();
    for (index_t i = in.groups.begin(g), end = i + in.groups.size(g); i < end; ++i) {
      if (in.answer[i] < 0) continue;
      const auto [at, is_new] = place.try_emplace(in.answer[i], candidates.size());
      if (is_new) candidates.push_back({in.answer[i], 0});
      candidates[at->second].weight += in.weight ? in.weight[i] : 1;
    }
    candidate best{-1, 0};
    double total = 0;
    for (const candidate& c : candidates) {
      total += c.weight;
      if (best.answer < 0 || c.weight > best.weight) best = c;
    }
    out.winner.push_back(best.answer);
    out.share.push_back(total <= 0 ? 0 : best.weight / total);
  }
  return out;
}

}}  // namespace guerdon
