#pragma once
// The vocabulary of segment programs: what a team's collectives take and return.
//
// A program is a functor `void operator()(Team& team, index_t s)` that a team of one or many members runs once per
// segment. It speaks to memory through collectives only, each over indices 0..n-1:
//   team.each(n, f)                             f(i)
//   team.sum(n, f)                              the sum of f(i), accumulated wide; f may write as well
//   team.reduce<add, lowest, highest>(n, f)     several reductions of one pass; f returns lanes<R, 3>
//   team.recur_backward(n, x_end, load, store)  x[i] = load(i)(x[i+1]); store(i, x[i], x[i+1])
//   team.recur_forward(n, x_start, load, store) x[i] = load(i)(x[i-1]); store(i, x[i], x[i-1])
//   team.once(f)                                f() by one member: for what belongs to the segment as a whole
// A program whose segments are few elements (the answers to a prompt) says `static constexpr bool short_segments = true`,
// one of tokens or whole arrays says long_segments: a backend with a team for each then compiles one of them. One of rows
// of a vocabulary, thousands of elements and an exponential for each, says vocabulary_segments as well.
// Guarantee: member k visits the same indices in every collective of a program, so f may re-read what f wrote at
// the same index. Reading what another member wrote is forbidden; values travel through collective results only.

#include <guerdon/core/math.hpp>

#include <limits>

namespace guerdon { inline namespace GUERDON_ABI {

/// K numbers of one type that are reduced side by side.
template <class R, int K>
struct lanes {
  R value[K];
  GUERDON_HD R& operator[](int k) { return value[k]; }
  GUERDON_HD const R& operator[](int k) const { return value[k]; }
};
template <class R, class... Rest>
lanes(R, Rest...) -> lanes<R, 1 + sizeof...(Rest)>;

/// Reductions. Sums of nothing are 0; lowest and highest of nothing are +inf and -inf. NaN survives all three.
struct add {
  static constexpr double identity = 0;
  template <class R>
  GUERDON_HD static R combine(R a, R b) { return a + b; }
};
/// The same for what cannot cancel, such as counts and squares: a backend may add some hundreds of them as narrow as they
/// come before it goes wide.
struct add_narrow : add {};
struct lowest {
  static constexpr double identity = std::numeric_limits<double>::infinity();
  template <class R>
  GUERDON_HD static R combine(R a, R b) { return math::nan_min(a, b); }
};
struct highest {
  static constexpr double identity = -std::numeric_limits<double>::infinity();
  template <class R>
  GUERDON_HD static R combine(R a, R b) { return math::nan_max(a, b); }
};
/// The same where a sum beside them tells of a NaN: one minimum instruction, no branch.
struct lowest_number {
  static constexpr double identity = lowest::identity;
  template <class R>
  GUERDON_HD static R combine(R a, R b) { return b < a ? b : a; }
};
struct highest_number {
  static constexpr double identity = highest::identity;
  template <class R>
  GUERDON_HD static R combine(R a, R b) { return a < b ? b : a; }
};

/// What a coefficient of 0 does to a NaN or an infinity: keep it out, as the end of an episode does, or multiply.
enum class at_zero { select, multiply };

/// One step of a first-order recurrence: x -> a + m x.
template <class R, at_zero zero_rule = at_zero::select>
struct affine {
  static constexpr at_zero rule = zero_rule;
  R a, m;

  /// Nothing of x comes through, whatever x is.
  GUERDON_HD bool stops() const { return rule == at_zero::select && m == R(0); }
  /// The selection comes before the product: one fused multiply-add is all that waits for x.
  GUERDON_HD R operator()(R x) const { return a + m * math::select(!stops(), x, R(0)); }
  GUERDON_HD static affine identity() { return {R(0), R(1)}; }
};
/// First `inner`, then `outer`. Coefficients that are too small for their product do not stop a NaN: it is never 0
/// unless one of them is.
template <class R, at_zero rule>
GUERDON_HD affine<R, rule> compose(const affine<R, rule>& outer, const affine<R, rule>& inner) {
  const R m = outer.m * inner.m;
  const bool vanished = (m == R(0)) & (outer.m != R(0)) & (inner.m != R(0));
  return {outer.a + math::select(outer.stops(), R(0), outer.m * inner.a),
          math::select(outer.stops(), R(0), math::select(vanished, std::numeric_limits<R>::denorm_min(), m))};
}

/// The team of one: every collective is the loop one would write on a blackboard.
struct serial_team {
  static constexpr bool alone = true;  ///< one member, known where a program is compiled: it may read any element
  GUERDON_HD static constexpr index_t members() { return 1; }

  template <class F>
  GUERDON_HD void once(F f) { f(); }

  template <class F>
  GUERDON_HD void each(index_t n, F f) {
    for (index_t i = 0; i < n; ++i) f(i);
  }

  template <class F>
  GUERDON_HD double sum(index_t n, F f) {
    double total = 0;
    for (index_t i = 0; i < n; ++i) total += static_cast<double>(f(i));
    return total;
  }

  template <class... Op, class F>
  GUERDON_HD lanes<double, sizeof...(Op)> reduce(index_t n, F f) {
    lanes<double, sizeof...(Op)> total{{Op::identity...}};
    for (index_t i = 0; i < n; ++i) {
      const auto x = f(i);
      int k = 0;
      ((total[k] = Op::combine(total[k], static_cast<double>(x[k])), ++k), ...);
    }
    return total;
  }

  template <class R, class Load, class Store>
  GUERDON_HD void recur_backward(index_t n, R x, Load load, Store store) {
    for (index_t i = n - 1; i >= 0; --i) {
      const R next = x;
      const auto step = load(i);
      x = step.stops() ? step.a : step.a + step.m * next;  // a branch, well predicted, is off the chain
      store(i, x, next);
    }
  }

  template <class R, class Load, class Store>
  GUERDON_HD void recur_forward(index_t n, R x, Load load, Store store) {
    for (index_t i = 0; i < n; ++i) {
      const R previous = x;
      const auto step = load(i);
      x = step.stops() ? step.a : step.a + step.m * previous;
      store(i, x, previous);
    }
  }
};

}}  // namespace guerdon
