#pragma once
// Maximum-likelihood advantage: the centred reward over the group's mean, so that a rare success weighs one over its
// probability.
//
// $$A_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{mean}(r_g) + \varepsilon}$$
//
// For rewards 0 and 1 the mean estimates the probability $p$ of a right answer; a lone success among $n$ answers gets
// $n - 1$, where GRPO gives it about $\sqrt{n}$ and Dr.GRPO less than 1.
//
// Source: MaxRL, arXiv:2602.02710.
//
// Details that differ:
// - A negative reward is an error: divided by a negative mean every sign would turn around (prime-rl and SkyRL assume
//   there is none). A backend whose memory the host cannot read does not check that; there a group whose mean is below
//   0 gets 0. Rewards of -1 and 1 become usable as (r + 1)/2.
// - A group whose mean is 0 gets 0, as does a constant group.
// - Epsilon: prime-rl uses none, which is the default here; SkyRL adds 1e-6.
// - Group of one: 0, or with `singleton = score` the reward itself, undivided.
// - NaN or infinity makes its whole group NaN. A group may be empty, groups may differ in size.
//
// Cost: one pass over the rewards, read from cache three times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct maxrl_advantage_inputs {
  view<const T> reward;  ///< [N] one reward per answer, >= 0
  segments groups;       ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct maxrl_advantage_outputs {
  Of<T> advantage;  ///< [N]
};

struct maxrl_advantage_options {
  double epsilon = 0;                               ///< >= 0, added to the mean
  singleton_rule singleton = singleton_rule::zero;  ///< zero or score
};

namespace detail {

template <class T>
struct maxrl_program {
  view<const T> reward;
  segments groups;
  view<T> advantage;
  maxrl_advantage_options o;
  double epsilon;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) { return double(reward[begin + i]); });
    const bool score = n == 1 && o.singleton == singleton_rule::score;
    const bool zero = m.constant() || m.mean <= 0;
    const double nan = std::numeric_limits<double>::quiet_NaN(), divisor = m.mean + epsilon;
    team.each(n, [&](index_t i) {
      const double r = double(reward[begin + i]);
      advantage[begin + i] = T(!m.finite() ? nan : score ? r : zero ? 0 : (r - m.mean) / divisor);
    });
  }
};

}  // namespace detail

/// Writes the advantages. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void maxrl_advantage(const Backend& backend, const maxrl_advantage_inputs<T>& in,
                     const maxrl_advantage_outputs<T>& out, const maxrl_advantage_options& o = {}) {
  constexpr auto op = "maxrl_advantage";
  require_segments(backend, in.groups, in.reward.size(), op, "group_offsets");
  require_size(out.advantage.size(), in.reward.size(), op, "advantage", "reward");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");
  require_choice(o.singleton, singleton_rule::score, op, "singleton");
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < in.reward.size(); ++i)
      require(!(double(in.reward[i]) < 0) || !in.groups.holds(i), op, "reward", "must not be negative");
  const double epsilon = double(real_t<T>(o.epsilon));
  backend.for_segments(in.groups, detail::maxrl_program<T>{in.reward, in.groups, out.advantage, o, epsilon});
}

/// The advantages in an array of the backend's.
template <storage T = float, backend Backend>
auto maxrl_advantage(const Backend& backend, const maxrl_advantage_inputs<T>& in,
                     const maxrl_advantage_options& o = {}) {
  auto advantage = backend.template make<T>(in.reward.size());
  maxrl_advantage<T>(backend, in, {.advantage = advantage}, o);
  return advantage;
}

}}  // namespace guerdon
