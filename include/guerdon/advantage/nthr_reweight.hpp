#pragma once
// Softens the penalty of those tokens of wrong answers that are much like tokens of right ones: punishing them would
// lower the right answers.
//
// $$s_t = \sum_{k\ \text{of right answers}} \langle g_k, g_t \rangle \langle h_k, h_t \rangle, \qquad \tau_g = \beta
//   \min_{i\ \text{right}} \mathrm{mean}_{t \in i}\, s_t, \qquad A_t' = \begin{cases} \eta A_t & t \text{ in a wrong
//   answer},\ s_t > \tau_g \\ A_t & \text{else} \end{cases}$$
//
// with the prediction errors g and hidden states h of thr_scores, and $\eta = 2\,|\frac12 - \text{share of right
// answers}|$ unless it is given.
//
// Source: arXiv:2505.18830 (NTHR).
//
// Details that differ:
// - Scores have no length norm and no sign. The share counts answers without tokens too.
// - A prompt whose answers are all right or all wrong, or whose right answers have no tokens: unchanged, threshold
//   +inf.
//
// Cost: that of thr_scores. No gradient.

#include <guerdon/advantage/token_influence.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct nthr_reweight {
  static constexpr info about{"nthr_reweight", "advantage",
                              "Softer penalties for useful tokens of wrong answers (NTHR)", "arXiv:2505.18830",
                              skeleton::pairs};
  template <storage T>
  struct inputs {
    view<const T> advantage;       ///< [N] any token advantage
    view<const T> hidden;          ///< [N,d] last-layer state before each token
    view<const T> probability;     ///< [N,V] of the next token there; columns may be a part of the vocabulary
    view<const index_t> token_id;  ///< [N] the sampled token, 0 to V-1
    segments responses;            ///< cuts the N tokens into R responses
    view<const flag_t> correct;    ///< [R] 1 = right
    segments groups;               ///< cuts the R responses into G prompts
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<T> score;      ///< [N] s, of every token
    Of<T> threshold;  ///< [G] tau
  };
  struct options {
    double beta = 1;  ///< factor on the mean
    double eta = -1;  ///< at most 1, factor on the penalty; below 0: by the share of right answers
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(std::tuple(array("advantage", &I::advantage, "N")), influence_arguments<I>());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("score", &O::score, "N"),
                      array("threshold", &O::threshold, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, drawn(0, 2)), option("eta", &options::eta, at_most(1, -1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct nthr_program {
  static constexpr bool long_segments = true;
  op::nthr_reweight::inputs<T> in;
  op::nthr_reweight::outputs<T> out;
  op::nthr_reweight::options o;
  view<const double> influence, mean;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t first = in.groups.begin(g), answers = in.groups.size(g);
    const double right = team.sum(answers, [&](index_t i) { return in.correct[first + i] ? 1 : 0; });
    const double least = least_right_mean(team, in.responses, in.groups, g, in.correct, mean, o.beta);
    const double threshold = right < double(answers) ? least : lowest::identity;
    const double eta = o.eta < 0 ? 2 * math::abs(0.5 - right / double(answers)) : o.eta;
    for (index_t r = first; r < first + answers; ++r) {
      const index_t begin = in.responses.begin(r);
      const bool wrong = !in.correct[r];
      team.each(in.responses.size(r), [&](index_t k) {
        const index_t t = begin + k;
        const double factor = wrong && influence[t] > threshold ? eta : 1;
        out.score[t] = T(influence[t]);
        out.advantage[t] = T(factor * double(real_t<T>(in.advantage[t])));
      });
    }
    team.once([&] { out.threshold[g] = T(threshold); });
  }
};

/// Writes advantages, scores and thresholds.
template <storage T = float, backend Backend>
void nthr_reweight(const Backend& backend, const op::nthr_reweight::inputs<T>& in,
                   const op::nthr_reweight::outputs<T>& out, const op::nthr_reweight::options& o) {
  const auto rule = check<op::nthr_reweight>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto influence = scratch.template take<double>(in.token_id.size());
  const auto mean = scratch.template take<double>(in.responses.count());
  token_influence<T>(backend, rule, in, false, influence);
  backend.for_segments(in.responses, influence_programs::average<double>{influence.data(), in.responses, mean});
  backend.for_segments(in.groups, nthr_program<T>{in, out, o, influence, mean});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto nthr_reweight(const Backend& backend, const op::nthr_reweight::inputs<T>& in,
                   const op::nthr_reweight::options& o = {}) {
  return returned<op::nthr_reweight, T>(backend, in, o, [&](auto& out) { nthr_reweight(backend, in, out, o); });
}

}}  // namespace guerdon
