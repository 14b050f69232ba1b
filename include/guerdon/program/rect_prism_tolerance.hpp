#pragma once
// 1 everywhere OUTSIDE a box; inside, a factor that fades from 1 at one corner to 0 at the opposite one.
//
// $$r = \begin{cases} \prod_d \frac{p_d - z_d}{o_d - z_d} & p \text{ in the box} \\ 1 & \text{else} \end{cases}$$
//
// with the corners z, where it is 0, and o, where it is 1. A penalty factor for a forbidden zone, not a reward for
// being in the box; and it jumps at the faces: just inside those of z it is near 0, just outside 1. For a reward inside
// a box multiply three `tolerance` terms.
//
// Source: Meta-World; Text2Reward, arXiv:2309.11489, Metaworld's reward_utils.py.
//
// Details that differ:
// - None of the meaning, which is kept as released. Faces belong to the box; the corners may lie either way round.
// - A NaN coordinate, of the point or of a corner, gives NaN wherever the others lie. Corners that agree in a
//   coordinate are refused (on a GPU, where nobody can refuse: NaN or infinite inside).
//
// Cost: three numbers read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct rect_prism_tolerance {
  static constexpr info about{"rect_prism_tolerance", "program", "1 outside a box, fading inside (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> point;        ///< [N,3]
    view<const T> zero_corner;  ///< [3] of the box, where the factor is 0
    view<const T> one_corner;   ///< [3] the opposite one, where it is 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [N] in [0, 1]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("point", &I::point, "N,3"), array("zero_corner", &I::zero_corner, "3", drawn(-1, -0.1)),
                      array("one_corner", &I::one_corner, "3", drawn(0.1, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the factors.
template <real T = float, backend Backend>
void rect_prism_tolerance(const Backend& backend, const op::rect_prism_tolerance::inputs<T>& in,
                          const op::rect_prism_tolerance::outputs<T>& out,
                          const op::rect_prism_tolerance::options& o) {
  const auto rule = check<op::rect_prism_tolerance>(backend, in, out, o);
  if constexpr (Backend::on_host)
    for (index_t d = 0; d < 3; ++d)
      rule(in.zero_corner[d] != in.one_corner[d], "one_corner",
           "leaves a range of no length: the corners must differ in every coordinate");
  backend.each(out.reward.size(), [=] GUERDON_HD(index_t i) {
    out.reward[i] = T(primitives::box_factor(in.point.data() + 3 * i, in.zero_corner.data(), in.one_corner.data()));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto rect_prism_tolerance(const Backend& backend, const op::rect_prism_tolerance::inputs<T>& in,
                          const op::rect_prism_tolerance::options& o = {}) {
  return returned<op::rect_prism_tolerance, T>(backend, in, o,
                                               [&](auto& out) { rect_prism_tolerance(backend, in, out, o); });
}

}}  // namespace guerdon
