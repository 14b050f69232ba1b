#pragma once
// What best-of-n is expected to give, from N scored answers a prompt: by the score that chooses, and by the true one.
//
// $$\mathrm{E} = \text{mean}_q \sum_{i=n}^{N} \frac{\binom{i-1}{n-1}}{\binom{N}{n}}\, s_{q,(i)}$$
//
// where (i) is the answer that is i-th by proxy score, ascending: it is the best of n drawn without replacement.
//
// Source: llm_optimization, src/bon/bon_sampling.py, of Coste et al., arXiv:2310.02743; the estimator of
// arXiv:2112.09332.
//
// Details that differ:
// - Equal proxies stay in the order they came, NaN is below all. What cannot be the best of n is not read. No prompts:
//   NaN.
//
// Cost: a sort per prompt. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace guerdon {
namespace op {
struct best_of_n_estimate : host_kind {
  static constexpr info about{"best_of_n_estimate", "judge", "What best-of-n is expected to give", "arXiv:2310.02743",
                              skeleton::host};
  struct inputs {
    index_t prompts = 0;             ///< how many there are, Q
    view<const double> proxy_score;  ///< [Q,N] what chooses
    view<const double> gold_score;   ///< [Q,N] what it is really worth
  };
  struct outputs {
    double proxy = 0;  ///< [1]
    double gold = 0;   ///< [1]
  };
  struct options {
    index_t n = required;  ///< 1..N answers are drawn
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("prompts", &I::prompts, "Q"), array("proxy_score", &I::proxy_score, "Q,N"),
                      array("gold_score", &I::gold_score, "Q,N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("proxy", &O::proxy, "1").or_nan(), array("gold", &O::gold, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(option("n", &options::n, counts_from(1, 3))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Both expectations.
inline op::best_of_n_estimate::outputs best_of_n_estimate(const op::best_of_n_estimate::inputs& in,
                                                          const op::best_of_n_estimate::options& o = {}) {
  const auto rule = check<op::best_of_n_estimate>(in, o);
  const index_t answers = in.prompts > 0 ? in.proxy_score.size() / in.prompts : 0;
  rule(in.prompts == 0 || o.n <= answers, "n", "must not be more than there are answers");
  op::best_of_n_estimate::outputs out;
  std::vector<index_t> order(static_cast<std::size_t>(answers));
  for (index_t q = 0; q < in.prompts; ++q) {
    const auto proxy = [&](index_t i) { return in.proxy_score[q * answers + i]; };
    std::iota(order.begin(), order.end(), index_t(0));
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) {
      return proxy(a) < proxy(b) || (proxy(a) != proxy(a) && proxy(b) == proxy(b));
    });
    double weight = static_cast<double>(o.n) / static_cast<double>(answers);  // of the last rank, and then downwards
    for (index_t rank = answers; rank >= o.n; --rank) {
      const index_t i = order[static_cast<std::size_t>(rank - 1)];
      out.proxy += weight * proxy(i);
      out.gold += weight * in.gold_score[q * answers + i];
      weight *= static_cast<double>(rank - o.n) / static_cast<double>(std::max<index_t>(rank - 1, 1));
    }
  }
  out.proxy /= static_cast<double>(in.prompts), out.gold /= static_cast<double>(in.prompts);
  return out;
}

}}  // namespace guerdon
