#pragma once
// A score made more telling: 0 below a band, 1 above it, and itself inside.
//
// $$d(x; l, h) = \begin{cases} 0 & x < l \\ 1 & x > h \\ x & \text{else} \end{cases}$$
//
// Source: Vision-R1, arXiv:2503.18013.
//
// Details that differ:
// - Both comparisons are strict: with l = h = 0.5 a value of 0.5 stays. So does NaN.
//
// Cost: one number read, one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct differentiation_transform {
  static constexpr info about{"differentiation_transform", "verify",
                              "0 below a band, 1 above it, itself inside (Vision-R1)", "arXiv:2503.18013",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> value;  ///< [n]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> value_out;  ///< [n]
  };
  struct options {
    double low = required;   ///< l
    double high = required;  ///< h
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("value", &I::value, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value_out", &O::value_out, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("low", &options::low, drawn(-1, 0.5)), option("high", &options::high, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The band, as a function.
template <class R>
struct differentiation {
  R low, high;
  GUERDON_HD R operator()(R x) const { return x < low ? R(0) : x > high ? R(1) : x; }
};

/// Writes the scores.
template <real T = float, backend Backend>
void differentiation_transform(const Backend& backend, const op::differentiation_transform::inputs<T>& in,
                               const op::differentiation_transform::outputs<T>& out,
                               const op::differentiation_transform::options& o) {
  check<op::differentiation_transform>(backend, in, out, o);
  const differentiation<T> band{T(o.low), T(o.high)};
  backend.each(in.value.size(), [=] GUERDON_HD(index_t i) { out.value_out[i] = band(in.value[i]); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto differentiation_transform(const Backend& backend, const op::differentiation_transform::inputs<T>& in,
                               const op::differentiation_transform::options& o = {}) {
  return returned<op::differentiation_transform, T>(backend, in, o,
                                                    [&](auto& out) { differentiation_transform(backend, in, out, o); });
}

}}  // namespace guerdon
