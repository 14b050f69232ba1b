#pragma once
// What the group advantages share: choices, and a reward against the baseline of its group.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

/// What a NaN reward does: makes its whole group NaN, or takes part in nothing and gets 0, as with
/// `exclude_non_finite` an infinite one does. An infinite reward that is not left out makes its group NaN.
enum class nan_policy { propagate, exclude, exclude_non_finite };
constexpr auto enumerators(nan_policy) { return std::array{"propagate", "exclude", "exclude_non_finite"}; }

/// What a group of one gets as its centred value: 0, the reward itself, or NaN.
enum class singleton_rule { zero, score, nan };
constexpr auto enumerators(singleton_rule) { return std::array{"zero", "score", "nan"}; }

/// What is subtracted from a reward: the mean of its group, or of the other members.
enum class advantage_baseline { mean, leave_one_out };
constexpr auto enumerators(advantage_baseline) { return std::array{"mean", "leave_one_out"}; }

/// Whose spread divides the centred rewards, and whether that of all members or of the others.
enum class std_scope { group, batch, none };
constexpr auto enumerators(std_scope) { return std::array{"group", "batch", "none"}; }
enum class std_kind { all, leave_one_out };
constexpr auto enumerators(std_kind) { return std::array{"all", "leave_one_out"}; }

inline namespace GUERDON_ABI {

/// |x| as an integer, so that a loop compares it without a branch: numbers, infinity, NaN in this order.
GUERDON_HD inline std::int64_t magnitude(double x) {
  return bits_as<std::int64_t>(x) & std::numeric_limits<std::int64_t>::max();
}
/// The largest that takes part.
GUERDON_HD inline std::int64_t largest_magnitude(nan_policy policy) {
  const std::int64_t infinite = magnitude(std::numeric_limits<double>::infinity());
  return policy == nan_policy::propagate ? std::numeric_limits<std::int64_t>::max()
         : policy == nan_policy::exclude ? infinite
                                         : infinite - 1;
}
/// Does this reward take part in nothing?
GUERDON_HD inline bool left_out(double reward, nan_policy policy) {
  return magnitude(reward) > largest_magnitude(policy);
}

/// How rewards are centred.
struct centring_rule {
  advantage_baseline baseline = advantage_baseline::mean;
  singleton_rule singleton = singleton_rule::zero;
  guerdon::nan_policy nan_policy = nan_policy::propagate;
};

/// What is left of a reward without the baseline: three numbers, for registers.
struct centring {
  std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  double shift = 0, factor = 0;

  GUERDON_HD double operator()(double reward) const {
    return math::select(magnitude(reward) > largest, 0.0, (reward - shift) * factor);
  }
};

GUERDON_HD inline centring centring_of(const moments& m, const centring_rule& rule) {
  const std::int64_t largest = largest_magnitude(rule.nan_policy);
  if (m.varied())  // r - mean of the others = (r - mean of all) n / (n - 1)
    return {largest, m.mean, rule.baseline == advantage_baseline::mean ? 1 : m.count / (m.count - 1)};
  const bool lone = m.count == 1, lost = !m.finite() || (lone && rule.singleton == singleton_rule::nan);
  const double alone = lone && rule.singleton == singleton_rule::score ? 1 : 0;
  return {largest, 0, lost ? std::numeric_limits<double>::quiet_NaN() : alone};
}

/// A group, as a function from a reward to what is left of it without the baseline.
struct centred_group : centring {
  moments group;  ///< of the rewards that take part

  GUERDON_HD centred_group(const moments& m, const centring_rule& rule) : centring(centring_of(m, rule)), group(m) {}
  GUERDON_HD bool lone() const { return group.count == 1; }
  /// Are there rewards to compare? False too where one of them makes the group NaN.
  GUERDON_HD bool varied() const { return group.varied(); }
  /// The same group about another baseline than its mean.
  GUERDON_HD centred_group about(double baseline) const {
    centred_group other = *this;
    if (varied()) other.shift = baseline;
    return other;
  }
};

/// By the whole team of a group, whose n rewards are reward(i).
template <class Team, class Reward>
GUERDON_INLINE inline centred_group centre_group(Team& team, index_t n, Reward reward, const centring_rule& rule) {
  if (rule.nan_policy == nan_policy::propagate) return {segment_moments(team, n, reward), rule};
  const std::int64_t largest = largest_magnitude(rule.nan_policy);
  return {segment_moments(team, n, [&](index_t i) {
            const double r = reward(i);
            return counted_value<double>{r, magnitude(r) <= largest};
          }),
          rule};
}

/// How centred rewards are divided by the spread of their own group.
struct scaling_rule {
  bool scaled = true;  ///< false: not at all
  std_kind kind = std_kind::all;
  double ddof = 1, epsilon = 0;
  guerdon::epsilon_mode epsilon_mode = epsilon_mode::add_std;

  /// What a centred reward is multiplied by.
  GUERDON_HD double operator()(double variance) const {
    return scaled ? spread_scale(variance, epsilon, epsilon_mode) : 1;
  }
  /// Of a whole group. A group of one has a spread of 1.
  GUERDON_HD double of(const centred_group& c) const { return (*this)(c.lone() ? 1 : c.group.variance(ddof)); }
};

/// Two passes over the other members: their exact spread, exactly 0 where they are all equal.
template <class Reward>
GUERDON_HD double variance_of_others(index_t n, index_t i, Reward reward, guerdon::nan_policy policy, double ddof) {
  serial_team alone;
  const std::int64_t largest = largest_magnitude(policy);
  return segment_moments(alone, n, [&](index_t j) {
    const double r = reward(j);
    return counted_value<double>{r, j != i && magnitude(r) <= largest};
  }).variance(ddof);
}

/// A group, as a function from a reward to its advantage.
struct normalised_group {
  centring centred;
  double scale;

  GUERDON_HD normalised_group(const centred_group& c, const scaling_rule& scaling)
      : centred(c), scale(scaling.of(c)) {}
  GUERDON_HD double operator()(double reward) const { return math::zero_select_product(centred(reward), scale); }
};

/// write(i, what becomes of reward(i)) for the n members of a group, by its whole team.
template <class Team, class Reward, class Write>
GUERDON_INLINE inline centred_group normalise_group(Team& team, index_t n, Reward reward, const centring_rule& centring,
                                         const scaling_rule& scaling, Write write) {
  const auto centred = centre_group(team, n, reward, centring);
  if (scaling.kind == std_kind::all || centred.lone()) {
    const double scale = scaling.of(centred);
    team.each(n, [&](index_t i) { write(i, math::zero_select_product(centred(reward(i)), scale)); });
  } else {
    team.each(n, [&](index_t i) {
      const double scale = scaling(variance_of_others(n, i, reward, centring.nan_policy, scaling.ddof));
      write(i, math::zero_select_product(centred(reward(i)), scale));
    });
  }
  return centred;
}

}}  // namespace guerdon
