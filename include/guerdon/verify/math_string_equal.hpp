#pragma once
// Whether two TeX answers have the same normal form.
//
// $$m_b = \bigl[ N(a_b) = N(b_b) \bigr]$$
//
// with N of math_normalize. Where one of the two has no normal form the texts themselves are compared.
//
// Source: Hendrycks et al., MATH, arXiv:2103.03874 (is_equiv); verl, utils/reward_score/math_reward.py.
//
// Details that differ:
// - What stands from "\text{ " on is a unit to the original and goes, so that 5 km is 5 m, and "4 \text{ or } 5" is 4:
//   `units = kept` compares it.
// - The original takes two missing answers (None) for equal and prints a warning; texts are never missing here.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/math_text.hpp>

#include <span>

namespace guerdon {
namespace op {
struct math_string_equal : host_kind {
  static constexpr info about{"math_string_equal", "verify", "Whether two TeX answers are written alike (MATH)",
                              "arXiv:2103.03874", skeleton::host};
  struct inputs {
    std::string_view a;
    std::string_view b;
  };
  struct outputs {
    bool equal = false;
  };
  struct options {
    answer_units units = answer_units::dropped;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("a", &I::a, "B", words()), array("b", &I::b, "B", words()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("equal", &O::equal, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("units", &options::units)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One pair.
inline op::math_string_equal::outputs math_string_equal(const op::math_string_equal::inputs& in,
                                                        const op::math_string_equal::options& o = {}) {
  check<op::math_string_equal>(in, o);
  return {math_text::equal(in.a, in.b, o.units)};
}

/// A batch, in order.
inline auto math_string_equal(const host_rows& rows, std::span<const op::math_string_equal::inputs> in,
                              const op::math_string_equal::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return math_string_equal(row, o); });
}

}}  // namespace guerdon
