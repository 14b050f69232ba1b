#pragma once
// Scores that a replay buffer draws in proportion to.

#include <guerdon/core/operation.hpp>

namespace guerdon { namespace op {

/// At least 0, and finite: nothing can be drawn in proportion to infinity.
constexpr range replay_score() {
  range r = at_least(0, 3).without_nan();
  r.high = std::numeric_limits<double>::max();
  return r;
}
/// Random numbers, from 0 and below 1.
constexpr range unit_draw() {
  range r = within(0, 1);
  r.open_high = true;
  return r;
}

}}  // namespace guerdon::op
