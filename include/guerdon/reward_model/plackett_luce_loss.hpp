#pragma once
// Loss of a reward model on rankings: the likelihood of drawing the candidates in their order.
//
// $$\ell_g = \sum_{t < K} \Big( \log \sum_{u \ge t} e^{s_{\rho(u)}} - s_{\rho(t)} \Big)$$
//
// for a group of n candidates of which $\rho(t)$ is ranked t-th, best first, and the first K of their n - 1 draws. The loss
// is the mean over the groups of two and more.
//
// Source: Plackett (1975), Luce (1959); POLAR, arXiv:2507.05197, speaks of ranking relationships in general.
//
// Details that differ:
// - plackett_luce_topk_loss takes candidates that stand in their order, and a scale.
// - Two candidates are pairwise_ranking_loss. Groups of fewer cost 0 and do not count. No ranking: loss 0.
// - A ranking that is no permutation of its group is an error (host backends).
//
// Cost: three passes over the scores of a group, in one of which each looks at those behind it.

#include <guerdon/preference/plackett_luce.hpp>

namespace guerdon {
namespace op {
struct plackett_luce_loss {
  static constexpr info about{"plackett_luce_loss", "reward_model", "Likelihood of a ranking given by indices (POLAR)",
                              "arXiv:2507.05197", skeleton::pairs, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> score;          ///< [N] of the candidates
    view<const index_t> ranking;  ///< [N] a permutation of 0..n-1 for each group: the best, the second, ...
    segments groups;              ///< cuts the N candidates into G groups
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;        ///< [1] mean over the groups of two and more
    Of<T> group_loss;  ///< [G]
    Of<T> grad;        ///< [N] d loss / d score
  };
  struct options {
    index_t top_k = 0;  ///< how many places count; 0 or less: all
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N"),
                      array("ranking", &I::ranking, "N", integers(0, 9).together("permutations")),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("group_loss", &O::group_loss, "G"),
                      array("grad", &O::grad, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("top_k", &options::top_k, integers(-1, 4))); }
  static constexpr std::array gradients{gradient{"grad", "loss", "score"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Does each group's ranking name each of its members once? `seen` is scratch, [N].
inline bool are_permutations(const segments& groups, view<const index_t> ranking, view<flag_t> seen) {
  for (index_t g = 0; g < groups.count(); ++g) {
    const index_t begin = groups.begin(g), n = groups.size(g);
    for (index_t k = 0; k < n; ++k) seen[begin + k] = 0;
    for (index_t k = 0; k < n; ++k) {
      const index_t at = ranking[begin + k];
      if (at < 0 || at >= n || seen[begin + at]) return false;
      seen[begin + at] = 1;
    }
  }
  return true;
}

/// Writes losses and gradient.
template <real T = float, backend Backend>
void plackett_luce_loss(const Backend& backend, const op::plackett_luce_loss::inputs<T>& in,
                        const op::plackett_luce_loss::outputs<T>& out, const op::plackett_luce_loss::options& o) {
  const auto rule = check<op::plackett_luce_loss>(backend, in, out, o);
  auto scratch = backend.scratch();
  if constexpr (Backend::on_host)
    rule(are_permutations(in.groups, in.ranking, scratch.template take<flag_t>(in.ranking.size())), "ranking",
         "must be a permutation of each group's members, 0 to n-1");
  const index_t groups = in.groups.count();
  const auto each_loss = scratch.template take<double>(groups);
  ranking_loss<T>(backend, in.groups, {in.score, in.ranking, 1}, o.top_k, out.loss, each_loss, out.grad);
  const auto group_loss = out.group_loss;
  backend.each(groups, [=] GUERDON_HD(index_t g) { group_loss[g] = T(each_loss[g]); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto plackett_luce_loss(const Backend& backend, const op::plackett_luce_loss::inputs<T>& in,
                        const op::plackett_luce_loss::options& o = {}) {
  return returned<op::plackett_luce_loss, T>(backend, in, o,
                                             [&](auto& out) { plackett_luce_loss(backend, in, out, o); });
}

}}  // namespace guerdon
