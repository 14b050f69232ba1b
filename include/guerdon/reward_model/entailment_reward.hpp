#pragma once
// Does the answer satisfy a principle? The log-odds of a judge's yes against its no.
//
// $$r = \max(\log p_{yes}, f) - \max(\log p_{no}, f), \qquad p = \sigma(r)$$
//
// with a floor f for a token that a truncated list of log-probabilities lacks.
//
// Source: RLBFF, arXiv:2509.21319, section 3.3.
//
// Details that differ:
// - Raw logits do as well, with a floor of -inf: only the difference counts, but the floor is absolute.
// - Both tokens missing: 0 and one half. NaN stays.
//
// Cost: two reads and two writes per answer.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct entailment_reward {
  static constexpr info about{"entailment_reward", "reward_model", "Log-odds of yes against no (RLBFF)",
                              "arXiv:2509.21319", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> logprob_yes;  ///< [N] of the token yes; -inf: not among the listed ones
    view<const T> logprob_no;   ///< [N] of the token no
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;       ///< [N] log-odds
    Of<T> probability;  ///< [N] of yes, of the two
  };
  struct options {
    double logp_floor = -100;  ///< below which a log-probability does not count
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob_yes", &I::logprob_yes, "N", drawn(-9, 0)),
                      array("logprob_no", &I::logprob_no, "N", drawn(-9, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "N"), array("probability", &O::probability, "N"));
  }
  static constexpr auto parameters() { return std::tuple(option("logp_floor", &options::logp_floor, drawn(-9, -3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes log-odds and probabilities.
template <real T = float, backend Backend>
void entailment_reward(const Backend& backend, const op::entailment_reward::inputs<T>& in,
                       const op::entailment_reward::outputs<T>& out, const op::entailment_reward::options& o) {
  check<op::entailment_reward>(backend, in, out, o);
  backend.each(in.logprob_yes.size(), [=] GUERDON_HD(index_t i) {
    const double yes = math::max(double(in.logprob_yes[i]), o.logp_floor);
    const double no = math::max(double(in.logprob_no[i]), o.logp_floor);
    out.reward[i] = T(yes - no);
    out.probability[i] = T(math::sigmoid(yes - no));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto entailment_reward(const Backend& backend, const op::entailment_reward::inputs<T>& in,
                       const op::entailment_reward::options& o = {}) {
  return returned<op::entailment_reward, T>(backend, in, o, [&](auto& out) { entailment_reward(backend, in, out, o); });
}

}}  // namespace guerdon
