#pragma once
// What rankings of a few responses are compared by: which of two is higher, in one list and in another.

#include <guerdon/core/math.hpp>
#include <guerdon/core/view.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace score_pairs {

/// 1: a is higher, -1: b is, 0: neither, or one is NaN.
GUERDON_HD constexpr int order_of(double a, double b) { return (a > b) - (a < b); }

struct orders {
  int predicted, wanted;
  bool known;  ///< no NaN among the four
};
/// How the judge and the reference order i and j.
template <class T>
GUERDON_HD orders compare(view<const T> predicted, view<const T> wanted, index_t i, index_t j) {
  const double p = double(predicted[i]), q = double(predicted[j]), x = double(wanted[i]), y = double(wanted[j]);
  return {order_of(p, q), order_of(x, y), p == p && q == q && x == x && y == y};
}

}}}  // namespace guerdon::score_pairs
