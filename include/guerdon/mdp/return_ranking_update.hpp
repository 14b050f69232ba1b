#pragma once
// One update of a shaping reward that shall rank episodes as their returns do (SORS).
//
// $$L = \frac{1}{|P|} \sum_{(i, j) \in P} \log\left(1 + e^{-z_{ij}}\right), \qquad
//   z_{ij} = \sum_t \gamma^t \phi(s^i_t, a^i_t) - \sum_t \gamma^t \phi(s^j_t, a^j_t)$$
//
// over all ordered pairs of episodes with the larger original return first; one step along its gradient.
//
// Source: Memarian et al. (2021), arXiv:2103.04529; the baseline of Devidze et al. (2022).
//
// Details that differ:
// - All pairs count, where the official code draws ten; the sigmoid does not overflow. Ties are no pairs, and without a
//   pair nothing moves and the loss is 0. Discounts begin at each episode's first step.
//
// Cost: E^2 and N. No gradient: it is a gradient step.

#include <guerdon/mdp/episode_batch.hpp>

namespace guerdon {

namespace op {
struct return_ranking_update : host_kind {
  static constexpr info about{"return_ranking_update", "mdp", "Shaping reward that ranks episodes (SORS)",
                              "arXiv:2103.04529", skeleton::host};
  struct inputs {
    episode_batch episodes;
  };
  struct outputs {
    std::vector<double> shaping;  ///< [S,A]
    double loss = 0;
    index_t num_pairs = 0;
  };
  struct options {
    double gamma = required;      ///< in [0, 1]
    double learning_rate = 0.01;
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("episodes", &I::episodes); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "S,A"), array("loss", &O::loss, "1"),
                      array("num_pairs", &O::num_pairs, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)),
                      option("learning_rate", &options::learning_rate, finite_at_least_zero(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::return_ranking_update::outputs return_ranking_update(const op::return_ranking_update::inputs& in,
                                                                const op::return_ranking_update::options& o = {}) {
  const auto rule = check<op::return_ranking_update>(in, o);
  const episode_batch& e = in.episodes;
  mdp::check_episodes(rule, e);
  const auto episodes = static_cast<std::size_t>(e.episode_offsets.size()) - 1;
  op::return_ranking_update::outputs out{{e.shaping.begin(), e.shaping.end()}, 0, 0};
  const std::vector<std::size_t> pairs = mdp::pairs_of(e);
  // Of every episode its return, what the shaping pays it, and the weight that pairs give it.
  std::vector<double> earned(episodes), paid(episodes), weight(episodes);
  for (std::size_t i = 0; i < episodes; ++i) {
    const auto first = static_cast<std::size_t>(e.episode_offsets.data()[i]),
               end = static_cast<std::size_t>(e.episode_offsets.data()[i + 1]);
    for (std::size_t t = end; t-- > first;) {
      earned[i] = e.rewards.data()[t] + o.gamma * earned[i];
      paid[i] = e.shaping.data()[pairs[t]] + o.gamma * paid[i];
    }
  }
  for (std::size_t i = 0; i < episodes; ++i)
    for (std::size_t j = 0; j < episodes; ++j) {
      if (!(earned[i] > earned[j])) continue;
      const double z = paid[i] - paid[j], shortfall = 1 / (1 + std::exp(z));  // 1 - sigmoid(z)
      out.loss += std::max(-z, 0.0) + std::log1p(std::exp(-std::abs(z)));
      weight[i] += shortfall, weight[j] -= shortfall;
      ++out.num_pairs;
    }
  if (out.num_pairs == 0) return out;
  const double count = static_cast<double>(out.num_pairs);
  out.loss /= count;
  for (std::size_t i = 0; i < episodes; ++i) {
    double discount = o.learning_rate * weight[i] / count;
    for (index_t t = e.episode_offsets.data()[i]; t < e.episode_offsets.data()[i + 1]; ++t, discount *= o.gamma)
      out.shaping[pairs[static_cast<std::size_t>(t)]] += discount;
  }
  return out;
}

}}  // namespace guerdon
