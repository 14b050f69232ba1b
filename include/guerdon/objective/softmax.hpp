#pragma once
// What the operations on rows of logits share.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// 1 / temperature, finite for the smallest of them, so that the largest logit's distance from itself stays 0.
template <class R>
GUERDON_HD R finite_inverse(R temperature) {
  return math::min(R(1) / temperature, std::numeric_limits<R>::max());
}

/// A row of logits at a temperature: y(j) = (x_j - max x) / temperature, of which the softmax is e^y / sum e^y.
template <class T>
struct softened_row {
  using R = real_t<T>;
  const T* x;
  R top, inverse;

  GUERDON_HD R operator()(index_t j) const { return (R(x[j]) - top) * inverse; }
};

/// The exponentials of a row, computed once where there is room for them: in the array of a gradient of the type that
/// they are computed in, until it is written.
template <class T>
struct row_powers {
  using R = real_t<T>;
  static constexpr bool fit = std::is_same_v<T, R>;
  softened_row<T> of;
  T* kept;  ///< nothing: not kept

  GUERDON_HD R operator()(index_t j) const {
    if constexpr (fit) return kept[j];
    else return math::exp(of(j));
  }
};

/// team.reduce<Op...> of f(j), of which the first lane is kept where there is room for it.
template <class... Op, class T, class Team, class F>
GUERDON_HD auto reduce_keeping(Team& team, index_t n, T* kept, F f) {
  if constexpr (row_powers<T>::fit) {
    if (kept)
      return team.template reduce<Op...>(n, [=](index_t j) {
        const auto x = f(j);
        kept[j] = x[0];
        return x;
      });
  }
  return team.template reduce<Op...>(n, f);
}

/// What two rows of logits are as distributions p and q.
template <class T>
struct softmax_pair {
  using R = real_t<T>;
  softened_row<T> p, q;
  double p_sum, q_sum;  ///< of e^y
  double p_over_q;      ///< sum of p log(p/q), where p is not 0
  R shift;              ///< log(q_sum / p_sum)

  /// log(p_j / q_j)
  GUERDON_HD R log_ratio(index_t j) const { return (p(j) - q(j)) + shift; }

  /// Keeps p's exponentials if there is a place, see row_powers.
  template <class Team>
  GUERDON_HD static softmax_pair of(Team& team, const T* x, const T* y, index_t n, double temperature,
                                    T* kept = nullptr) {
    const auto top = team.template reduce<highest, highest>(n, [=](index_t j) { return lanes{R(x[j]), R(y[j])}; });
    const R inverse = finite_inverse(R(temperature));
    const softened_row<T> p{x, R(top[0]), inverse}, q{y, R(top[1]), inverse};
    const auto sum = reduce_keeping<add_narrow, add_narrow, add>(team, n, kept, [=](index_t j) {
      const R a = p(j), b = q(j), e = math::exp(a);
      return lanes{e, math::exp(b), math::select(e == R(0), R(0), e * (a - b))};
    });
    const double shift = math::log(sum[1]) - math::log(sum[0]);
    return {p, q, sum[0], sum[1], sum[2] / sum[0] + shift, R(shift)};
  }
};

}}  // namespace guerdon
