#pragma once
// How much training on each token would raise (positive) or lower the probability of the right answers to its prompt.
//
// $$\mathrm{THR}_t = (2c_j - 1) \sum_{i\ \text{right}} \frac{1}{|y_i|} \sum_{k \in i} \langle g_k, g_t \rangle
//   \langle h_k, h_t \rangle, \qquad g = \mathrm{onehot} - p$$
//
// for token t of response j, which is right ($c_j = 1$) or not, with hidden states h. Computed as $g_t^\top M h_t$ with
// $M = \sum w_k g_k h_k^\top$, never token by token.
//
// Source: Token Hidden Reward, arXiv:2510.03669; arXiv:2505.18830.
//
// Details that differ:
// - The sum includes the token itself. `length_norm = false` drops the 1/|y|.
// - To save work the authors keep the columns of the vocabulary that occur among the prompt's tokens, without
//   renormalising: pass the reduced probabilities and re-indexed tokens.
// - A prompt without a right answer that has tokens: 0. NaN goes through M to every token of its prompt.
// - Sums are in double. A token out of range is refused where the host can read it. No gradient: scores are constants.
//
// Cost: 4 N V d operations; 8 G d bytes of scratch for each column of M at work, up to 32 MiB if one fits.

#include <guerdon/advantage/token_influence.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct thr_scores {
  static constexpr info about{"thr_scores", "advantage",
                              "How much each token moves the probability of the right answers (THR)",
                              "arXiv:2510.03669; arXiv:2505.18830", skeleton::pairs};
  template <storage T>
  struct inputs {
    view<const T> hidden;          ///< [N,d] last-layer state before each token
    view<const T> probability;     ///< [N,V] of the next token there; columns may be a part of the vocabulary
    view<const index_t> token_id;  ///< [N] the sampled token, 0 to V-1
    segments responses;            ///< cuts the N tokens into R responses
    view<const flag_t> correct;    ///< [R] 1 = right
    segments groups;               ///< cuts the R responses into G prompts
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> thr;  ///< [N]
  };
  struct options {
    bool length_norm = true;  ///< right answers count alike, whatever their length
  };

  template <class I>
  static constexpr auto arguments() {
    return influence_arguments<I>();
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("thr", &O::thr, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("length_norm", &options::length_norm));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Influence with the sign of its response.
template <class T>
struct signed_influence_program {
  static constexpr bool long_segments = true;
  segments responses, groups;
  view<const flag_t> correct;
  view<const double> influence;
  view<T> thr;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t r) const {
    const index_t begin = responses.begin(r);
    const double sign = correct[r] ? 1 : -1;
    team.each(groups.holds(r) ? responses.size(r) : 0, [&](index_t t) {
      thr[begin + t] = T(math::zero_select_product(influence[begin + t], sign));
    });
  }
};

/// Writes the scores.
template <storage T = float, backend Backend>
void thr_scores(const Backend& backend, const op::thr_scores::inputs<T>& in, const op::thr_scores::outputs<T>& out,
                const op::thr_scores::options& o) {
  const auto rule = check<op::thr_scores>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto influence = scratch.template take<double>(in.token_id.size());
  token_influence<T>(backend, rule, in, o.length_norm, influence);
  backend.for_segments(in.responses,
                       signed_influence_program<T>{in.responses, in.groups, in.correct, influence, out.thr});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto thr_scores(const Backend& backend, const op::thr_scores::inputs<T>& in, const op::thr_scores::options& o = {}) {
  return returned<op::thr_scores, T>(backend, in, o, [&](auto& out) { thr_scores(backend, in, out, o); });
}

}}  // namespace guerdon
