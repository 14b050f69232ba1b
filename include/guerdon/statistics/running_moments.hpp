#pragma once
// Moments of all values seen so far: a value that starts empty, takes batches, merges, is saved and restored.
//
// $$n' = n + B,\quad \delta = \bar x - \mu,\quad \mu' = \mu + \delta\,\tfrac{B}{n'},\quad
//   M_2' = M_2 + \sum_i (x_i - \bar x)^2 + \delta^2\,\tfrac{n B}{n'}$$
//
//   guerdon::running_moments seen;
//   seen.update(rewards);
//   double spread = seen.std();
//
// Source: Chan, Golub and LeVeque 1979; the carried state of arXiv:2502.18770's reward shapers.
//
// Details that differ:
// - Five doubles whatever the type of the values. Count, minimum and maximum of merged parts are exactly those of the
//   whole, mean and spread within rounding (never by a sum of squares, so a common offset costs no digits); of equal
//   values they are exact: their number, and 0. exact_moments has the same bits for any parts, in 1.2 kB.
// - A value that is not finite is an error and leaves the state as it was: it would stay in it for good. On a GPU,
//   where nobody can throw, it is left out.
// - Minimum and maximum start at +inf and -inf. arXiv:2502.18770's code starts at 10000 and -10000, which hides first
//   values that lie outside: `{.low = 10000, .high = -10000}` does the same.
//
// Cost: the values read twice.

#include <guerdon/core/value.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

inline namespace GUERDON_ABI {
namespace detail {
/// The moments of values on the host, all of which must be finite.
template <real T>
moments finite_moments(view<const T> values) {
  for (const T x : values) require(math::is_finite(x), "running_moments", "reward", "must be finite");
  serial_team team;
  return segment_moments(team, values.size(), [=](index_t i) { return double(values[i]); });
}
}  // namespace detail
}  // namespace GUERDON_ABI

struct running_moments {
  double count = 0;                                       ///< values so far
  double mean = 0;                                        ///< their mean
  double m2 = 0;                                          ///< sum of squared deviations from the mean
  double low = std::numeric_limits<double>::infinity();   ///< the smallest
  double high = -std::numeric_limits<double>::infinity(); ///< the largest

  static constexpr const char* name = "running_moments";
  static constexpr auto fields() {
    using self = running_moments;
    return std::tuple(op::saved("count", &self::count), op::saved("mean", &self::mean), op::saved("m2", &self::m2),
                      op::saved("low", &self::low), op::saved("high", &self::high));
  }

  GUERDON_INLINE static running_moments of(const moments& m) { return {m.count, m.mean, m.m2, m.low, m.high}; }
  GUERDON_INLINE moments as_moments() const { return {count, mean, m2, low, high}; }

  /// Takes the values of a contiguous array of float or double; nothing if it is empty.
  template <class Values>
  [[gnu::always_inline]] void update(const Values& values) {
    using T = std::remove_cvref_t<decltype(*values.data())>;
    merge(of(detail::finite_moments(view<const T>(values))));
  }
  /// Takes one value.
  [[gnu::always_inline]] void update(double value) { update(view<const double>(&value, 1)); }
  /// Takes all that another one has seen.
  GUERDON_INLINE void merge(const running_moments& other) {
    *this = of(guerdon::merge(as_moments(), other.as_moments()));
  }

  /// m2 / (count - ddof); 0 where all values are equal or there are too few.
  GUERDON_INLINE double variance(double ddof = 0) const { return as_moments().variance(ddof); }
  GUERDON_INLINE double std(double ddof = 0) const { return math::sqrt(variance(ddof)); }

  friend bool operator==(const running_moments&, const running_moments&) = default;
};

namespace op {
struct running_moments : value_kind {
  static constexpr info about{"running_moments", "statistics", "Moments of all rewards seen so far",
                              "arXiv:2502.18770", skeleton::host};
  struct inputs {
    view<const double> reward;       ///< [N] finite
    guerdon::running_moments state;  ///< [1] of all rewards before
  };
  struct outputs {
    guerdon::running_moments new_state;  ///< [1] with these
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", finite()), array("state", &I::state, "1", drawn(0, 5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("new_state", &O::new_state, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::running_moments::outputs updated(op::running_moments, const op::running_moments::inputs& in,
                                            const op::running_moments::options& = {}) {
  op::running_moments::outputs out{in.state};
  out.new_state.update(in.reward);
  return out;
}

/// The population deviation of what a state has seen; 0 of one value or none.
GUERDON_HD inline double running_deviation(const running_moments& seen) {
  return seen.count > 1 ? math::sqrt(seen.m2 / seen.count) : 0;
}

/// new_state[0] = state[0] with the values merged in, in the backend's memory; both may be the same. Values that are
/// not finite are left out: on the host they have been refused before.
template <real T, class Backend>
void update_moments(const Backend& backend, view<const T> values, view<const running_moments> state,
                    view<running_moments> new_state) {
  auto scratch = backend.scratch();
  const auto batch = scratch.template take<moments>(1);
  array_moments(
      backend, values.size(),
      [=] GUERDON_HD(index_t i) {
        const double x = double(values[i]);
        return counted_value<double>{x, math::is_finite(x)};
      },
      batch);
  backend.each(1, [=] GUERDON_HD(index_t) {
    running_moments total = state[0];
    total.merge(running_moments::of(batch[0]));
    new_state[0] = total;
  });
}

}}  // namespace guerdon
