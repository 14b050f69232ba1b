#pragma once
// Two advantages per answer: against the siblings (local), and of the whole prompt against the other prompts
// (global).
//
// $$A^{local}_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{std}(r_g) + \varepsilon}, \qquad
//   A^{global}_i = \frac{R_g - \mathrm{mean}(R)}{\mathrm{std}(R) + \varepsilon}$$
//
// with $R_g$ from copo_global_reward. A prompt whose answers all agree has no local advantage; its global one
// still says whether it agreed on something good.
//
// Source: COPO, arXiv:2508.04138; the formulas are those of its published code.
//
// Details that differ:
// - Mean and deviation of R run over the prompts that have answers, each once, whatever its size.
// - One such prompt only: global advantage 0; the published code always gives NaN. All R equal: exactly 0.
// - Group of one: local advantage 0, or with `singleton = score` the reward divided by 1 + epsilon (published
//   code).
// - Constant group: exactly 0, tested as max == min. NaN or infinity makes its group's local advantages NaN, of one
//   too, and every global advantage; R itself follows arithmetic and may be infinite.
// - Entropy and R are carried in double between the steps and rounded on output, so that prompts whose R
//   differ by rounding only get next to nothing from it (with an epsilon of 0 they do).
//
// Cost: a sort of the classes and a few passes over the rewards; see outcome_entropy.

#include <guerdon/advantage/copo_global_reward.hpp>
#include <guerdon/advantage/group_rules.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct copo_advantage_inputs {
  view<const T> reward;            ///< [N] one reward per answer
  view<const index_t> outcome_id;  ///< [N] class of each answer; equal numbers are equal answers
  segments groups;                 ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct copo_advantage_outputs {
  Of<T> local_advantage;   ///< [N]
  Of<T> global_advantage;  ///< [N] the same for all answers of a prompt
  Of<T> entropy;           ///< [G]
  Of<T> global_reward;     ///< [G]
};

struct copo_advantage_options {
  bool use_consistency = true;                      ///< discount the prompt's reward by its entropy
  bool norm_by_std = true;                          ///< false: both advantages are differences only
  double epsilon = 1e-6;                            ///< >= 0, added to the deviations
  singleton_rule singleton = singleton_rule::zero;  ///< zero or score: local advantage of a group of one
  double log_base = 2;                              ///< > 1
};

namespace detail {

/// Both advantages of one group, given the spread of the group rewards.
template <class T>
struct copo_advantage_program {
  view<const T> reward;
  segments groups;
  view<const double> entropy, global_reward;
  view<const moments> batch;
  copo_advantage_outputs<T> out;
  copo_advantage_options o;

  GUERDON_HD double scale(double variance) const {
    return o.norm_by_std ? spread_scale(variance, double(real_t<T>(o.epsilon)), epsilon_mode::add_std) : 1;
  }
  /// x less the mean of all: NaN unless they are finite, exactly 0 where they are equal.
  GUERDON_HD static double centred(double x, const moments& all) {
    return !all.finite() ? std::numeric_limits<double>::quiet_NaN() : all.constant() ? 0 : x - all.mean;
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) { return double(reward[begin + i]); });
    const bool score = n == 1 && o.singleton == singleton_rule::score;
    const double local_scale = scale(score ? 1 : m.variance(1));
    const moments all = batch[0];
    const double shared = math::zero_select_product(centred(global_reward[g], all), scale(all.variance(1)));
    team.each(n, [&](index_t i) {
      const double r = reward[begin + i];
      const double c = score && m.finite() ? r : centred(r, m);
      out.local_advantage[begin + i] = T(math::zero_select_product(c, local_scale));
      out.global_advantage[begin + i] = T(shared);
    });
    team.once([&] {
      out.entropy[g] = T(entropy[g]);
      out.global_reward[g] = T(global_reward[g]);
    });
  }
};

}  // namespace detail

/// Writes all four outputs. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void copo_advantage(const Backend& backend, const copo_advantage_inputs<T>& in,
                    const copo_advantage_outputs<T>& out, const copo_advantage_options& o = {}) {
  constexpr auto op = "copo_advantage";
  const index_t n = in.reward.size(), prompts = in.groups.count();
  require_size(in.outcome_id.size(), n, op, "outcome_id", "reward");
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(out.local_advantage.size(), n, op, "local_advantage", "reward");
  require_size(out.global_advantage.size(), n, op, "global_advantage", "reward");
  require_size(out.entropy.size(), prompts, op, "entropy", "one number per group");
  require_size(out.global_reward.size(), prompts, op, "global_reward", "one number per group");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");
  require_choice(o.singleton, singleton_rule::score, op, "singleton");
  require_log_base(o.log_base, op);

  auto scratch = backend.scratch();
  const auto entropy = scratch.template take<double>(prompts);
  const auto global_reward = scratch.template take<double>(prompts);
  const auto batch = scratch.template take<moments>(1);
  outcome_entropy<double>(backend, {in.outcome_id, in.groups}, {entropy}, {.log_base = o.log_base});
  backend.for_segments(in.groups,
                       detail::copo_global_reward_program<T, double>{
                           in.reward, entropy, in.groups, global_reward, {o.use_consistency, o.log_base}});
  const segments groups = in.groups;
  array_moments(backend, prompts, [=] GUERDON_HD(index_t g) {
    return counted_value<double>{global_reward[g], groups.size(g) > 0};
  }, batch);
  backend.for_segments(
      groups, detail::copo_advantage_program<T>{in.reward, groups, entropy, global_reward, batch, out, o});
}

/// Advantages, entropies and group rewards in arrays of the backend's.
template <storage T = float, backend Backend>
auto copo_advantage(const Backend& backend, const copo_advantage_inputs<T>& in,
                    const copo_advantage_options& o = {}) {
  const index_t n = in.reward.size(), prompts = in.groups.count();
  copo_advantage_outputs<T, Backend::template array> result{
      backend.template make<T>(n), backend.template make<T>(n), backend.template make<T>(prompts),
      backend.template make<T>(prompts)};
  copo_advantage<T>(backend, in,
                    {result.local_advantage, result.global_advantage, result.entropy, result.global_reward},
                    o);
  return result;
}

}}  // namespace guerdon
