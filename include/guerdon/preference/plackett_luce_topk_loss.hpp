#pragma once
// Loss of a reward model on ranked answers: the likelihood of drawing them in that order.
//
// $$\ell_g = \sum_{k < K} \Big( \log \sum_{j \ge k} e^{\beta r_j} - \beta r_k \Big), \qquad
//   \frac{\partial \ell_g}{\partial r_j} = \beta \sum_{k < K} \Big( \frac{[j \ge k]\, e^{\beta r_j}}
//   {\sum_{i \ge k} e^{\beta r_i}} - [j = k] \Big)$$
//
// for a group of m answers, best first, and the first K of their m - 1 draws. The loss is the mean over the groups of two
// and more.
//
// Source: Plackett (1975), Luce (1959); DPO, arXiv:2305.18290, appendix A.3.
//
// Details that differ:
// - K = 1 is the softmax cross entropy of the winner; two answers are bradley_terry_loss. plackett_luce_loss takes the
//   order as an array of indices instead.
// - Sums run backwards from the last place, each by its own highest reward: nothing overflows, and no place is lost
//   behind a far better one.
// - A group of fewer than two answers does not count. No ranking: loss 0.
// - NaN reaches the whole of its group and the loss.
//
// Cost: three passes over the rewards of a group, in one of which each looks at those behind it.

#include <guerdon/preference/plackett_luce.hpp>

namespace guerdon {
namespace op {
struct plackett_luce_topk_loss {
  static constexpr info about{"plackett_luce_topk_loss", "preference",
                              "Likelihood of a ranking, or of its first places", "arXiv:2305.18290", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] of the answers, best first in each group
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [1] mean over the groups of two and more
    Of<T> grad_reward;  ///< [N] d loss / d reward
  };
  struct options {
    double beta = 1;    ///< > 0, what rewards are multiplied by
    index_t top_k = 0;  ///< >= 0, how many places count; 0: all
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_reward", &O::grad_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 2)),
                      option("top_k", &options::top_k, counts(4)));
  }
  static constexpr std::array gradients{gradient{"grad_reward", "loss", "reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradient.
template <real T = float, backend Backend>
void plackett_luce_topk_loss(const Backend& backend, const op::plackett_luce_topk_loss::inputs<T>& in,
                             const op::plackett_luce_topk_loss::outputs<T>& out,
                             const op::plackett_luce_topk_loss::options& o) {
  check<op::plackett_luce_topk_loss>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto group_loss = scratch.template take<double>(in.groups.count());
  ranking_loss<T>(backend, in.groups, {in.reward, {}, o.beta}, o.top_k, out.loss, group_loss, out.grad_reward);
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto plackett_luce_topk_loss(const Backend& backend, const op::plackett_luce_topk_loss::inputs<T>& in,
                             const op::plackett_luce_topk_loss::options& o = {}) {
  return returned<op::plackett_luce_topk_loss, T>(backend, in, o,
                                                  [&](auto& out) { plackett_luce_topk_loss(backend, in, out, o); });
}

}}  // namespace guerdon
