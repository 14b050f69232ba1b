#pragma once
// Loss of a reward model on right answers and plausible wrong rewrites of them, of which some could not be made.
//
// $$L = \frac{\sum_i m_i \log(1 + e^{-(s^+_i - s^-_i)})}{\sum_i m_i + \varepsilon}$$
//
// with the model's raw scores of the right and the wrong answer, and $m_i$ = 1 where the pair is one.
//
// Source: Cooper, arXiv:2508.05613, section 3.3, and its released code.
//
// Details that differ:
// - That code divides each micro-batch by its own sum and averages over them, so that pairs of sparse micro-batches weigh
//   more. This is one micro-batch.
// - The tail is linear: no gap between the scores overflows. Scores under the mask are never read.
// - No valid pair: loss and gradients 0.
//
// Cost: 16 bytes per pair in float, and the mask twice.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct contrastive_rm_loss {
  static constexpr info about{"contrastive_rm_loss", "reward_model", "Right answers against wrong rewrites (Cooper)",
                              "arXiv:2508.05613", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> positive_score;        ///< [N] logit of the right answer
    view<const T> negative_score;        ///< [N] logit of the wrong one
    view<const flag_t> valid_mask = {};  ///< [N] 1 = the pair is one; left out: all are
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;           ///< [1]
    Of<T> grad_positive;  ///< [N] d loss / d positive_score
    Of<T> grad_negative;  ///< [N] d loss / d negative_score
  };
  struct options {
    double eps = 1e-6;  ///< >= 0, added to the number of valid pairs
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("positive_score", &I::positive_score, "N"),
                      array("negative_score", &I::negative_score, "N"),
                      optional_array("valid_mask", &I::valid_mask, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_positive", &O::grad_positive, "N"),
                      array("grad_negative", &O::grad_negative, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("eps", &options::eps, at_least(0, 0.1))); }
  static constexpr std::array gradients{gradient{"grad_positive", "loss", "positive_score"},
                                        gradient{"grad_negative", "loss", "negative_score"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void contrastive_rm_loss(const Backend& backend, const op::contrastive_rm_loss::inputs<T>& in,
                         const op::contrastive_rm_loss::outputs<T>& out, const op::contrastive_rm_loss::options& o) {
  check<op::contrastive_rm_loss>(backend, in, out, o);
  const index_t n = in.positive_score.size();
  auto scratch = backend.scratch();
  const auto weight = scratch.template take<double>(1);
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{!in.valid_mask || in.valid_mask[i] ? 1.0 : 0.0}; },
      [=] GUERDON_HD(const lanes<double, 1>& valid) { weight[0] = valid[0] > 0 ? 1 / (valid[0] + o.eps) : 0; });
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double w = !in.valid_mask || in.valid_mask[i] ? weight[0] : 0;
        const logistic_value l = logistic(double(in.positive_score[i]) - double(in.negative_score[i]));
        const double slope = math::zero_select_product(w, l.slope);
        out.grad_positive[i] = T(slope);
        out.grad_negative[i] = T(-slope);
        return lanes{math::zero_select_product(w, l.loss)};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(total[0]); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto contrastive_rm_loss(const Backend& backend, const op::contrastive_rm_loss::inputs<T>& in,
                         const op::contrastive_rm_loss::options& o = {}) {
  return returned<op::contrastive_rm_loss, T>(backend, in, o,
                                              [&](auto& out) { contrastive_rm_loss(backend, in, out, o); });
}

}}  // namespace guerdon
