#pragma once
// A comparison judged several times, in both orders of presentation: won if every condition is won.
//
// $$p_m = \begin{cases} 1 & s_{mv} - s'_{mv} > \text{margin for all } v \\ -1 & \text{for no } v \\ -1 \text{ or } 0 &
//   \text{for some } v \end{cases}$$
//
// with the judge's scores $s$ of the candidate and $s'$ of the reference in condition v.
//
// Source: BRPO of Writing-Zero, arXiv:2506.00103.
//
// Details that differ:
// - Judges prefer a position; asking for every order cancels that. Votes that disagree count -1, as in the paper, which
//   calls the choice open: `inconsistent = neutral` gives 0.
// - A tie, or a NaN, is not a win. Without any vote the call is refused. No gradient.
//
// Cost: the scores read once.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class inconsistent_votes { lose, neutral };
constexpr auto enumerators(inconsistent_votes) { return std::array{"lose", "neutral"}; }

namespace op {
struct pairwise_vote {
  static constexpr info about{"pairwise_vote", "advantage", "Who wins a comparison in every voting condition (BRPO)",
                              "arXiv:2506.00103", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;                  ///< cuts the votes into B comparisons: segments::uniform(B, V)
    view<const T> candidate_score;  ///< [B,V] the judge's scores of the candidate
    view<const T> reference_score;  ///< [B,V] of the reference
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> preference;  ///< [B] 1 = won; -1; 0 = votes disagree, with inconsistent neutral
  };
  struct options {
    double margin = 0;  ///< a condition is won when the scores differ by more than this
    inconsistent_votes inconsistent = inconsistent_votes::lose;  ///< what votes count that disagree
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("candidate_score", &I::candidate_score, "B,T", drawn(0, 10)),
                      array("reference_score", &I::reference_score, "B,T", drawn(0, 10)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("preference", &O::preference, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("margin", &options::margin, drawn(0, 1)), choice("inconsistent", &options::inconsistent));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct pairwise_vote_program {
  static constexpr bool short_segments = true;
  op::pairwise_vote::inputs<T> in;
  view<T> preference;
  op::pairwise_vote::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t pair) const {
    const index_t begin = in.rows.begin(pair), n = in.rows.size(pair);
    const double won = team.sum(n, [&](index_t v) {
      return in.candidate_score[begin + v] - in.reference_score[begin + v] > T(o.margin) ? 1 : 0;
    });
    const double some = won > 0 && o.inconsistent == inconsistent_votes::neutral ? 0 : -1;
    team.once([&] { preference[pair] = T(won == double(n) ? 1 : some); });
  }
};

/// Writes the preferences.
template <real T = float, backend Backend>
void pairwise_vote(const Backend& backend, const op::pairwise_vote::inputs<T>& in,
                   const op::pairwise_vote::outputs<T>& out, const op::pairwise_vote::options& o) {
  const auto rule = check<op::pairwise_vote>(backend, in, out, o);
  rule(in.rows.ragged() || in.rows.stride() > 0, "rows", "must have at least one vote each");
  if constexpr (Backend::on_host)
    for (index_t pair = 0; pair < in.rows.count(); ++pair)
      rule(in.rows.size(pair) > 0, "rows", "must have at least one vote each");
  backend.for_segments(in.rows, pairwise_vote_program<T>{in, out.preference, o});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto pairwise_vote(const Backend& backend, const op::pairwise_vote::inputs<T>& in,
                   const op::pairwise_vote::options& o = {}) {
  return returned<op::pairwise_vote, T>(backend, in, o, [&](auto& out) { pairwise_vote(backend, in, out, o); });
}

}}  // namespace guerdon
