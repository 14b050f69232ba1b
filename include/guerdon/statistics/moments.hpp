#pragma once
// Count, mean, centred sum of squares, minimum and maximum of an array: deviations from a mean inside a block, Chan's
// merge across blocks, so that a large common offset costs no digits and constant data has a spread of exactly 0.

#include <guerdon/core/launch.hpp>

#include <array>

namespace guerdon {

/// How a spread s becomes a divisor with its safeguard eps: s + eps, sqrt(s^2 + eps), sqrt(max(s^2, eps)), or s + eps where
/// s > 0 and else 1.
enum class epsilon_mode { add_std, add_var, clamp_var, skip_zero };
constexpr auto enumerators(epsilon_mode) { return std::array{"add_std", "add_var", "clamp_var", "skip_zero"}; }

inline namespace GUERDON_ABI {

struct moments {
  double count = 0, mean = 0, m2 = 0;
  double low = lowest::identity, high = highest::identity;

  /// All counted values are equal (and there is one). False when a NaN is among them.
  GUERDON_HD bool constant() const { return low == high; }
  /// All counted values are finite (and there is one).
  GUERDON_HD bool finite() const { return (low - low) + (high - high) == 0; }
  /// All counted values are finite, there are two at least, and they differ.
  GUERDON_HD bool varied() const { return (count > 1) & (low < high) & finite(); }
  /// All counted values are one finite number, which is the mean; the spread is 0.
  GUERDON_HD bool one_number() const { return constant() && math::is_finite(low); }
  /// m2 / (count - ddof); exactly 0 for constant data and where there are too few values.
  GUERDON_HD double variance(double ddof) const {
    if ((count > ddof) & !constant()) return m2 / (count - ddof);
    return math::is_finite(high - low) ? 0 : m2 * 0;  // which keeps a NaN
  }
};

/// The moments of both sets together (Chan, Golub, LeVeque 1979). An `a` without values still gives its m2 and bounds.
GUERDON_HD inline moments merge(const moments& a, const moments& b) {
  if (b.count == 0) return a;
  const double count = a.count + b.count, delta = b.mean - a.mean;
  const double mean = a.count == 0 ? b.mean : a.mean + delta * (b.count / count);
  const double between = math::zero_select_product(a.count * b.count / count, delta * delta);
  return {count, mean, a.m2 + b.m2 + between, math::nan_min(a.low, b.low), math::nan_max(a.high, b.high)};
}

/// A value and whether it takes part.
template <class R>
struct counted_value {
  R value;
  bool counted;
};

/// The values of an array that its mask counts.
template <storage T>
struct masked_values {
  const T* value;
  const flag_t* mask;
  GUERDON_HD counted_value<real_t<T>> operator()(index_t i) const { return {real_t<T>(value[i]), mask[i] != 0}; }
};

namespace detail {

/// What a first pass sums of a value: its part in the count, the sum, the minimum and the maximum.
template <class R>
GUERDON_HD lanes<R, 4> first_lanes(const counted_value<R>& v) {
  constexpr R inf = std::numeric_limits<R>::infinity();
  return {math::select(v.counted, R(1), R(0)), math::select(v.counted, v.value, R(0)),
          math::select(v.counted, v.value, inf), math::select(v.counted, v.value, -inf)};
}

/// The moments, but for the spread, from count, sum, minimum and maximum.
GUERDON_HD inline moments first_moments(const lanes<double, 4>& total) {
  const double count = total[0], sum = total[1];
  const bool lost = sum != sum;
  const double low = lost ? sum : total[2], high = lost ? sum : total[3];
  // The mean of equal numbers is that number, unrounded.
  const double mean = low == high && math::is_finite(low) ? low : count > 0 ? sum / count : 0;
  return {count, mean, 0, low, high};
}

/// The first pass over the values f(i) of one segment: numbers, which all count, or counted_values.
template <class Team, class F>
GUERDON_HD moments first_pass(Team& team, index_t n, F f) {
  if constexpr (std::is_floating_point_v<decltype(f(index_t(0)))>) {
    const auto total = team.template reduce<add, lowest_number, highest_number>(n, [&](index_t i) {
      const auto x = f(i);
      return lanes{x, x, x};
    });
    return first_moments({static_cast<double>(n), total[0], total[1], total[2]});
  } else {
    return first_moments(team.template reduce<add_narrow, add, lowest_number, highest_number>(
        n, [&](index_t i) { return first_lanes(f(i)); }));
  }
}

/// x - mean with the mean in two parts: x - near is exact where x is close to it, so float keeps its digits at any
/// common offset.
template <class R>
GUERDON_HD R centred(R x, double mean) {
  const R near = R(mean), rest = R(mean - double(near));
  return (x - near) - rest;
}
template <class R>
GUERDON_HD R centred(const counted_value<R>& v, double mean) {
  return math::select(v.counted, centred(v.value, mean), R(0));
}

/// The second pass, in double: float's squares may lie beyond its range. Where the mean dwarfs the spread, the rounding of
/// the mean (a sum of floats on some backends) matters: what the deviations add up to is what it was wrong by.
template <class Team, class F>
GUERDON_HD moments second_moments(Team& team, index_t n, const moments& m, F deviation) {
  const auto total = team.template reduce<add_narrow, add>(n, [&](index_t i) {
    const double d = deviation(i);
    return lanes{d * d, d};
  });
  const double m2 = total[0], sum = total[1];
  const bool off = !(m.count * m.mean * m.mean <= 4096 * m2) && m.count > 0 && math::is_finite(sum);
  const double shift = off ? sum / m.count : 0;
  return {m.count, m.mean + shift, math::max(off ? m2 - shift * sum : m2, 0.0), m.low, m.high};
}

/// Of this many numbers the spread about the first of them gives that about the mean, at the cost of few digits: what is
/// subtracted is at most n times what is left.
inline constexpr index_t few_values = 64;

/// The moments of 2 to few_values numbers in one pass. m2 is not finite where two passes are needed.
template <class Team, class F>
GUERDON_INLINE inline moments moments_about_first(Team& team, index_t n, F f) {
  const double first = f(0), count = double(n);
  const auto total = team.template reduce<add, add_narrow, lowest_number, highest_number>(n, [&](index_t i) {
    const double x = f(i), d = x - first;
    return lanes{d, d * d, x, x};
  });
  const double low = total[2], high = total[3], shift = total[0] / count;
  const double m2 = math::max(total[1] - shift * total[0], 0.0);
  return {count, low == high ? low : first + shift, math::is_finite(total[1]) ? m2 : total[1], low, high};
}

template <class Team, class F>
GUERDON_HD moments two_pass_moments(Team& team, index_t n, F f) {
  const moments m = first_pass(team, n, f);
  if (m.one_number()) return m;
  const double mean = m.mean;
  return second_moments(team, n, m, [&](index_t i) { return centred(f(i), mean); });
}

}  // namespace detail

/// The moments of the values f(i) of one segment, where f returns a number, or a counted_value; values that are not
/// counted are not looked at.
template <class Team, class F>
GUERDON_INLINE inline moments segment_moments(Team& team, index_t n, F f) {
  if constexpr (requires { Team::alone; } && std::is_same_v<decltype(f(index_t(0))), double>)
    if (n > 1 && n <= detail::few_values) {
      const moments m = detail::moments_about_first(team, n, f);
      if (math::is_finite(m.m2)) return m;
    }
  const moments m = detail::two_pass_moments(team, n, f);
  return {m.count, m.mean, m.m2, m.low, m.high};  // number by number: the few above need no memory for them
}

namespace detail {

/// Deviations this far apart have squares that R holds.
template <class R>
GUERDON_HD bool squares_fit(const moments& m) {
  const double spread = m.high - m.low;
  return std::is_same_v<R, double> || (spread > 1e-15 && spread < 1e15);
}

/// segment_moments of counted values in one pass over memory: deviations from the mean of the first 512, corrected by
/// what the whole mean differs from it. Where that, or the mean, dwarfs the spread, two passes after all.
template <class Team, class F>
GUERDON_HD moments one_pass_moments(Team& team, index_t n, F f) {
  using R = decltype(centred(f(index_t(0)), 0.0));
  constexpr index_t probe = 512;
  if (n > probe) {
    const double near = first_pass(team, probe, f).mean;
    const auto all =
        team.template reduce<add_narrow, add_narrow, lowest_number, highest_number, add_narrow>(n, [&](index_t i) {
          const auto& v = f(i);
          const auto first = first_lanes(v);
          const R d = centred(v, near);
          return lanes{first[0], first[1], first[2], first[3], d * d};
        });
    moments m = first_moments({all[0], all[1], all[2], all[3]});
    if (m.one_number()) return m;
    const double shift = m.mean - near, correction = m.count * shift * shift;
    m.m2 = all[4] - correction;
    // All are false with a NaN.
    const bool near_enough = 16 * correction <= all[4] && m.count * m.mean * m.mean <= 4096 * m.m2;
    if (near_enough && squares_fit<R>(m)) return m;
  }
  return segment_moments(team, n, f);
}

template <class F>
struct block_moments {
  static constexpr bool long_segments = true;
  F f;
  index_t n;
  view<moments> partial;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t block) const {
    const index_t begin = block * block_length;
    const index_t length = n - begin < block_length ? n - begin : block_length;
    const moments m = one_pass_moments(team, length, [&](index_t i) { return f(begin + i); });
    team.once([&] { partial[block] = m; });
  }
};

/// Chan's merge of all blocks at once, by the whole team.
struct merge_moments {
  static constexpr bool short_segments = true;
  view<const moments> partial;
  view<moments> result;

  template <class Team>
  [[gnu::cold]] GUERDON_HD void operator()(Team& team, index_t) const {  // blocks are few: compiled for size
    const index_t blocks = partial.size();
    const auto sums = team.template reduce<add, add, lowest, highest>(blocks, [&](index_t i) {
      const moments& m = partial[i];
      return lanes{m.count, m.count * m.mean, m.low, m.high};
    });
    moments total = first_moments(sums);
    if (!total.one_number()) {
      const double mean = total.mean;
      total.m2 = team.sum(blocks, [&](index_t i) {
        const moments& m = partial[i];
        const double shift = m.mean - mean;
        return m.m2 + math::zero_select_product(m.count, shift * shift);
      });
    }
    team.once([&] { result[0] = total; });
  }
};

}  // namespace detail

/// result[0] = the moments of f(i) = counted_value over i in 0..n-1. The result stays in the backend's memory.
template <class Backend, class F>
void array_moments(const Backend& backend, index_t n, F f, view<moments> result) {
  auto scratch = backend.scratch();
  const auto partial = scratch.template take<moments>(block_count(n));
  backend.for_segments(segments::uniform(partial.size(), block_length), detail::block_moments<F>{f, n, partial});
  backend.for_segments(segments::uniform(1, partial.size()), detail::merge_moments{partial, result});
}

/// One over that divisor.
GUERDON_HD inline double spread_scale(double variance, double eps, epsilon_mode mode) {
  const double s = math::sqrt(variance);
  switch (mode) {
    case epsilon_mode::add_std: return 1 / (s + eps);
    case epsilon_mode::add_var: return 1 / math::sqrt(variance + eps);
    case epsilon_mode::clamp_var: return 1 / math::sqrt(math::max(variance, eps));
    case epsilon_mode::skip_zero: break;
  }
  return s == 0 ? 1 : 1 / (s + eps);
}

}}  // namespace guerdon
