#pragma once
// The score of a generative reward model: how likely the token that says right is, of the two label tokens.
//
// $$s = \frac{p_+}{p_+ + p_-} = \sigma(\log p_+ - \log p_-), \qquad \mathrm{label} = [s \ge \mathrm{threshold}]$$
//
// The derivative is $s(1-s)$ by the positive log-probability, and minus that by the negative one.
//
// Source: UI-Genie, arXiv:2505.21496, which ranks candidates by scores without giving the formula: this one is the
// project's.
//
// Details that differ:
// - Only the ratio counts, however unlikely both are. One of them impossible: 1 or 0; both: NaN, and label 0.
//
// Cost: two reads and two writes per sample.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct ui_genie_rm_score {
  static constexpr info about{"ui_genie_rm_score", "reward_model", "Share of the token that says right (UI-Genie)",
                              "arXiv:2505.21496", skeleton::map, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> logprob_positive;  ///< [B] of the token that says right
    view<const T> logprob_negative;  ///< [B] of the token that says wrong
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> score;       ///< [B] in [0, 1]
    Of<flag_t> label;  ///< [B] 1 = right
  };
  struct options {
    double threshold = 0.5;  ///< from which on the label is 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob_positive", &I::logprob_positive, "B", drawn(-9, 0)),
                      array("logprob_negative", &I::logprob_negative, "B", drawn(-9, 0)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "B"), array("label", &O::label, "B")); }
  static constexpr auto parameters() { return std::tuple(option("threshold", &options::threshold, drawn(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes scores and labels.
template <real T = float, backend Backend>
void ui_genie_rm_score(const Backend& backend, const op::ui_genie_rm_score::inputs<T>& in,
                       const op::ui_genie_rm_score::outputs<T>& out, const op::ui_genie_rm_score::options& o) {
  check<op::ui_genie_rm_score>(backend, in, out, o);
  backend.each(in.logprob_positive.size(), [=] GUERDON_HD(index_t i) {
    const double score = math::sigmoid(double(in.logprob_positive[i]) - double(in.logprob_negative[i]));
    out.score[i] = T(score);
    out.label[i] = flag_t(score >= o.threshold);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto ui_genie_rm_score(const Backend& backend, const op::ui_genie_rm_score::inputs<T>& in,
                       const op::ui_genie_rm_score::options& o = {}) {
  return returned<op::ui_genie_rm_score, T>(backend, in, o, [&](auto& out) { ui_genie_rm_score(backend, in, out, o); });
}

}}  // namespace guerdon
