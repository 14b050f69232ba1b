#pragma once
// Leave-one-out advantage: each answer's reward minus the mean of the other answers to the same prompt.
//
// $$A_i = r_i - \frac{1}{n-1} \sum_{j \ne i} r_j
//   = \frac{n}{n-1} \left(r_i - \mathrm{mean}(r_g)\right)$$
//
// With `normalize` the advantages of the batch are then brought to mean 0 and deviation 1:
// $(A - \mathrm{mean}) / (\mathrm{std} + \varepsilon)$.
//
// Source: RLOO, Ahmadian et al., arXiv:2402.14740, section 3.3; Kool et al., "Buy 4 REINFORCE samples", 2019.
//
// Details that differ:
// - Group of one, which has no others: 0 here, in TRL, SkyRL and verl's vectorised version; verl's looped
//   version returns the reward (`singleton = score`); OpenRLHF divides 0 by 0.
// - Constant group (all rewards equal): exactly 0, tested as max == min.
// - `normalize` runs over the members of groups of two and more. Groups of one keep what `singleton` gave
//   them, and neither they nor excluded rewards take part.
// - NaN or infinity makes its whole group NaN, of one too, and with `normalize` all groups of two and more. With
//   `nan_policy = exclude` a NaN reward takes part in nothing and gets 0, with `exclude_non_finite` an infinite one
//   too.
// - A group may be empty, groups may differ in size. No gradient: advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache three times; two more with `normalize`.

#include <guerdon/advantage/grpo_advantage.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct rloo_advantage_inputs {
  view<const T> reward;  ///< [N] one reward per answer
  segments groups;       ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct rloo_advantage_outputs {
  Of<T> advantage;  ///< [N]
};

struct rloo_advantage_options {
  singleton_rule singleton = singleton_rule::zero;  ///< zero or score
  bool normalize = false;                           ///< bring the batch to mean 0 and deviation 1 afterwards
  double epsilon = 1e-4;                            ///< >= 0, added to the deviation (normalize only)
  index_t ddof = 1;  ///< 0 or 1: the variance divides by n - ddof (normalize only)
  guerdon::nan_policy nan_policy = nan_policy::propagate;
};

/// Writes the advantages. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void rloo_advantage(const Backend& backend, const rloo_advantage_inputs<T>& in,
                    const rloo_advantage_outputs<T>& out, const rloo_advantage_options& o = {}) {
  constexpr auto op = "rloo_advantage";
  const index_t n = in.reward.size();
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(out.advantage.size(), n, op, "advantage", "reward");
  require_choice(o.singleton, singleton_rule::score, op, "singleton");
  require_choice(o.nan_policy, nan_policy::exclude_non_finite, op, "nan_policy");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");
  require(o.ddof == 0 || o.ddof == 1, op, "ddof", "must be 0 or 1");

  const grpo_advantage_options centre{.baseline = advantage_baseline::leave_one_out,
                                      .std_scope = std_scope::none,
                                      .singleton = o.singleton,
                                      .nan_policy = o.nan_policy};
  auto scratch = backend.scratch();
  const auto outside = scratch.template take<flag_t>(n);  // what `normalize` passes by
  const auto reward = in.reward;
  const auto groups = in.groups;
  const auto advantage = out.advantage;
  backend.for_segments(groups, detail::grpo_program<T>{reward, groups, advantage, centre, 0, outside});
  if (!o.normalize) return;

  backend.each(n, [=] GUERDON_HD(index_t i) {
    if (detail::left_out(double(reward[i]), o.nan_policy) || !groups.holds(i)) outside[i] = 1;
  });
  const auto spread = scratch.template take<moments>(1);
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    return counted_value<double>{double(advantage[i]), outside[i] == 0};
  }, spread);
  const double epsilon = double(real_t<T>(o.epsilon));
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double scale = spread_scale(spread[0].variance(double(o.ddof)), epsilon, epsilon_mode::add_std);
    const double centred = double(advantage[i]) - spread[0].mean;
    if (!outside[i]) advantage[i] = T(math::zero_select_product(centred, scale));
  });
}

/// The advantages in an array of the backend's.
template <storage T = float, backend Backend>
auto rloo_advantage(const Backend& backend, const rloo_advantage_inputs<T>& in,
                    const rloo_advantage_options& o = {}) {
  auto advantage = backend.template make<T>(in.reward.size());
  rloo_advantage<T>(backend, in, {.advantage = advantage}, o);
  return advantage;
}

}}  // namespace guerdon
