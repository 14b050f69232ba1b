#pragma once
#include <guerdon/advantage/grpo_advantage.hpp>

namespace shared {

/// Defined in callee.cpp: links only if both halves spell these types alike.
double weighted_sum(const guerdon::segments& groups, guerdon::view<const float> reward,
                    const guerdon::op::grpo_advantage::options& options);

}  // namespace shared
