#pragma once
// Whether two answers are the same number, however it is written; where one is none, whether they are the same text.
//
// $$m = \bigl[\, |p - c| \le \varepsilon \max(|p|, |c|) \,\bigr]$$
//
// decided on exact rationals, with $\varepsilon$ `rel_tol`. What is read as a number (rational_text.hpp): integers,
// decimals, thousands, scientific notation, fractions, mixed numbers, percentages, with dollars, degrees, a unit in
// \text{...} and one "x =" around them. What is not: symbols, roots, sets, intervals, words.
//
// Source: this project's own definition, a subset of what Math-Verify does; verl, prime_math/grader.py
// (`percent_tolerant`).
//
// Details that differ:
// - verl forgives a factor of 100 either way, so that "50" passes for "0.5" and "7" for "700": `percent_tolerant`. A
//   percent sign that is written is read in any case: "50%" is 0.5 and not 50.
// - A unit goes, so that 5 km is 5 m; with `units = kept` a number with a unit is text, which meets that text alone.
// - 0 equals 0 alone: the tolerance is relative.
// - A number of more than 1000 characters, or with a power of ten beyond 400, is text.
// - Texts are compared by math_string_equal.
//
// Cost: linear in the text; arithmetic on at most some thousands of digits. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/math_text.hpp>
#include <guerdon/verify/rational_text.hpp>

#include <span>

namespace guerdon {
namespace op {
struct numeric_equal : host_kind {
  static constexpr info about{"numeric_equal", "verify", "Whether two answers are one number, exactly compared", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    std::string_view prediction;
    std::string_view reference;
  };
  struct outputs {
    bool equal = false;
    double prediction_value = 0;  ///< NaN where it is no number
    double reference_value = 0;   ///< likewise
  };
  struct options {
    double rel_tol = 1e-4;          ///< >= 0; 0: exactly equal
    bool percent_tolerant = false;  ///< a hundred times and a hundredth of the reference pass too
    answer_units units = answer_units::dropped;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prediction", &I::prediction, "B", words()),
                      array("reference", &I::reference, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("equal", &O::equal, "B"), array("prediction_value", &O::prediction_value, "B").or_nan(),
                      array("reference_value", &O::reference_value, "B").or_nan());
  }
  static constexpr auto parameters() {
    constexpr double most = std::numeric_limits<double>::max();
    return std::tuple(option("rel_tol", &options::rel_tol, within(0, most).drawn(0, 0.1)),
                      flag("percent_tolerant", &options::percent_tolerant), choice("units", &options::units));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace rationals {

/// |a/b - c/d| <= tolerance max(|a/b|, |c/d|), all multiplied by the denominators. A double is m 2^e.
inline bool close(const rational& x, const rational& y, double tolerance) {
  const big_natural a = x.over * y.under, b = y.over * x.under;
  const big_natural& larger = a < b ? b : a;
  const big_natural apart = x.negative != y.negative ? a + b : larger - (a < b ? a : b);
  if (apart.is_zero()) return true;
  int exponent = 0;
  const double mantissa = std::frexp(tolerance, &exponent);
  const big_natural allowed = larger * big_natural(static_cast<std::uint64_t>(std::ldexp(mantissa, 53)));
  exponent -= 53;
  return exponent < 0 ? !(allowed < (apart << -exponent)) : !((allowed << exponent) < apart);
}

}  // namespace rationals

/// One pair.
inline op::numeric_equal::outputs numeric_equal(const op::numeric_equal::inputs& in,
                                                const op::numeric_equal::options& o = {}) {
  check<op::numeric_equal>(in, o);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto p = rational_of(in.prediction, o.units), c = rational_of(in.reference, o.units);
  op::numeric_equal::outputs out{false, p ? p->nearest() : nan, c ? c->nearest() : nan};
  if (!p || !c) {
    out.equal = math_text::equal(in.prediction, in.reference, o.units);
    return out;
  }
  out.equal = rationals::close(*p, *c, o.rel_tol);
  if (o.percent_tolerant && !out.equal)
    out.equal = rationals::close(*p, rationals::scaled(*c, 2), o.rel_tol) ||
                rationals::close(*p, rationals::scaled(*c, -2), o.rel_tol);
  return out;
}

/// A batch, in order.
inline auto numeric_equal(const host_rows& rows, std::span<const op::numeric_equal::inputs> in,
                          const op::numeric_equal::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return numeric_equal(row, o); });
}

}}  // namespace guerdon
