#pragma once
// A key for a state: the sides of random hyperplanes on which it lies, so that states close by share their key.
//
// $$\text{bit}_k = [s \cdot a_k \ge 0], \qquad \text{key} = \sum_k \text{bit}_k\, 2^k$$
//
// Source: Charikar 2002; Tang et al. 2017, arXiv:1611.04717.
//
// Details that differ:
// - One exact key of up to 62 bits, as in the paper. openai/EPG takes the sign, in which a product of exactly 0 is a
//   third symbol, and counts the codes modulo six primes near 10^6.
// - Sums are in double, in the order of the dimensions, for states in float as well. A NaN product gives bit 0. One
//   within rounding of 0 may fall on either side where it is computed otherwise.
//
// Cost: a product and a sum for each state, dimension and plane; on Eigen eight planes in a vector register and eight
// states side by side. Scratch memory for the projection, in double.

#include <guerdon/core/operation.hpp>

#include <cstring>

namespace guerdon {

namespace op {
struct simhash {
  static constexpr info about{"simhash", "exploration", "Key of a state by random hyperplanes",
                              "arXiv:1611.04717", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;    ///< D, of a state
    index_t planes = 0;        ///< K <= 62, bits of a key
    view<const T> state;       ///< [N,D]
    view<const T> projection;  ///< [D,K] normal vectors, drawn once
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> bits;  ///< [N,K]
    Of<index_t> key;  ///< [N]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), extent("planes", &I::planes, "K"),
                      array("state", &I::state, "N,D"), array("projection", &I::projection, "D,K"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("bits", &O::bits, "N,K"), array("key", &O::key, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace detail {

/// Products of a state with eight planes, summed over dimensions. In a vector register, where loops over arrays would
/// not stay; or one by one.
struct vector_of_sums {
  typedef double eight __attribute__((vector_size(64)));
  eight of = {};
  void add(double x, const double* normal) {
    eight n;
    std::memcpy(&n, normal, sizeof n);
    of += x * n;
  }
};
struct array_of_sums {
  double of[8] = {};
  GUERDON_HD void add(double x, const double* normal) {
    for (int k = 0; k < 8; ++k) of[k] += x * normal[k];
  }
};

/// The keys of `rows` states at a time.
template <real T, class Sums, int rows>
struct simhash_tile {
  view<const T> state;
  view<const double> normals;  ///< [blocks,D,8]
  index_t dimensions, planes;
  op::simhash::outputs<T> out;

  GUERDON_HD void operator()(index_t tile) const {
    const index_t first = tile * rows, states = out.key.size();
    if (first + rows <= states) return hash(first, std::make_integer_sequence<int, rows>());
    for (index_t n = first; n < states; ++n) hash(n, std::integer_sequence<int, 0>());
  }
  template <int... r>
  GUERDON_HD void hash(index_t first, std::integer_sequence<int, r...>) const {
    ((out.key[first + r] = 0), ...);
    for (index_t plane = 0; plane < planes; plane += 8) {
      Sums along[sizeof...(r)];
      const double* normal = normals.data() + plane * dimensions;
      const T* x = state.data() + first * dimensions;
      for (index_t d = 0; d < dimensions; ++d, ++x, normal += 8) (along[r].add(double(x[r * dimensions]), normal), ...);
      (keep(along[r], first + r, plane), ...);
    }
  }
  [[gnu::always_inline]] GUERDON_HD void keep(const Sums& along, index_t n, index_t plane) const {
    flag_t bit[8];
    int key = 0;
    for (int k = 0; k < 8; ++k) bit[k] = along.of[k] >= 0;
    for (int k = 0; k < 8; ++k) key |= bit[k] << k;
    const int count = planes - plane < 8 ? int(planes - plane) : 8;
    for (int k = 0; k < count; ++k) out.bits[n * planes + plane + k] = bit[k];
    out.key[n] |= index_t(key & ((1 << count) - 1)) << plane;
  }
};

}  // namespace detail

/// Writes bits and keys.
template <real T = float, backend Backend>
void simhash(const Backend& backend, const op::simhash::inputs<T>& in, const op::simhash::outputs<T>& out,
             const op::simhash::options& o) {
  const auto rule = check<op::simhash>(backend, in, out, o);
  rule(in.planes <= 62, "projection", "must have at most 62 columns, the bits of a key");
  constexpr bool vectors = requires { Backend::vector_registers; };
  constexpr int rows = vectors ? 8 : 1;
  using sums = std::conditional_t<vectors, detail::vector_of_sums, detail::array_of_sums>;
  const index_t dimensions = in.dimensions, planes = in.planes, blocks = (planes + 7) / 8;
  const view<const T> projection = in.projection;
  auto scratch = backend.scratch();
  const auto normals = scratch.template take<double>(blocks * dimensions * 8);
  backend.each(normals.size(), [=] GUERDON_HD(index_t i) {
    const index_t plane = i / (8 * dimensions) * 8 + i % 8, d = i / 8 % dimensions;
    normals[i] = plane < planes ? double(projection[d * planes + plane]) : 0;
  });
  backend.each((out.key.size() + rows - 1) / rows,
               detail::simhash_tile<T, sums, rows>{in.state, normals, dimensions, planes, out});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto simhash(const Backend& backend, const op::simhash::inputs<T>& in, const op::simhash::options& o = {}) {
  return returned<op::simhash, T>(backend, in, o, [&](auto& out) { simhash(backend, in, out, o); });
}

}}  // namespace guerdon
