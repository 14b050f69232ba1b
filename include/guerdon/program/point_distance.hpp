#pragma once
// The distance of two points, row by row.
//
// $$d = \|a - b\|$$
//
// by the Euclidean norm, its square, the sum of magnitudes or the greatest of them.
//
// Source: Text2Reward, arXiv:2309.11489; xlang-ai/text2reward, the reward programs.
//
// Details that differ:
// - The derivative of a norm at 0 is 0; of the greatest magnitude, it is that of the first. By b it is the negative.
//
// Cost: two numbers read per coordinate.

#include <guerdon/program/distances.hpp>

namespace guerdon {

namespace op {
struct point_distance {
  static constexpr info about{"point_distance", "program", "Distance of two points (Text2Reward)",
                              "arXiv:2309.11489", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;  ///< D, coordinates of a point
    view<const T> a;         ///< [N,D]
    view<const T> b;         ///< [N,D]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> distance;  ///< [N]
    Of<T> grad_a;    ///< [N,D] d distance / d a; optional
  };
  struct options {
    vector_norm metric = vector_norm::l2;  ///< which norm
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("a", &I::a, "N,D"), array("b", &I::b, "N,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("distance", &O::distance, "N"), optional_array("grad_a", &O::grad_a, "N,D"));
  }
  static constexpr auto parameters() { return std::tuple(choice("metric", &options::metric)); }
  static constexpr std::array gradients{gradient{"grad_a", "distance", "a"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the distances and, if wanted, the derivatives.
template <real T = float, backend Backend>
void point_distance(const Backend& backend, const op::point_distance::inputs<T>& in,
                    const op::point_distance::outputs<T>& out, const op::point_distance::options& o) {
  check<op::point_distance>(backend, in, out, o);
  backend.each(out.distance.size(), [=] GUERDON_HD(index_t i) {
    const index_t n = in.dimensions;
    const T *const a = in.a.data() + i * n, *const b = in.b.data() + i * n;
    const double distance = distances::between(a, b, n, o.metric);
    out.distance[i] = T(distance);
    if (!out.grad_a) return;
    bool first = true;  // of the greatest magnitudes
    for (index_t d = 0; d < n; ++d) {
      const double x = double(a[d]) - double(b[d]);
      double slope = 0;
      switch (o.metric) {
        case vector_norm::l2: slope = distance == 0 ? 0 : x / distance; break;
        case vector_norm::l2_squared: slope = 2 * x; break;
        case vector_norm::l1: slope = math::sign(x); break;
        case vector_norm::linf:
          slope = first && !(math::abs(x) < distance) ? math::sign(x) : 0;
          first &= math::abs(x) < distance;
          break;
      }
      out.grad_a[i * n + d] = T(slope);
    }
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto point_distance(const Backend& backend, const op::point_distance::inputs<T>& in,
                    const op::point_distance::options& o = {}) {
  return returned<op::point_distance, T>(backend, in, o, [&](auto& out) { point_distance(backend, in, out, o); });
}

}}  // namespace guerdon
