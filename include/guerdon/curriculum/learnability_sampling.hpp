#pragma once
// How likely each item is to be trained on: partly from a buffer of the most learnable ones, partly from all.
//
// $$p_i = \frac{1 - \rho}{N} + \frac{\rho}{|B|}\,[i \in B], \qquad B = \text{the } M \text{ largest } \ell_i$$
//
// Source: sampling for learnability, arXiv:2408.15099.
//
// Details that differ:
// - A buffer larger than the items is cut to them; with none everything is equally likely. Of equal scores the first
//   in the data come first; NaN comes last.
//
// Cost: a sort of the items.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct learnability_sampling {
  static constexpr info about{"learnability_sampling", "curriculum",
                              "Sampling from a buffer of the most learnable items, and from all", "arXiv:2408.15099",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> learnability;  ///< [N] of each item, for instance from learnability_score
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> buffer;  ///< [min(buffer_size, N)] items of the buffer, the most learnable first
    Of<T> probability;   ///< [N]
  };
  struct options {
    index_t buffer_size = required;     ///< M >= 0
    double buffer_fraction = required;  ///< rho in [0, 1], share of what is drawn from the buffer
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("learnability", &I::learnability, "N")); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("buffer", &O::buffer, "K"), array("probability", &O::probability, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("buffer_size", &options::buffer_size, counts(6)),
                      option("buffer_fraction", &options::buffer_fraction, within(0, 1)));
  }

  static constexpr char decided_symbol = 'K';
  template <class I>
  static index_t decided_size(const I& in, const options& o) {
    return o.buffer_size < in.learnability.size() ? o.buffer_size : in.learnability.size();
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes buffer and probabilities.
template <real T = float, backend Backend>
void learnability_sampling(const Backend& backend, const op::learnability_sampling::inputs<T>& in,
                           const op::learnability_sampling::outputs<T>& out,
                           const op::learnability_sampling::options& o) {
  check<op::learnability_sampling>(backend, in, out, o);
  const index_t n = in.learnability.size();
  auto scratch = backend.scratch();
  const auto key = scratch.template take<double>(n), sorted = scratch.template take<double>(n);
  const auto place = scratch.template take<index_t>(n), order = scratch.template take<index_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double x = 0 - double(in.learnability[i]);
    key[i] = x == x ? x : lowest::identity;
    place[i] = i;
  });
  backend.template sort_pairs<double, index_t>(key, place, sorted, order);
  const index_t kept = out.buffer.size();
  const double fraction = kept > 0 ? o.buffer_fraction : 0, all = (1 - fraction) / double(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { out.probability[i] = T(all); });
  backend.each(kept, [=] GUERDON_HD(index_t k) {
    out.buffer[k] = order[k];
    out.probability[order[k]] = T(all + fraction / double(kept));
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto learnability_sampling(const Backend& backend, const op::learnability_sampling::inputs<T>& in,
                           const op::learnability_sampling::options& o = {}) {
  return returned<op::learnability_sampling, T>(backend, in, o,
                                                [&](auto& out) { learnability_sampling(backend, in, out, o); });
}

}}  // namespace guerdon
