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
#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class advantage_baseline { mean, leave_one_out };
enum class std_scope { group, batch, none };
enum class std_kind { all, leave_one_out };
enum class std_source { reward, centered };

template <storage T>
struct grpo_advantage_inputs {
  view<const T> reward;  ///< [N] one reward per answer
  segments groups;       ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct grpo_advantage_outputs {
  Of<T> advantage;  ///< [N]
};

struct grpo_advantage_options {
  advantage_baseline baseline = advantage_baseline::mean;  ///< mean of the group, or of the other members
  guerdon::std_scope std_scope = std_scope::group;         ///< whose spread divides
  guerdon::std_kind std_kind = std_kind::all;              ///< of all members, or of the others (scope group only)
  guerdon::std_source std_source = std_source::reward;     ///< what the batch spread is taken of (scope batch only)
  index_t ddof = 1;                                        ///< 0 or 1: the variance divides by n - ddof
  double epsilon = 1e-6;                                   ///< >= 0
  guerdon::epsilon_mode epsilon_mode = epsilon_mode::add_std;
  singleton_rule singleton = singleton_rule::zero;
  guerdon::nan_policy nan_policy = nan_policy::propagate;
};

namespace detail {

/// Baseline and, for the group scope, scale. One program per group.
template <class T>
struct grpo_program {
  view<const T> reward;
  segments groups;
  view<T> advantage;
  grpo_advantage_options o;
  double epsilon;
  view<flag_t> lone;  // batch scope only: which answers form a group of one

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const auto value = [&](index_t i) { return double(reward[begin + i]); };
    const auto out = [&](double r) { return left_out(r, o.nan_policy); };
    const auto scored = [&](index_t i) { return counted_value<double>{value(i), !out(value(i))}; };
    const moments m = o.nan_policy == nan_policy::propagate ? segment_moments(team, n, value)
                                                            : segment_moments(team, n, scored);
    const bool finite = m.finite(), one = m.count == 1;
    if (lone) team.each(n, [&](index_t i) { lone[begin + i] = flag_t(one); });
    const double variance = one ? 1 : m.variance(double(o.ddof));
    const double scale =
        o.std_scope == std_scope::group ? spread_scale(variance, epsilon, o.epsilon_mode) : 1;

    if (!finite || one || m.constant()) {  // one answer for the whole group, but for the score of a group of one
      const bool score = finite && one && o.singleton == singleton_rule::score;
      const bool nan = !finite || (one && o.singleton == singleton_rule::nan);
      const double same = nan ? std::numeric_limits<double>::quiet_NaN() : 0;
      team.each(n, [&](index_t i) {
        const double r = value(i);
        advantage[begin + i] = T(out(r) ? 0 : score ? r * scale : same);
      });
      return;
    }
    // r - mean of the others = (r - mean of all) n/(n-1)
    const double stretch = o.baseline == advantage_baseline::leave_one_out ? m.count / (m.count - 1) : 1;
    if (o.std_kind == std_kind::leave_one_out) {
      team.each(n, [&](index_t i) {
        const double r = value(i), c = (r - m.mean) * stretch;
        const double s = spread_scale(variance_of_others(n, i, scored), epsilon, o.epsilon_mode);
        advantage[begin + i] = T(out(r) ? 0 : math::zero_select_product(c, s));
      });
      return;
    }
    const double factor = stretch * scale;
    const bool plain = math::is_finite(factor);
    team.each(n, [&](index_t i) {
      const double r = value(i), c = r - m.mean;
      const double a = plain ? c * factor : math::zero_select_product(c, factor);
      advantage[begin + i] = T(out(r) ? 0 : a);
    });
  }

  /// Two passes over the other members: their exact spread, exactly 0 where they are all equal.
  template <class F>
  GUERDON_HD double variance_of_others(index_t n, index_t i, F scored) const {
    serial_team alone;
    const moments others = segment_moments(alone, n, [&](index_t j) {
      const counted_value<double> r = scored(j);
      return counted_value<double>{r.value, j != i && r.counted};
    });
    return others.variance(double(o.ddof));
  }
};

}  // namespace detail

/// Writes the advantages. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void grpo_advantage(const Backend& backend, const grpo_advantage_inputs<T>& in,
                    const grpo_advantage_outputs<T>& out, const grpo_advantage_options& o = {}) {
  constexpr auto op = "grpo_advantage";
  const index_t n = in.reward.size();
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(out.advantage.size(), n, op, "advantage", "reward");
  require_choice(o.baseline, advantage_baseline::leave_one_out, op, "baseline");
  require_choice(o.std_scope, std_scope::none, op, "std_scope");
  require_choice(o.std_kind, std_kind::leave_one_out, op, "std_kind");
  require_choice(o.std_source, std_source::centered, op, "std_source");
  require_choice(o.epsilon_mode, epsilon_mode::skip_zero, op, "epsilon_mode");
  require_choice(o.singleton, singleton_rule::nan, op, "singleton");
  require_choice(o.nan_policy, nan_policy::exclude_non_finite, op, "nan_policy");
  require(o.std_kind == std_kind::all || o.std_scope == std_scope::group, op, "std_kind",
          "leave_one_out needs std_scope group");
  require(o.ddof == 0 || o.ddof == 1, op, "ddof", "must be 0 or 1");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");

  const double epsilon = double(real_t<T>(o.epsilon));
  auto scratch = backend.scratch();
  const bool batch = o.std_scope == std_scope::batch;
  const auto lone = batch ? scratch.template take<flag_t>(n) : view<flag_t>();
  backend.for_segments(in.groups, detail::grpo_program<T>{in.reward, in.groups, out.advantage, o, epsilon, lone});
  if (!batch) return;

  // The spread of the raw rewards, or of the centred ones less any group of one that `singleton` made NaN.
  const auto spread = scratch.template take<moments>(1);
  const auto reward = in.reward;
  const auto groups = in.groups;
  const auto advantage = out.advantage;
  array_moments(backend, n, [=] GUERDON_HD(index_t i) {
    const double r = double(reward[i]);
    const bool excluded = detail::left_out(r, o.nan_policy) || !groups.holds(i);
    if (o.std_source == std_source::reward) return counted_value<double>{r, !excluded};
    const bool dropped = o.singleton == singleton_rule::nan && lone[i] && math::is_finite(r);
    return counted_value<double>{double(advantage[i]), !excluded && !dropped};
  }, spread);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double variance = spread[0].variance(double(o.ddof)), scale = spread_scale(variance, epsilon, o.epsilon_mode);
    const double r = double(reward[i]);
    if (!detail::left_out(r, o.nan_policy) && groups.holds(i))
      advantage[i] = T(variance != variance ? variance : math::zero_select_product(double(advantage[i]), scale));
  });
}

/// The advantages in an array of the backend's.
template <storage T = float, backend Backend>
auto grpo_advantage(const Backend& backend, const grpo_advantage_inputs<T>& in,
                    const grpo_advantage_options& o = {}) {
  auto advantage = backend.template make<T>(in.reward.size());
  grpo_advantage<T>(backend, in, {.advantage = advantage}, o);
  return advantage;
}

}}  // namespace guerdon
