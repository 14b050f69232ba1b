#pragma once
// A key for a state: the sides of random hyperplanes on which it lies, so that states close by share their key.
//
// $$\text{bit}_k = [s \cdot a_k \ge 0], \qquad \text{key} = \sum_k \text{bit}_k\, 2^k$$
//
// Source: Charikar 2002; Tang et al. 2017, arXiv:1611.04717.
//
// Details that differ:
// - One exact key of up to 62 bits, as in the paper. openai/EPG takes the sign, in which a product of exactly 0 is a
//   third symbol, and counts the codes modulo six primes near 10^6 (sketch_count_bonus).
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

/// Products of a state with eight planes, summed over dimensions. In vector registers, where loops over arrays would not
/// stay; or one by one.
template <int doubles>
struct vector_of_sums {
  typedef double vector __attribute__((vector_size(8 * doubles)));
  vector of[8 / doubles] = {};
  [[gnu::always_inline]] void add(double x, const double* normal) {
    for (int k = 0; k < 8 / doubles; ++k) {
      vector n;
      std::memcpy(&n, normal + k * doubles, sizeof n);
      of[k] += x * n;
    }
  }
  double operator[](int k) const { return of[k / doubles][k % doubles]; }
};
struct array_of_sums {
  double of[8] = {};
  GUERDON_HD void add(double x, const double* normal) {
    for (int k = 0; k < 8; ++k) of[k] += x * normal[k];
  }
  GUERDON_HD double operator[](int k) const { return of[k]; }
};
/// The states of a tile leave registers for the normals.
template <class Backend>
struct simhash_rows {
  using sums = array_of_sums;
  static constexpr int count = 1;
};
template <class Backend>
  requires(Backend::vector_register_bytes > 0)
struct simhash_rows<Backend> {
  using sums = vector_of_sums<Backend::vector_register_bytes / 8>;
  static constexpr int count = Backend::vector_register_bytes / 8;
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
    for (int k = 0; k < 8; ++k) bit[k] = along[k] >= 0;
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
  using tile_rows = detail::simhash_rows<Backend>;
  constexpr int rows = tile_rows::count;
  const index_t dimensions = in.dimensions, planes = in.planes, blocks = (planes + 7) / 8;
  const view<const T> projection = in.projection;
  auto scratch = backend.scratch();
  const auto normals = scratch.template take<double>(blocks * dimensions * 8);
  backend.each(normals.size(), [=] GUERDON_HD(index_t i) {
    const index_t plane = i / (8 * dimensions) * 8 + i % 8, d = i / 8 % dimensions;
    normals[i] = plane < planes ? double(projection[d * planes + plane]) : 0;
  });
  backend.each((out.key.size() + rows - 1) / rows,
               detail::simhash_tile<T, typename tile_rows::sums, rows>{in.state, normals, dimensions, planes, out});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto simhash(const Backend& backend, const op::simhash::inputs<T>& in, const op::simhash::options& o = {}) {
  return returned<op::simhash, T>(backend, in, o, [&](auto& out) { simhash(backend, in, out, o); });
}

}}  // namespace guerdon
