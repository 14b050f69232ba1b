#pragma once
// Reward for judging a retrieved text rightly: useful or not, against a relevance model.
//
// $$r = \begin{cases} r_{\text{match}} & j = j^* \\ r_{\text{accept}} & j = 1, j^* = 0
//   \\ r_{\text{reject}} & j = 0, j^* = 1 \end{cases}, \qquad j^* = [\text{relevance} > \theta]$$
//
// To take rubbish for useful costs twice what it costs to throw something useful away.
//
// Source: ReSeek, arXiv:2510.00568; the step rewards as the paper gives them.
//
// Details that differ:
// - The released code scores the whole completion by other rules (reseek_reward).
// - A relevance of exactly the threshold, or of NaN, is not useful.
//
// Cost: 10 bytes per step; its time does not matter.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct reseek_judge_reward {
  static constexpr info about{"reseek_judge_reward", "verify", "Judgements of evidence against its relevance (ReSeek)",
                              "arXiv:2510.00568", skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> judge;  ///< [S] 1 = the agent called the evidence useful
    view<const T> relevance;   ///< [S] of the evidence for the true answer
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;            ///< [S]
    Of<flag_t> ideal_judge;  ///< [S] 1 = useful
  };
  struct options {
    double threshold = 0.7;
    double match_reward = 0.3;
    double wrong_accept_penalty = -0.6;
    double wrong_reject_penalty = -0.3;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("judge", &I::judge, "S", yes_or_no()), array("relevance", &I::relevance, "S", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "S"), array("ideal_judge", &O::ideal_judge, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(0, 1)),
                      option("match_reward", &options::match_reward),
                      option("wrong_accept_penalty", &options::wrong_accept_penalty),
                      option("wrong_reject_penalty", &options::wrong_reject_penalty));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes rewards and ideal judgements.
template <real T = float, backend Backend>
void reseek_judge_reward(const Backend& backend, const op::reseek_judge_reward::inputs<T>& in,
                         const op::reseek_judge_reward::outputs<T>& out, const op::reseek_judge_reward::options& o) {
  check<op::reseek_judge_reward>(backend, in, out, o);
  const T threshold = T(o.threshold), match = T(o.match_reward), accept = T(o.wrong_accept_penalty),
          reject = T(o.wrong_reject_penalty);
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    const bool judged = in.judge[i] != 0, ideal = in.relevance[i] > threshold;
    out.reward[i] = judged == ideal ? match : judged ? accept : reject;
    out.ideal_judge[i] = ideal;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto reseek_judge_reward(const Backend& backend, const op::reseek_judge_reward::inputs<T>& in,
                         const op::reseek_judge_reward::options& o = {}) {
  return returned<op::reseek_judge_reward, T>(backend, in, o,
                                              [&](auto& out) { reseek_judge_reward(backend, in, out, o); });
}

}}  // namespace guerdon
