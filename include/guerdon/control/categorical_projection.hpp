#pragma once
// Distributions over moved atoms, projected back onto a fixed row of atoms (C51).

#include <guerdon/returns/value_bins.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

/// Atoms as bins.
template <class T>
struct value_atoms {
  view<const T> atoms;
  GUERDON_HD double operator()(index_t k) const { return double(atoms[k]); }
};

/// At least two, finite, strictly increasing. (On a device the host cannot look.)
template <class T, class Backend>
void check_atoms(const Backend&, const call_rules& rule, view<const T> atoms) {
  rule(atoms.size() >= 2, "atoms", "must be at least two");
  if constexpr (Backend::on_host)
    for (index_t k = 0; k < atoms.size(); ++k)
      rule(math::is_finite(atoms[k]) && (k == 0 || atoms[k - 1] < atoms[k]), "atoms",
           "must be finite and strictly increase");
}

/// What atom m gets of `count` masses at places: `mass(k)` at `place(k)`, where a mass of 0 is not looked at.
template <class T, class Mass, class Place>
GUERDON_HD double projected_mass(const value_atoms<T>& atoms, index_t m, index_t count, Mass mass, Place place) {
  const index_t last = atoms.atoms.size() - 1;
  double sum = 0;
  for (index_t k = 0; k < count; ++k) {
    const double p = mass(k);
    if (p == 0) continue;
    sum += p * bin_share(atoms, last, m, math::clamp(place(k), atoms(0), atoms(last)));
  }
  return sum;
}

/// The same where places ascend with k: of them only those between the neighbours of atom m are looked at.
template <class T, class Mass, class Place>
GUERDON_HD double projected_mass_in_order(const value_atoms<T>& atoms, index_t m, index_t count, Mass mass,
                                          Place place) {
  const index_t last = atoms.atoms.size() - 1;
  index_t first = 0;
  for (index_t end = m > 0 ? count : 0; first < end;) {  // the first place beyond atom m - 1
    const index_t middle = first + (end - first) / 2;
    if (place(middle) > atoms(m - 1)) end = middle;
    else first = middle + 1;
  }
  double sum = 0;
  for (index_t k = first; k < count; ++k) {
    const double z = place(k), p = mass(k);
    if (m < last && z >= atoms(m + 1)) break;
    if (p != 0) sum += p * bin_share(atoms, last, m, math::clamp(z, atoms(0), atoms(last)));
  }
  return sum;
}

}  // namespace detail

}}  // namespace guerdon
