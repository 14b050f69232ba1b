#pragma once
// One reward for a whole prompt: its mean, discounted by how much its answers disagree.
//
// $$R_g = \mathrm{mean}(r_g)\,(1 - \lambda_n H_g), \qquad \lambda_n = \frac{1 - 1/n}{\log_b n}$$
//
// so that full agreement keeps the mean and n different answers divide it by n. $H_g$ is outcome_entropy's,
// $b$ the base it was computed in.
//
// Source: COPO, arXiv:2508.04138; the formula is that of its published code.
//
// Details that differ:
// - The published launch script has the discount switched off (`use_consistency = false`); here it is on.
// - Group of one: its reward, whatever the entropy; the published code divides 0 by 0. Empty group: 0.
// - NaN and infinity follow arithmetic inside their group. No gradient.
//
// Cost: one pass over the rewards.

#include <guerdon/advantage/outcome_entropy.hpp>
#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct copo_global_reward_inputs {
  view<const T> reward;   ///< [N] one reward per answer
  view<const T> entropy;  ///< [G] of the answers' classes
  segments groups;        ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct copo_global_reward_outputs {
  Of<T> global_reward;  ///< [G]
};

struct copo_global_reward_options {
  bool use_consistency = true;  ///< false: the plain mean
  double log_base = 2;          ///< > 1, the base of the entropy
};

namespace detail {

/// `E` is what entropies and group rewards are stored in: double where the next step goes on with them.
template <class T, class E>
struct copo_global_reward_program {
  view<const T> reward;
  view<const E> entropy;
  segments groups;
  view<E> global_reward;
  copo_global_reward_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) { return double(reward[begin + i]); });
    team.once([&] {
      double factor = 1;
      if (o.use_consistency && n > 1) {
        const double lambda = (1 - 1 / double(n)) * math::log(o.log_base) / math::log(double(n));
        factor = 1 - lambda * double(entropy[g]);
      }
      global_reward[g] = E(m.mean * factor);
    });
  }
};

}  // namespace detail

/// Writes the group rewards. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void copo_global_reward(const Backend& backend, const copo_global_reward_inputs<T>& in,
                        const copo_global_reward_outputs<T>& out, const copo_global_reward_options& o = {}) {
  constexpr auto op = "copo_global_reward";
  require_segments(backend, in.groups, in.reward.size(), op, "group_offsets");
  require_size(in.entropy.size(), in.groups.count(), op, "entropy", "one number per group");
  require_size(out.global_reward.size(), in.groups.count(), op, "global_reward", "one number per group");
  require_log_base(o.log_base, op);
  backend.for_segments(in.groups, detail::copo_global_reward_program<T, T>{in.reward, in.entropy, in.groups,
                                                                           out.global_reward, o});
}

/// The group rewards in an array of the backend's.
template <storage T = float, backend Backend>
auto copo_global_reward(const Backend& backend, const copo_global_reward_inputs<T>& in,
                        const copo_global_reward_options& o = {}) {
  auto global_reward = backend.template make<T>(in.groups.count());
  copo_global_reward<T>(backend, in, {.global_reward = global_reward}, o);
  return global_reward;
}

}}  // namespace guerdon
