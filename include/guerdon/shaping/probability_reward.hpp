#pragma once
// How probable the reference answer is after the policy's own reasoning: a reward without a verifier.
//
// | aggregate | score of n tokens with log-probabilities $l$ |
// |---|---|
// | mean_prob | $\frac{1}{n} \sum_t e^{l_t}$ |
// | mean_logprob | $\frac{1}{n} \sum_t l_t$ |
// | seq_prob | $e^{\sum_t l_t}$ |
// | geo_mean_prob | $e^{\frac{1}{n} \sum_t l_t}$ |
//
// A mean of probabilities, not their product, keeps long answers and single odd tokens from killing the reward.
//
// Source: RLPR, arXiv:2506.18254, eq. 4.
//
// Details that differ:
// - The released code rounds to bfloat16; here sums are in double.
// - A log-probability of -inf is a probability of 0, and leaves mean_prob finite. seq_prob may underflow to 0.
// - No tokens: `empty`.
// - RLPR uses the score as a constant. For trainers that do not, the gradient is an optional result; it is 0 where the
//   score is 0 by underflow.
//
// Cost: the log-probabilities read once; with the gradient twice, and written once.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class probability_aggregate { mean_prob, mean_logprob, seq_prob, geo_mean_prob };
constexpr auto enumerators(probability_aggregate) {
  return std::array{"mean_prob", "mean_logprob", "seq_prob", "geo_mean_prob"};
}

namespace op {
struct probability_reward {
  static constexpr info about{"probability_reward", "shaping",
                              "How probable the reference answer is to the policy (RLPR)", "arXiv:2506.18254",
                              skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    view<const T> logprob;  ///< [K] of the tokens of the reference answers, at most 0
    segments tokens;        ///< cuts the K tokens into N answers
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> score;         ///< [N]
    Of<T> grad_logprob;  ///< [K] d score / d logprob; optional
  };
  struct options {
    probability_aggregate aggregate = probability_aggregate::mean_prob;  ///< how tokens become one number
    double empty = 0;                                                    ///< score of an answer without tokens
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "K", drawn(-6, 0)),
                      cuts("tokens", &I::tokens, "N", "K").in_files("token_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("score", &O::score, "N"), optional_array("grad_logprob", &O::grad_logprob, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("aggregate", &options::aggregate), option("empty", &options::empty, drawn(0, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "score", "logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct probability_program {
  static constexpr bool long_segments = true;
  op::probability_reward::inputs<T> in;
  op::probability_reward::outputs<T> out;
  op::probability_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t answer) const {
    using R = real_t<T>;
    const index_t begin = in.tokens.begin(answer), n = in.tokens.size(answer);
    const T* const logprob = in.logprob.data() + begin;
    const bool of_probabilities = o.aggregate == probability_aggregate::mean_prob;
    const double total = of_probabilities ? team.sum(n, [=](index_t t) { return math::exp(R(logprob[t])); })
                                          : team.sum(n, [=](index_t t) { return R(logprob[t]); });
    const double mean = total / double(n);
    double score = 0;
    switch (o.aggregate) {
      case probability_aggregate::mean_prob:
      case probability_aggregate::mean_logprob: score = mean; break;
      case probability_aggregate::seq_prob: score = math::exp(total); break;
      case probability_aggregate::geo_mean_prob: score = math::exp(mean); break;
    }
    team.once([&] { out.score[answer] = T(n > 0 ? score : o.empty); });
    if (!out.grad_logprob) return;
    T* const gradient = out.grad_logprob.data() + begin;
    const double shared = o.aggregate == probability_aggregate::seq_prob        ? score
                          : o.aggregate == probability_aggregate::geo_mean_prob ? score / double(n)
                                                                                : 1 / double(n);
    team.each(n, [=](index_t t) {
      gradient[t] = T(of_probabilities ? R(shared) * math::exp(R(logprob[t])) : R(shared));
    });
  }
};

/// Writes scores and, if wanted, gradients.
template <storage T = float, backend Backend>
void probability_reward(const Backend& backend, const op::probability_reward::inputs<T>& in,
                        const op::probability_reward::outputs<T>& out, const op::probability_reward::options& o) {
  check<op::probability_reward>(backend, in, out, o);
  backend.for_segments(in.tokens, probability_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto probability_reward(const Backend& backend, const op::probability_reward::inputs<T>& in,
                        const op::probability_reward::options& o = {}) {
  return returned<op::probability_reward, T>(backend, in, o,
                                             [&](auto& out) { probability_reward(backend, in, out, o); });
}

}}  // namespace guerdon
