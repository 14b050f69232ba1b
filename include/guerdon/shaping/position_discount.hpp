#pragma once
// What a position on a page is worth.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// 1/log2(i+2), 1, or 1/(i+1) for position i, from 0.
enum class position_discount { dcg, uniform, reciprocal };
constexpr auto enumerators(position_discount) { return std::array{"dcg", "uniform", "reciprocal"}; }

inline namespace GUERDON_ABI {

/// What position i is worth, from 0.
GUERDON_HD inline double discount_of(position_discount kind, index_t i) {
  if (kind == position_discount::dcg) return math::log(2.0) / math::log(double(i) + 2);
  return kind == position_discount::reciprocal ? 1 / (double(i) + 1) : 1;
}

}}  // namespace guerdon
