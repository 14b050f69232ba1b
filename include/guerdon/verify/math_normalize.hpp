#pragma once
// A short TeX answer without what the graders of MATH call a matter of writing: \left and \right, units in \text{ },
// degrees, dollars, percent signs, blanks; \tfrac and \dfrac are \frac, \frac12 is \frac{1}{2}, 1/2 and 0.5 too, \sqrt3
// is \sqrt{3}, and of "x = 5" the 5 is left.
//
// Where a root or a fraction has nothing to stand over, or there are two units, the text comes out as it went in, with
// `ok` false.
//
// Source: Hendrycks et al., MATH, arXiv:2103.03874 (math_equivalence.py); verl, utils/reward_score/math_reward.py.
//
// Details that differ:
// - None by intent. The original raises an exception where `ok` is false here, and its callers then compare raw texts.
// - Units are cut before blanks go, so "10\text{ cm}" is 10, and "10\text{cm}" stays.
// - Numbers are not read: 1.0 is not 1 (numeric_equal).
//
// Cost: some twenty passes over the text, each linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/math_text.hpp>

#include <span>

namespace guerdon {
namespace op {
struct math_normalize : host_kind {
  static constexpr info about{"math_normalize", "verify", "The normal form of a TeX answer (MATH)", "arXiv:2103.03874",
                              skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    std::string normalized;
    bool ok = false;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("normalized", &O::normalized, "B"), array("ok", &O::ok, "B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One answer.
inline op::math_normalize::outputs math_normalize(const op::math_normalize::inputs& in,
                                                  const op::math_normalize::options& o = {}) {
  check<op::math_normalize>(in, o);
  const auto normalized = math_text::normalized(unicode::generalised(in.text));
  if (!normalized) return {std::string(in.text), false};
  return {unicode::from_generalised(*normalized), true};
}

/// A batch, in order.
inline auto math_normalize(const host_rows& rows, std::span<const op::math_normalize::inputs> in,
                           const op::math_normalize::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return math_normalize(row, o); });
}

}}  // namespace guerdon
