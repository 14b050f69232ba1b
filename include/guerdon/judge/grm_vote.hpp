#pragma once
// Several sampled judgements of the same responses, added up; a meta model may say which of them vote.
//
// $$S_i = \sum_{k \in V} s_{ki}, \qquad V = \{ \text{the } k_{\text{meta}} \text{ of highest meta score} \}
//   \text{, or all}$$
//
// Source: DeepSeek-GRM (SPCT), arXiv:2504.02495, equations 5 and 6, and its meta reward model.
//
// Details that differ:
// - A judgement with a NaN score, or a NaN meta score, is discarded, and still counted by k_meta = floor(K/2). Fewer
//   left than k_meta: all of them vote; none: an error. Of equal meta scores the lower index votes.
// - Shuffling the responses before they are judged, and back, is the caller's.
//
// Cost: the scores read once, and a sort. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

enum class vote_aggregate { sum, mean };
constexpr auto enumerators(vote_aggregate) { return std::array{"sum", "mean"}; }

namespace op {
struct grm_vote : host_kind {
  static constexpr info about{"grm_vote", "judge", "Votes of sampled judgements, chosen by a meta model (DeepSeek-GRM)",
                              "arXiv:2504.02495", skeleton::host};
  struct inputs {
    index_t samples = 0;                 ///< judgements, K
    view<const double> score;            ///< [K,N] of each response; NaN: unreadable
    view<const double> meta_score = {};  ///< [K] how good the judgement is; left out: all vote
  };
  struct outputs {
    std::vector<double> voted;     ///< [N]
    std::vector<flag_t> selected;  ///< [K] 1 = this judgement voted
    index_t best = -1;             ///< [1] the first response of the highest vote; -1: there are none
  };
  struct options {
    index_t k_meta = 0;  ///< 0..K judgements vote; 0: half of K, at least 1
    vote_aggregate aggregate = vote_aggregate::sum;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("samples", &I::samples, "K"), array("score", &I::score, "K,N"),
                      optional_array("meta_score", &I::meta_score, "K"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("voted", &O::voted, "N"), array("selected", &O::selected, "K"),
                      array("best", &O::best, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("k_meta", &options::k_meta, counts(2)), choice("aggregate", &options::aggregate));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The vote on all responses.
inline op::grm_vote::outputs grm_vote(const op::grm_vote::inputs& in, const op::grm_vote::options& o = {}) {
  const auto rule = check<op::grm_vote>(in, o);
  const index_t samples = in.samples, responses = samples > 0 ? in.score.size() / samples : 0;
  rule(o.k_meta <= samples, "k_meta", "must not be more than there are samples");
  std::vector<index_t> voters;
  for (index_t k = 0; k < samples; ++k) {
    bool readable = !in.meta_score || in.meta_score[k] == in.meta_score[k];
    for (index_t i = 0; i < responses; ++i) readable &= in.score[k * responses + i] == in.score[k * responses + i];
    if (readable) voters.push_back(k);
  }
  rule(!voters.empty(), "score", "must have readable samples, one at least");
  if (in.meta_score) {
    std::stable_sort(voters.begin(), voters.end(),
                     [&](index_t a, index_t b) { return in.meta_score[a] > in.meta_score[b]; });
    const auto most = static_cast<std::size_t>(o.k_meta > 0 ? o.k_meta : std::max<index_t>(samples / 2, 1));
    if (voters.size() > most) voters.resize(most);
    std::sort(voters.begin(), voters.end());
  }
  op::grm_vote::outputs out;
  out.voted.resize(static_cast<std::size_t>(responses));
  out.selected.resize(static_cast<std::size_t>(samples));
  const double share = o.aggregate == vote_aggregate::mean ? static_cast<double>(voters.size()) : 1;
  for (const index_t k : voters) out.selected[static_cast<std::size_t>(k)] = 1;
  for (index_t i = 0; i < responses; ++i) {
    double sum = 0;
    for (const index_t k : voters) sum += in.score[k * responses + i];
    out.voted[static_cast<std::size_t>(i)] = sum / share;
  }
  if (responses > 0)
    out.best = static_cast<index_t>(std::max_element(out.voted.begin(), out.voted.end()) - out.voted.begin());
  return out;
}

}}  // namespace guerdon
