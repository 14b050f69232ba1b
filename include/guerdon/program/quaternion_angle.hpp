#pragma once
// The angle of the rotation that leads from one orientation to another.
//
// $$\theta = 2\,\mathrm{atan2}\bigl(\|v\|,\ |w|\bigr), \qquad (w, v) = \bar a\, b$$
//
// for quaternions (w, x, y, z) of any length. `mode = signed` takes w with its sign: in [0, 2 pi], and q and -q, which
// are the same orientation, are apart.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, ManiSkill2's geometry.py.
//
// Details that differ:
// - The released routine is the signed form divided by pi; one of its rewards divides by pi once more.
// - A quaternion of zeros is no orientation: NaN.
//
// Cost: eight numbers read, one written.

#include <guerdon/program/primitives.hpp>

namespace guerdon {

namespace op {
struct quaternion_angle {
  static constexpr info about{"quaternion_angle", "program", "Angle between two orientations (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> a;  ///< [N,4] quaternions, w first
    view<const T> b;  ///< [N,4]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> angle;  ///< [N] in radians
  };
  struct options {
    quaternion_sense mode = quaternion_sense::shortest;  ///< in [0, pi], or by the quaternions' signs
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("a", &I::a, "N,4"), array("b", &I::b, "N,4")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("angle", &O::angle, "N")); }
  static constexpr auto parameters() { return std::tuple(choice("mode", &options::mode)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the angles.
template <real T = float, backend Backend>
void quaternion_angle(const Backend& backend, const op::quaternion_angle::inputs<T>& in,
                      const op::quaternion_angle::outputs<T>& out, const op::quaternion_angle::options& o) {
  check<op::quaternion_angle>(backend, in, out, o);
  const quaternion_sense sense = o.mode;
  backend.each(out.angle.size(), [=] GUERDON_HD(index_t i) {
    out.angle[i] = T(primitives::turn(in.a.data() + 4 * i, in.b.data() + 4 * i, sense));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto quaternion_angle(const Backend& backend, const op::quaternion_angle::inputs<T>& in,
                      const op::quaternion_angle::options& o = {}) {
  return returned<op::quaternion_angle, T>(backend, in, o, [&](auto& out) { quaternion_angle(backend, in, out, o); });
}

}}  // namespace guerdon
