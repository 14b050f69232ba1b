#pragma once
// A number cut to a range, and the range mapped to 0..1.
//
// $$y = \frac{\mathrm{clip}(x,\ l,\ h) - l}{h - l}$$
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, open_cabinet_door_drawer.py.
//
// Details that differ:
// - A range without an inside is refused. NaN stays.
//
// Cost: one number read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct clip_and_normalize {
  static constexpr info about{"clip_and_normalize", "program", "Number cut to a range and mapped to 0..1 (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> x;  ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> value;  ///< [N] in [0, 1]
  };
  struct options {
    double low = 0;   ///< what becomes 0
    double high = 1;  ///< above low, what becomes 1
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("x", &I::x, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("low", &options::low, drawn(-2, 0)), option("high", &options::high, drawn(0.1, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the values.
template <real T = float, backend Backend>
void clip_and_normalize(const Backend& backend, const op::clip_and_normalize::inputs<T>& in,
                        const op::clip_and_normalize::outputs<T>& out, const op::clip_and_normalize::options& o) {
  const auto rule = check<op::clip_and_normalize>(backend, in, out, o);
  rule(o.low < o.high, "low", "and high must be a range: low below high");
  const primitives::unit_range range{o.low, o.high};
  backend.each(in.x.size(), [=] GUERDON_HD(index_t i) { out.value[i] = T(range(double(in.x[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto clip_and_normalize(const Backend& backend, const op::clip_and_normalize::inputs<T>& in,
                        const op::clip_and_normalize::options& o = {}) {
  return returned<op::clip_and_normalize, T>(backend, in, o,
                                             [&](auto& out) { clip_and_normalize(backend, in, out, o); });
}

}}  // namespace guerdon
