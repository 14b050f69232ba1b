#pragma once
// What the operations on rows of logits share.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// 1 / temperature, finite for the smallest of them, so that the largest logit's distance from itself stays 0.
template <class R>
GUERDON_HD R finite_inverse(R temperature) {
  return math::min(R(1) / temperature, std::numeric_limits<R>::max());
}

}}  // namespace guerdon
