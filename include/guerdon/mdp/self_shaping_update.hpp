#pragma once
// One update of a learner's own shaping reward and of its baseline, from episodes (ExploRS).
//
// $$\Delta(s, \cdot) = \sum_{t: s_t = s} \pi(a_t \mid s_t) \left(G_t - b(s_t)\right) \left(e_{a_t} - \pi(\cdot \mid
//   s_t)\right), \qquad R' = \text{clip}(R + \eta \Delta), \qquad
//   b'(s) = b(s) + \frac{\eta_b}{N} \sum_{t: s_t = s} \left(G_t - b(s)\right)$$
//
// The learner's reward is then the original one plus R(s, a) plus the exploration bonus of the next state.
//
// Source: Devidze et al. (2022), NeurIPS, "Exploration-Guided Reward Shaping for RL under Sparse Rewards".
//
// Details that differ:
// - The shaping moves by a sum over steps, the baseline by a mean over all of them; both by the old baseline.
// - Without a step nothing moves, where the official code divides by 0.
// - clip limits every entry, also of states that were not visited; 0.01 in the official code of Q-learning.
//
// Cost: N A. No gradient.

#include <guerdon/mdp/episode_batch.hpp>

namespace guerdon {

namespace op {
struct self_shaping_update : host_kind {
  static constexpr info about{"self_shaping_update", "mdp", "Update of a learner's own shaping reward (ExploRS)", "",
                              skeleton::host};
  struct inputs {
    episode_batch episodes;
    view<const double> behavior_policy;  ///< [N,A] of the step's state, when it acted; each row a distribution
    view<const double> baseline;         ///< [S]
  };
  struct outputs {
    std::vector<double> shaping;   ///< [S,A]
    std::vector<double> baseline;  ///< [S]
    std::vector<double> returns;   ///< [N] G
  };
  struct options {
    double gamma = required;             ///< in [0, 1]
    double learning_rate = 0.01;         ///< of the shaping
    double critic_learning_rate = 0.01;  ///< of the baseline
    double clip = 0;                     ///< at most this, either way, for every entry of the new shaping; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("episodes", &I::episodes),
                          std::tuple(array("behavior_policy", &I::behavior_policy, "N,A", probabilities()),
                                     array("baseline", &I::baseline, "S", finite())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "S,A"), array("baseline", &O::baseline, "S"),
                      array("returns", &O::returns, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)),
                      option("learning_rate", &options::learning_rate, finite_at_least_zero(0, 0.1)),
                      option("critic_learning_rate", &options::critic_learning_rate, finite_at_least_zero(0, 0.1)),
                      option("clip", &options::clip, finite_at_least_zero(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::self_shaping_update::outputs self_shaping_update(const op::self_shaping_update::inputs& in,
                                                            const op::self_shaping_update::options& o = {}) {
  const auto rule = check<op::self_shaping_update>(in, o);
  mdp::check_episodes(rule, in.episodes);
  rule(mdp::are_distributions(in.behavior_policy, in.episodes.num_actions), "behavior_policy",
       "has a row that is no distribution");
  const episode_batch& e = in.episodes;
  const auto steps = static_cast<std::size_t>(e.states.size()), actions = static_cast<std::size_t>(e.num_actions);
  op::self_shaping_update::outputs out{{e.shaping.begin(), e.shaping.end()},
                                       {in.baseline.begin(), in.baseline.end()},
                                       std::vector<double>(steps)};
  if (steps == 0) return out;
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(e.episode_offsets.size()); ++i) {
    const auto first = static_cast<std::size_t>(e.episode_offsets.data()[i]);
    double ahead = 0;
    for (auto t = static_cast<std::size_t>(e.episode_offsets.data()[i + 1]); t-- > first;)
      out.returns[t] = ahead = e.rewards.data()[t] + o.gamma * ahead;
  }
  std::vector<double> moved(out.shaping.size()), surprise(out.baseline.size());
  const std::vector<std::size_t> pairs = mdp::pairs_of(e);
  for (std::size_t t = 0; t < steps; ++t) {
    const std::size_t pair = pairs[t], s = pair / actions;
    const double* const pi = in.behavior_policy.data() + t * actions;
    const double ahead = out.returns[t] - in.baseline.data()[s], k = pi[pair % actions] * ahead;
    for (std::size_t b = 0; b < actions; ++b) moved[s * actions + b] += k * ((s * actions + b == pair ? 1 : 0) - pi[b]);
    surprise[s] += ahead;
  }
  for (std::size_t sa = 0; sa < moved.size(); ++sa) {
    out.shaping[sa] += o.learning_rate * moved[sa];
    if (o.clip > 0) out.shaping[sa] = std::clamp(out.shaping[sa], -o.clip, o.clip);
  }
  for (std::size_t s = 0; s < surprise.size(); ++s)
    out.baseline[s] += o.critic_learning_rate * surprise[s] / static_cast<double>(steps);
  return out;
}

}}  // namespace guerdon
