#pragma once
// Loss of a page's reward model on weighted pairs: a good page against a corrupted one, an order of items against a swap.
//
// $$d = s^+ - s^- - m, \qquad L = \frac{\sum_b w_b \log(1 + e^{-d_b})}{\sum_b w_b}$$
//
// Source: PageLLM, arXiv:2506.09084, which trains on such pairs and gives no formula; the definition is this project's.
//
// Details that differ:
// - A pair of weight 0 adds nothing, NaN or infinite as its scores may be. Weights that add up to 0: loss and gradients 0.
// - A negative weight is an error (host backends). swap_pairs gives pairs of items and their weights.
//
// Cost: 20 bytes per pair in float, and the weights twice.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct page_preference_loss {
  static constexpr info about{"page_preference_loss",
                              "reward_model",
                              "Weighted pairs of pages or of item orders (PageLLM)",
                              "arXiv:2506.09084",
                              skeleton::global_reduce,
                              1e-5,
                              true};
  template <real T>
  struct inputs {
    view<const T> score_preferred;  ///< [B] of the better page
    view<const T> score_rejected;   ///< [B] of the other one
    view<const T> pair_weight;      ///< [B] >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;            ///< [1]
    Of<T> grad_preferred;  ///< [B] d loss / d score_preferred
    Of<T> grad_rejected;   ///< [B] d loss / d score_rejected
  };
  struct options {
    double margin = 0;  ///< by how much the better page should lead
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score_preferred", &I::score_preferred, "B"),
                      array("score_rejected", &I::score_rejected, "B"),
                      array("pair_weight", &I::pair_weight, "B", at_least(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_preferred", &O::grad_preferred, "B"),
                      array("grad_rejected", &O::grad_rejected, "B"));
  }
  static constexpr auto parameters() { return std::tuple(option("margin", &options::margin)); }
  static constexpr std::array gradients{gradient{"grad_preferred", "loss", "score_preferred"},
                                        gradient{"grad_rejected", "loss", "score_rejected"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void page_preference_loss(const Backend& backend, const op::page_preference_loss::inputs<T>& in,
                          const op::page_preference_loss::outputs<T>& out, const op::page_preference_loss::options& o) {
  check<op::page_preference_loss>(backend, in, out, o);
  const index_t n = in.pair_weight.size();
  auto scratch = backend.scratch();
  const auto weights = scratch.template take<double>(1);
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{double(in.pair_weight[i])}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { weights[0] = total[0]; });
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double weight = double(in.pair_weight[i]), w = weight == 0 ? 0 : weight / weights[0];
        const double d = double(in.score_preferred[i]) - double(in.score_rejected[i]) - o.margin;
        const logistic_value l = logistic(d);
        const double slope = math::zero_select_product(w, l.slope);
        out.grad_preferred[i] = T(slope);
        out.grad_rejected[i] = T(-slope);
        return lanes{math::zero_select_product(w, l.loss)};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(total[0]); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto page_preference_loss(const Backend& backend, const op::page_preference_loss::inputs<T>& in,
                          const op::page_preference_loss::options& o = {}) {
  return returned<op::page_preference_loss, T>(backend, in, o,
                                               [&](auto& out) { page_preference_loss(backend, in, out, o); });
}

}}  // namespace guerdon
