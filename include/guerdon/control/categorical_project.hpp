#pragma once
// The projection of C51: a distribution whose atoms have moved, written again on fixed atoms.
//
// The mass at $z_k' = \mathrm{clip}(r + d\,z_k)$ goes to the two atoms beside it in proportion to nearness:
//
// $$p_m = \sum_k p_k \max\Big(0, 1 - \frac{|z_k' - a_m|}{\Delta_m}\Big)$$
//
// with $\Delta_m$ the distance of $a_m$ from its neighbour on that side.
//
// Source: C51, arXiv:1707.06887, eq. 7; for any atoms, categorical_l2_project of rlax.
//
// Details that differ:
// - Any spacing; the numbers of atoms before and after are independent. Mass is kept, and the mean where nothing is
//   clipped. Infinite places count as the ends.
// - An atom under probability 0 is not read, nor with discount 0; a NaN atom or mass makes its row NaN.
// - The loss on it: categorical_value_loss. Encoding one number: two_hot_encode.
//
// Cost: for each atom a walk over the row: K M steps for a row, no atomics.

#include <guerdon/control/categorical_projection.hpp>

namespace guerdon {
namespace op {
struct categorical_project {
  static constexpr info about{"categorical_project", "control", "Projects a distribution onto fixed atoms (C51)",
                              "arXiv:1707.06887", skeleton::map};
  template <real T>
  struct inputs {
    index_t count;                     ///< N distributions
    view<const T> probs;               ///< [N,K] >= 0
    view<const T> source_atoms = {};   ///< [K] where the masses lie, or
    view<const T> row_atoms = {};      ///< [N,K] for each row by itself
    view<const T> atoms;               ///< [M] at least two, finite, strictly increasing
    view<const T> reward = {};         ///< [N] added; with discount
    view<const T> discount = {};       ///< [N] multiplies the places
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probs;  ///< [N,M]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("count", &I::count, "N"), array("probs", &I::probs, "N,K", at_least(0, 1)),
                      optional_array("source_atoms", &I::source_atoms, "K"),
                      optional_array("row_atoms", &I::row_atoms, "N,K").in_files("source_atoms"),
                      array("atoms", &I::atoms, "M", any_real().together("increasing")),
                      optional_array("reward", &I::reward, "N"),
                      optional_array("discount", &I::discount, "N", drawn(0, 1).together("with reward")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probs", &O::probs, "N,M")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the distributions.
template <real T = float, backend Backend>
void categorical_project(const Backend& backend, const op::categorical_project::inputs<T>& in,
                         const op::categorical_project::outputs<T>& out, const op::categorical_project::options& o) {
  const auto rule = check<op::categorical_project>(backend, in, out, o);
  rule(in.source_atoms || in.row_atoms || in.probs.size() == 0, "source_atoms", "are required and were not given");
  rule(in.reward || !in.discount || in.count == 0, "reward", "goes with discount and was not given");
  rule(in.discount || !in.reward || in.count == 0, "discount", "goes with reward and was not given");
  detail::check_atoms(backend, rule, in.atoms);
  const index_t kept = in.atoms.size(), given = in.count > 0 ? in.probs.size() / in.count : 0;
  const detail::value_atoms<T> atoms{in.atoms};
  backend.each(out.probs.size(), [=] GUERDON_HD(index_t i) {
    const index_t n = i / kept;
    const double move = in.reward ? double(in.reward[n]) : 0, scale = in.discount ? double(in.discount[n]) : 1;
    out.probs[i] = T(detail::projected_mass(
        atoms, i % kept, given, [&](index_t k) { return double(in.probs[n * given + k]); },
        [&](index_t k) {
          const double z = double(in.row_atoms ? in.row_atoms[n * given + k] : in.source_atoms[k]);
          return move + math::zero_select_product(scale, z);
        }));
  });
}

/// The distributions in an array of the backend's.
template <real T = float, backend Backend>
auto categorical_project(const Backend& backend, const op::categorical_project::inputs<T>& in,
                         const op::categorical_project::options& o = {}) {
  return returned<op::categorical_project, T>(backend, in, o,
                                              [&](auto& out) { categorical_project(backend, in, out, o); });
}

}}  // namespace guerdon
