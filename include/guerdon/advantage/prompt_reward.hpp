#pragma once
// The reward of a whole prompt: the mean of its answers', discounted by how much they disagree (COPO).

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// One prompt. `E` is what entropies and results are stored in: double where the next step goes on with them.
template <class T, class E, reward_shaping Shaping = unshaped>
struct prompt_reward {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  view<const E> entropy;
  segments groups;
  view<E> result;
  bool use_consistency;
  double log_base;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const moments m = segment_moments(team, n, rewards.at_group(team, g, begin, n));
    team.once([&] {
      double factor = 1;
      if (use_consistency && n > 1) {
        const double lambda = (1 - 1 / double(n)) * math::log(log_base) / math::log(double(n));
        factor = 1 - lambda * double(entropy[g]);
      }
      result[g] = E(m.mean * factor);
    });
  }
};

}}  // namespace guerdon
