#pragma once
// What the operations on rows of logits share.

#include <guerdon/core/operation.hpp>

#include <utility>

namespace guerdon { inline namespace GUERDON_ABI {

/// 1 / temperature, finite for the smallest of them, so that the largest logit's distance from itself stays 0.
template <class R>
GUERDON_HD R finite_inverse(R temperature) {
  return math::min(R(1) / temperature, std::numeric_limits<R>::max());
}

/// Says that x[j] will be read. It may lie behind the end of the array, where the next row would be.
template <class T>
void fetch_soon(const T* x, index_t j) {
  __builtin_prefetch(
      reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(x) + std::uintptr_t(j) * sizeof(T)));
}

/// A row of logits at a temperature: y(j) = (x_j - max x) / temperature, of which the softmax is e^y / sum e^y.
template <class T>
struct softened_row {
  using R = real_t<T>;
  const T* x;
  R top, inverse;

  GUERDON_HD R logit(index_t j) const { return R(x[j]); }
  GUERDON_HD R operator()(index_t j) const { return (logit(j) - top) * inverse; }
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
    else return math::falling_exp(of(j));
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

/// team.reduce<Op...> of f(j, e^y(j)), with what was kept or else computed; f may leave something else in its place.
template <class... Op, class T, class Team, class F>
GUERDON_HD auto reduce_powers(Team& team, index_t n, const softened_row<T>& y, T* kept, F f) {
  if constexpr (row_powers<T>::fit) {
    if (kept) return team.template reduce<Op...>(n, [=](index_t j) { return f(j, kept[j]); });
  }
  return team.template reduce<Op...>(n, [=](index_t j) {
    auto power = math::falling_exp(y(j));
    return f(j, power);
  });
}

/// Rows of one length side by side, whose tops are found, and the sums over j of what terms(j, rows) returns: functions of
/// the y(j) that vanish with e^y. fall(sums, k, d) says what sums become where y of row k falls by -d.
///
/// A team whose cache holds a piece of a row reads it from memory once: it sums a piece by that piece's own tops, and looks
/// for the next piece's meanwhile. Where the first terms are kept, there is one piece.
template <class Row, int K>
struct softened_rows {
  using R = typename Row::R;
  Row row[K];

  GUERDON_HD const Row& operator[](int k) const { return row[k]; }

  template <class... Op, class T, class Team, class Terms, class Fall>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(Team& team, index_t n, T* kept, Terms terms, Fall fall) {
    return reduce<Op...>(team, n, kept, terms, fall, std::make_index_sequence<K>(), std::index_sequence_for<Op...>());
  }

 private:
  template <std::size_t>
  struct top_of {
    using op = highest_number;  // a NaN is found by the sums
  };

  template <class... Op, class T, class Team, class Terms, class Fall, std::size_t... k, std::size_t... i>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(Team& team, index_t n, T* kept, Terms terms, Fall fall,
                                                 std::index_sequence<k...>, std::index_sequence<i...>) {
    const auto logits = [rows = *this](index_t j) { return lanes{rows[k].logit(j)...}; };
    if constexpr (requires { Team::piece; }) {
      if (!row_powers<T>::fit || !kept) {
        lanes<double, sizeof...(Op)> total{};
        lanes<double, K> top{{(void(k), double(std::numeric_limits<R>::lowest()))...}};
        index_t length = n < Team::piece ? n : Team::piece;
        lanes<double, K> next = team.template reduce<typename top_of<k>::op...>(length, logits);
        for (index_t begin = 0; begin < n; begin += length) {
          if (n - begin < length) length = n - begin;
          // Where the next piece is the last and shorter: the last `length` logits. In the last, no matter which.
          const index_t after = begin + length, ahead = after == n ? begin : after + length < n ? after : n - length;
          // Not -inf where all of a piece is excluded: its distances from the top are.
          ((row[k].top = math::max(R(next[k]), std::numeric_limits<R>::lowest())), ...);
          const auto sums = [=, rows = *this](index_t j) {
            const auto x = terms(begin + j, rows);
            const auto y = logits(ahead + j);
            return lanes{x[i]..., y[k]...};
          };
          const auto soon = [=, rows = *this](index_t j) { (fetch_soon(rows[k].x, after + j), ...); };
          const auto found = team.template reduce_expecting<Op..., typename top_of<k>::op...>(length, sums, soon);
          lanes<double, sizeof...(Op)> piece{{found[i]...}};
          const auto meet = [&](int row_k) {  // the lower of the two tops gives way
            const double mine = double(row[row_k].top), inverse = double(row[row_k].inverse);
            if (mine > top[row_k]) fall(total, row_k, (top[row_k] - mine) * inverse), top[row_k] = mine;
            else fall(piece, row_k, (mine - top[row_k]) * inverse);
          };
          (meet(int(k)), ...);
          ((total[i] += piece[i]), ...);
          ((next[k] = found[int(sizeof...(Op) + k)]), ...);
        }
        ((row[k].top = R(top[k])), ...);
        return total;
      }
    }
    const auto top = team.template reduce<typename top_of<k>::op...>(n, logits);
    ((row[k].top = R(top[k])), ...);
    return reduce_keeping<Op...>(team, n, kept, [=, rows = *this](index_t j) { return terms(j, rows); });
  }
};

/// The probabilities of one token under two distributions, exactly equal where the logarithms are.
template <class R>
struct probability_pair {
  R p, q, larger;
  R log_ratio;  ///< log(p/q)
  R less, fall;  ///< the smaller over the larger, and that less 1

  /// |p - q|, with all its digits where the two are nearly equal.
  GUERDON_HD R gap() const { return math::select(larger == R(0), R(0), -larger * fall); }
};

/// What two rows of logits are as distributions p and q.
template <class T>
struct softmax_pair {
  using R = real_t<T>;
  softened_row<T> p, q;
  double p_sum, q_sum;  ///< of e^y
  R shift;              ///< log(q_sum / p_sum)

  GUERDON_HD softmax_pair(const softened_rows<softened_row<T>, 2>& rows, double p_sum, double q_sum)
      : p(rows[0]), q(rows[1]), p_sum(p_sum), q_sum(q_sum), shift(R(math::log(q_sum) - math::log(p_sum))) {}

  /// log(p_j / q_j)
  GUERDON_HD R log_ratio(index_t j) const { return (p(j) - q(j)) + shift; }
  GUERDON_HD probability_pair<R> operator()(index_t j) const {
    const R a = p(j), b = q(j), d = (a - b) + shift;
    const auto [less, fall] = math::falling_exp_and_expm1(-math::abs(d));
    const bool up = d > R(0);
    const R larger = math::falling_exp(math::select(up, a, b)) * math::select(up, R(1 / p_sum), R(1 / q_sum));
    const R smaller = math::select(larger == R(0), larger, larger * less);  // both excluded: their d is NaN
    return {math::select(up, larger, smaller), math::select(up, smaller, larger), larger, d, less, fall};
  }

  /// Keeps p's exponentials if there is a place, see row_powers.
  template <class Team>
  GUERDON_HD static softmax_pair of(Team& team, const T* x, const T* y, index_t n, double temperature,
                                    T* kept = nullptr) {
    const R inverse = finite_inverse(R(temperature));
    softened_rows<softened_row<T>, 2> rows{{{x, R(0), inverse}, {y, R(0), inverse}}};
    const auto sum = rows.template reduce<add_narrow, add_narrow>(
        team, n, kept,
        [](index_t j, const softened_rows<softened_row<T>, 2>& at) {
          return lanes{math::falling_exp(at[0](j)), math::falling_exp(at[1](j))};
        },
        [](lanes<double, 2>& s, int k, double fall) { s[k] *= math::exp(fall); });
    return {rows, sum[0], sum[1]};
  }
};

}}  // namespace guerdon
