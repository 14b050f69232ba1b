#pragma once
// Both of two bonuses: a soft "and" of numbers in 0..1, above their product and below the smaller one.
//
// $$h = \frac{a b}{a + b - a b}, \qquad 0 \text{ at } a = b = 0$$
//
// Source: Meta-World; Text2Reward, arXiv:2309.11489, Metaworld's reward_utils.py.
//
// Details that differ:
// - NaN passes the check of the range, and through.
//
// Cost: two numbers read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct hamacher_product {
  static constexpr info about{"hamacher_product", "program", "Soft and of two bonuses (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> a;  ///< [N] in [0, 1]
    view<const T> b;  ///< [N] in [0, 1]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> product;  ///< [N] in [0, 1]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("a", &I::a, "N", drawn(0, 1)), array("b", &I::b, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("product", &O::product, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the products.
template <real T = float, backend Backend>
void hamacher_product(const Backend& backend, const op::hamacher_product::inputs<T>& in,
                      const op::hamacher_product::outputs<T>& out, const op::hamacher_product::options& o) {
  const auto rule = check<op::hamacher_product>(backend, in, out, o);
  if constexpr (Backend::on_host) {
    const auto inside = [](view<const T> x) {
      bool legal = true;
      for (const T value : x) legal &= !(value < 0 || value > 1);
      return legal;
    };
    rule(inside(in.a), "a", "is out of the range from 0 to 1");
    rule(inside(in.b), "b", "is out of the range from 0 to 1");
  }
  backend.each(in.a.size(), [=] GUERDON_HD(index_t i) {
    out.product[i] = T(primitives::hamacher()(double(in.a[i]), double(in.b[i])));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto hamacher_product(const Backend& backend, const op::hamacher_product::inputs<T>& in,
                      const op::hamacher_product::options& o = {}) {
  return returned<op::hamacher_product, T>(backend, in, o, [&](auto& out) { hamacher_product(backend, in, out, o); });
}

}}  // namespace guerdon
