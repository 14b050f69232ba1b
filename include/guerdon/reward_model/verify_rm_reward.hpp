#pragma once
// The reward that a verifying model's logit says: its probability that the answer is right, or a verdict.
//
// $$r = \sigma(z), \qquad \text{or with } \mathrm{binarize}: \quad r = [\sigma(z) > \mathrm{threshold}]$$
//
// Source: Cooper, arXiv:2508.05613; its published run uses the probability.
//
// Details that differ:
// - Strict: a logit of 0 is not above 0.5. NaN stays NaN as a probability, and is no verdict for the answer: 0.
//
// Cost: one read and one write.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct verify_rm_reward {
  static constexpr info about{"verify_rm_reward", "reward_model", "Probability of a verifier, or its verdict (Cooper)",
                              "arXiv:2508.05613", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> logit;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] in [0, 1]
  };
  struct options {
    bool binarize = false;   ///< 1 above the threshold, else 0
    double threshold = 0.5;  ///< of the probability
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("logit", &I::logit, "N", drawn(-4, 4))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(flag("binarize", &options::binarize), option("threshold", &options::threshold, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void verify_rm_reward(const Backend& backend, const op::verify_rm_reward::inputs<T>& in,
                      const op::verify_rm_reward::outputs<T>& out, const op::verify_rm_reward::options& o) {
  check<op::verify_rm_reward>(backend, in, out, o);
  backend.each(in.logit.size(), [=] GUERDON_HD(index_t i) {
    const double p = math::sigmoid(double(in.logit[i])), verdict = p > o.threshold ? 1 : 0;
    out.reward[i] = T(o.binarize ? verdict : p);
  });
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto verify_rm_reward(const Backend& backend, const op::verify_rm_reward::inputs<T>& in,
                      const op::verify_rm_reward::options& o = {}) {
  return returned<op::verify_rm_reward, T>(backend, in, o, [&](auto& out) { verify_rm_reward(backend, in, out, o); });
}

}}  // namespace guerdon
