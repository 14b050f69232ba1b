#pragma once
// Choices that the group advantages share.

#include <guerdon/core/math.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// What a NaN reward does: makes its whole group NaN, or takes part in nothing and gets 0, as with
/// `exclude_non_finite` an infinite one does. An infinite reward that is not left out makes its group NaN.
enum class nan_policy { propagate, exclude, exclude_non_finite };
/// What a group of one gets as its centred value: 0, the reward itself, or NaN.
enum class singleton_rule { zero, score, nan };

namespace detail {

/// Does this reward take part in nothing?
GUERDON_HD inline bool left_out(double reward, nan_policy policy) {
  return policy == nan_policy::exclude ? reward != reward
                                       : policy == nan_policy::exclude_non_finite && !math::is_finite(reward);
}

}  // namespace detail

}}  // namespace guerdon
