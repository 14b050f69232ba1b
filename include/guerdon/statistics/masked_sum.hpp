#pragma once
// The sum of the valid elements.
//
// $$\sum_{i\,valid} x_i$$
//
// Source: the masked statistics of verl, OpenRLHF and NeMo-RL.
//
// Details that differ:
// - Added up in double precision, whatever the element type, in a fixed order.
// - Values under the mask are never read into the result. NaN and infinity on valid elements follow arithmetic. Nothing
//   valid: 0.
//
// Cost: 5 bytes per float element.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct masked_sum {
  static constexpr info about{"masked_sum", "statistics", "Sum of the valid elements", "", skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;      ///< any shape
    view<const flag_t> mask;  ///< of the same shape, 1 = valid
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> sum;  ///< [1]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "*"), array("mask", &I::mask, "*", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("sum", &O::sum, "1")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the sum.
template <storage T = float, backend Backend>
void masked_sum(const Backend& backend, const op::masked_sum::inputs<T>& in, const op::masked_sum::outputs<T>& out,
                const op::masked_sum::options& o) {
  check<op::masked_sum>(backend, in, out, o);
  using R = real_t<T>;
  const T* const value = in.value.data();
  const flag_t* const mask = in.mask.data();
  const auto sum = out.sum;
  reduce_array<add>(
      backend, in.value.size(),
      [=] GUERDON_HD(index_t i) { return lanes{math::select(mask[i] != 0, R(value[i]), R(0))}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { sum[0] = T(total[0]); });
}

/// The same into an array of the backend's.
template <storage T = float, backend Backend>
auto masked_sum(const Backend& backend, const op::masked_sum::inputs<T>& in, const op::masked_sum::options& o = {}) {
  return returned<op::masked_sum, T>(backend, in, o, [&](auto& out) { masked_sum(backend, in, out, o); });
}

}}  // namespace guerdon
