#pragma once
// What the group advantages share: choices, and a reward against the baseline of its group.

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

inline namespace GUERDON_ABI {

/// Does this reward take part in nothing?
GUERDON_HD inline bool left_out(double reward, nan_policy policy) {
  const bool infinite_too = policy == nan_policy::exclude_non_finite;
  return (policy != nan_policy::propagate) & ((reward != reward) | (infinite_too & !math::is_finite(reward)));
}

/// How rewards are centred.
struct centring_rule {
  advantage_baseline baseline = advantage_baseline::mean;
  singleton_rule singleton = singleton_rule::zero;
  guerdon::nan_policy nan_policy = nan_policy::propagate;
};

/// A group, as a function from a reward to what is left of it without the baseline.
struct centred_group {
  moments group;  ///< of the rewards that take part
  guerdon::nan_policy nan_policy = nan_policy::propagate;
  double shift = 0, factor = 0;

  GUERDON_HD centred_group(const moments& m, const centring_rule& rule) : group(m), nan_policy(rule.nan_policy) {
    if (!m.finite() || (lone() && rule.singleton == singleton_rule::nan)) {
      factor = std::numeric_limits<double>::quiet_NaN();
    } else if (lone()) {
      factor = rule.singleton == singleton_rule::score ? 1 : 0;
    } else if (!m.constant()) {  // r - mean of the others = (r - mean of all) n / (n - 1)
      factor = rule.baseline == advantage_baseline::mean ? 1 : m.count / (m.count - 1);
      shift = m.mean;
    }
  }
  GUERDON_HD bool lone() const { return group.count == 1; }
  GUERDON_HD double operator()(double reward) const {
    if (nan_policy != nan_policy::propagate && left_out(reward, nan_policy)) return 0;
    return (reward - shift) * factor;
  }
};

/// By the whole team of a group, whose n rewards are reward(i).
template <class Team, class Reward>
GUERDON_HD centred_group centre_group(Team& team, index_t n, Reward reward, const centring_rule& rule) {
  if (rule.nan_policy == nan_policy::propagate) return {segment_moments(team, n, reward), rule};
  return {segment_moments(team, n, [&](index_t i) {
            const double r = reward(i);
            return counted_value<double>{r, !left_out(r, rule.nan_policy)};
          }),
          rule};
}

}}  // namespace guerdon
