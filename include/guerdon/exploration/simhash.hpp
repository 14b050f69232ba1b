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
// - A NaN product gives bit 0. One within rounding of 0 may fall on either side where it is computed otherwise.
//
// Cost: a product and a sum for each state, dimension and bit.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct simhash : host_kind {
  static constexpr info about{"simhash", "exploration", "Key of a state by random hyperplanes",
                              "arXiv:1611.04717", skeleton::host};
  struct inputs {
    index_t dimensions = 0;         ///< D, of a state
    index_t planes = 0;             ///< K <= 62, bits of a key
    view<const double> state;       ///< [N,D]
    view<const double> projection;  ///< [D,K] normal vectors, drawn once
  };
  struct outputs {
    std::vector<flag_t> bits;  ///< [N,K]
    std::vector<index_t> key;  ///< [N]
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

inline op::simhash::outputs simhash(const op::simhash::inputs& in, const op::simhash::options& o = {}) {
  const auto rule = check<op::simhash>(in, o);
  rule(in.planes <= 62, "projection", "must have at most 62 columns, the bits of a key");
  const index_t states = in.dimensions == 0 ? 0 : in.state.size() / in.dimensions;
  const std::size_t planes = static_cast<std::size_t>(in.planes);
  op::simhash::outputs out;
  out.bits.resize(static_cast<std::size_t>(states) * planes);
  out.key.resize(static_cast<std::size_t>(states));
  double along[62];
  for (index_t n = 0; n < states; ++n) {
    std::fill(along, along + planes, 0.0);
    for (index_t d = 0; d < in.dimensions; ++d) {  // all planes at a time: their sums stand side by side
      const double x = in.state[n * in.dimensions + d], *const normal = in.projection.data() + d * in.planes;
      for (std::size_t k = 0; k < planes; ++k) along[k] += x * normal[k];
    }
    index_t key = 0;
    flag_t* const bits = out.bits.data() + static_cast<std::size_t>(n) * planes;
    for (std::size_t k = 0; k < planes; ++k) {
      bits[k] = along[k] >= 0;
      key |= static_cast<index_t>(bits[k]) << k;
    }
    out.key[static_cast<std::size_t>(n)] = key;
  }
  return out;
}

}}  // namespace guerdon
