#pragma once
// Loss of a generative reward model that answers with one of two label tokens.
//
// $$\ell = \begin{cases} -\log p_+ & \text{label } 1 \\ -\log p_- & \text{label } 0 \end{cases}$$
//
// with the log-probabilities of the two tokens in the whole vocabulary. Through its softmax the gradient by logit v is
// $p_v - [v = \text{label token}]$, times that of this loss.
//
// Source: UI-Genie, arXiv:2505.21496, section 3.1.
//
// Details that differ:
// - The paper writes the sum over positives and negatives (`sum`); the mean is the default.
// - The token that is not the label is not read. An impossible label token costs +inf. No sample: loss 0.
// - A label that is neither 0 nor 1 is an error (host backends).
//
// Cost: 20 bytes per sample in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class loss_reduction { mean, sum };
constexpr auto enumerators(loss_reduction) { return std::array{"mean", "sum"}; }

namespace op {
struct ui_genie_rm_loss {
  static constexpr info about{"ui_genie_rm_loss", "reward_model", "Likelihood of a label token (UI-Genie)",
                              "arXiv:2505.21496", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> logprob_positive;  ///< [B] of the token that says right
    view<const T> logprob_negative;  ///< [B] of the token that says wrong
    view<const index_t> label;       ///< [B] 0 or 1, 1 = right
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                   ///< [1]
    Of<T> grad_logprob_positive;  ///< [B] d loss / d logprob_positive
    Of<T> grad_logprob_negative;  ///< [B] d loss / d logprob_negative
  };
  struct options {
    loss_reduction reduction = loss_reduction::mean;
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range zero_or_one{.low = 0, .high = 1, .draw_low = 0, .draw_high = 1, .draws = range::whole};
    return std::tuple(array("logprob_positive", &I::logprob_positive, "B", drawn(-9, 0)),
                      array("logprob_negative", &I::logprob_negative, "B", drawn(-9, 0)),
                      array("label", &I::label, "B", zero_or_one));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_logprob_positive", &O::grad_logprob_positive, "B"),
                      array("grad_logprob_negative", &O::grad_logprob_negative, "B"));
  }
  static constexpr auto parameters() { return std::tuple(choice("reduction", &options::reduction)); }
  static constexpr std::array gradients{gradient{"grad_logprob_positive", "loss", "logprob_positive"},
                                        gradient{"grad_logprob_negative", "loss", "logprob_negative"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void ui_genie_rm_loss(const Backend& backend, const op::ui_genie_rm_loss::inputs<T>& in,
                      const op::ui_genie_rm_loss::outputs<T>& out, const op::ui_genie_rm_loss::options& o) {
  check<op::ui_genie_rm_loss>(backend, in, out, o);
  const index_t n = in.label.size();
  const double weight = o.reduction == loss_reduction::mean && n > 0 ? 1 / double(n) : 1;
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const bool positive = in.label[i] == 1;
        out.grad_logprob_positive[i] = T(positive ? -weight : 0);
        out.grad_logprob_negative[i] = T(positive ? 0 : -weight);
        return lanes{-double(positive ? in.logprob_positive[i] : in.logprob_negative[i])};
      },
      [=] GUERDON_HD(const lanes<double, 1>& total) { out.loss[0] = T(total[0] * weight); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto ui_genie_rm_loss(const Backend& backend, const op::ui_genie_rm_loss::inputs<T>& in,
                      const op::ui_genie_rm_loss::options& o = {}) {
  return returned<op::ui_genie_rm_loss, T>(backend, in, o, [&](auto& out) { ui_genie_rm_loss(backend, in, out, o); });
}

}}  // namespace guerdon
