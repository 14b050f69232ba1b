#pragma once
// Choices that the group advantages share.

#include <guerdon/core/config.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// What a NaN reward does: makes its whole group NaN, or takes part in nothing and gets 0.
enum class nan_policy { propagate, exclude };
/// What a group of one gets as its centred value: 0, the reward itself, or NaN.
enum class singleton_rule { zero, score, nan };

}}  // namespace guerdon
