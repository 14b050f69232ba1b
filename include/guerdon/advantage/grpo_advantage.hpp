#pragma once
// Group-relative advantage: each answer's reward against those of its siblings, the answers to the same prompt.
//
// $$A_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{std}(r_g) + \varepsilon}$$
//
// with the sample deviation of the group. `std_scope = none` subtracts the baseline only (Dr.GRPO); `batch` divides
// by the spread of the whole batch.
//
// Source: GRPO, DeepSeekMath, arXiv:2402.03300, section 4.1.2; Dr.GRPO, arXiv:2503.20783.
//
// Details that differ:
// - Constant group (all rewards equal): exactly 0, tested as max == min. Rounding puts the mean of 0.1, 0.1, 0.1 beside
//   0.1, and what is left, divided by a tiny epsilon, becomes an advantage near 0.01.
// - Group of one: 0 here, in TRL and in AReaL; verl and SkyRL return r/(1 + eps) (`singleton = score`); OpenRLHF and
//   slime return NaN (`singleton = nan`). A group in which `nan_policy` leaves one answer is one too.
// - Epsilon: verl, ROLL and slime 1e-6, TRL 1e-4, OpenRLHF 1e-9, AReaL 1e-5, all added to the deviation.
// - NeMo-RL divides by the deviation of the *other* members (`std_kind = leave_one_out`, `epsilon_mode = skip_zero`).
//   A trap: of the rewards 1,0,0,0 it leaves the only success unscaled. Offered for comparison.
// - NaN or infinity makes its whole group NaN, of one too (the whole batch with `std_scope = batch`). With
//   `nan_policy = exclude` a NaN reward takes part in no statistic and gets 0 (TRL's "unscorable"), with
//   `exclude_non_finite` an infinite one too.
// - A group may be empty, groups may differ in size. No gradient: advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache three times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class std_source { reward, centered };
constexpr auto enumerators(std_source) { return std::array{"reward", "centered"}; }

namespace op {
struct grpo_advantage {
  static constexpr info about{"grpo_advantage", "advantage",
                              "Reward against the siblings' mean and spread (GRPO, Dr.GRPO)",
                              "arXiv:2402.03300; arXiv:2503.20783", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    advantage_baseline baseline = advantage_baseline::mean;  ///< mean of the group, or of the other members
    guerdon::std_scope std_scope = std_scope::group;         ///< whose spread divides
    guerdon::std_kind std_kind = std_kind::all;              ///< of all members, or of the others (scope group only)
    guerdon::std_source std_source = std_source::reward;     ///< what the batch spread is taken of (scope batch only)
    index_t ddof = 1;                                        ///< 0 or 1: the variance divides by n - ddof
    double epsilon = 1e-6;                                   ///< >= 0
    guerdon::epsilon_mode epsilon_mode = epsilon_mode::add_std;   ///< where epsilon goes
    singleton_rule singleton = singleton_rule::zero;              ///< what a group of one gets
    guerdon::nan_policy nan_policy = nan_policy::propagate;       ///< what a NaN or infinite reward does
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("baseline", &options::baseline), choice("std_scope", &options::std_scope),
                      choice("std_kind", &options::std_kind), choice("std_source", &options::std_source),
                      option("ddof", &options::ddof, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("epsilon_mode", &options::epsilon_mode), choice("singleton", &options::singleton),
                      choice("nan_policy", &options::nan_policy));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Baseline and, for the group scope, scale of one group.
template <class T, reward_shaping Shaping>
struct grpo_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::grpo_advantage::inputs<T> in;
  view<T> advantage;
  op::grpo_advantage::options o;
  double epsilon;
  view<flag_t> counted;  // batch scope only: which answers the spread is taken of
  view<flag_t> scaled;   // and which it divides
  view<T> shaped;        // batch scope only: what the shaping makes of the rewards

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const scaling_rule scaling{o.std_scope == std_scope::group, o.std_kind, double(o.ddof), epsilon, o.epsilon_mode};
    const auto centred = normalise_group(team, n, reward, {o.baseline, o.singleton, o.nan_policy}, scaling,
                                         [&](index_t i, double a) { advantage[begin + i] = T(a); });
    const bool dropped = o.std_source == std_source::centered && o.singleton == singleton_rule::nan && centred.lone();
    if (scaled)
      team.each(n, [&](index_t i) {
        const double r = reward(i);
        const flag_t in = !left_out(r, o.nan_policy), out = dropped && math::is_finite(r);
        scaled[begin + i] = in;
        counted[begin + i] = in & !out;
      });
    if (shaped) team.each(n, [&](index_t i) { shaped[begin + i] = T(reward(i)); });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void grpo_advantage(const Backend& backend, const op::grpo_advantage::inputs<T>& in,
                    const op::grpo_advantage::outputs<T>& out, const op::grpo_advantage::options& o,
                    const Shaping& shaping) {
  const auto rule = check<op::grpo_advantage>(backend, in, out, o, shaping);
  rule(o.std_kind == std_kind::all || o.std_scope == std_scope::group, "std_kind",
       "leave_one_out needs std_scope group");

  const index_t n = in.reward.size();
  const double epsilon = double(T(o.epsilon));
  auto scratch = backend.scratch();
  const bool batch = o.std_scope == std_scope::batch;
  const auto counted = batch ? scratch.template take<flag_t>(n) : view<flag_t>();
  const auto scaled = batch ? scratch.template take<flag_t>(n) : view<flag_t>();
  view<T> shaped;
  if constexpr (!std::is_same_v<Shaping, unshaped>)
    if (batch) shaped = scratch.template take<T>(n);
  if (batch && in.groups.padded()) backend.each(n, [=] GUERDON_HD(index_t i) { counted[i] = scaled[i] = 0; });
  backend.for_segments(in.groups, grpo_program<T, Shaping>{
                                      {in.reward, shaping}, in, out.advantage, o, epsilon, counted, scaled, shaped});
  if (!batch) return;

  // The spread of the raw rewards, or of the centred ones less any group of one that `singleton` made NaN.
  const auto spread = scratch.template take<moments>(1);
  const auto scale = scratch.template take<double>(1);
  const auto advantage = out.advantage;
  const view<const T> source = o.std_source == std_source::centered ? view<const T>(advantage)
                               : shaped                             ? view<const T>(shaped)
                                                                    : in.reward;
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    return counted_value<double>{double(source[i]), counted[i] != 0};
  }, spread);
  backend.each(1, [=] GUERDON_HD(index_t) {
    const double variance = spread[0].variance(double(o.ddof));
    scale[0] = variance != variance ? variance : spread_scale(variance, epsilon, o.epsilon_mode);
  });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double by = scale[0], a = double(advantage[i]);
    if (scaled[i]) advantage[i] = T(by != by ? by : math::zero_select_product(a, by));
  });
}

/// Writes the advantages.
template <real T = float, backend Backend>
void grpo_advantage(const Backend& backend, const op::grpo_advantage::inputs<T>& in,
                    const op::grpo_advantage::outputs<T>& out, const op::grpo_advantage::options& o) {
  grpo_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto grpo_advantage(const Backend& backend, const op::grpo_advantage::inputs<T>& in,
                    const op::grpo_advantage::options& o = {}) {
  return returned<op::grpo_advantage, T>(backend, in, o, [&](auto& out) { grpo_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto grpo_advantage(const op::grpo_advantage::options& o = {}) {
  return advantage_of<op::grpo_advantage>(o, [](const auto&... call) { grpo_advantage(call...); });
}

}}  // namespace guerdon
