#pragma once
// Elements that belong together by a number they carry (a role, a prompt, a bin) rather than by where they stand.

#include <guerdon/core/launch.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// Elements in the order of their keys, those of one key in the order they came.
struct keyed_elements {
  view<index_t> place;    ///< [N] the element that stands at each place of the order
  view<index_t> offsets;  ///< [K+1] where the elements of each key begin; keys outside 0..K-1 are in none

  /// One segment per key.
  segments keys() const { return segments(view<const index_t>(offsets)); }
};

/// In memory of `scratch`, for as long as that lives.
template <class Backend, class Scratch>
keyed_elements order_by_key(const Backend& backend, Scratch& scratch, view<const index_t> keys, index_t count) {
  const index_t n = keys.size();
  const keyed_elements order{scratch.template take<index_t>(n), scratch.template take<index_t>(count + 1)};
  auto inner = backend.scratch();
  const auto element = inner.template take<index_t>(n), sorted = inner.template take<index_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { element[i] = i; });
  backend.template sort_pairs<index_t, index_t>(keys, element, sorted, order.place);
  backend.each(count + 1, [=] GUERDON_HD(index_t k) { order.offsets[k] = rank_in(sorted.data(), n, k, false); });
  return order;
}

/// Are all of them below `count`? Looked at where the host can read them.
template <class Backend>
bool all_below(const Backend&, view<const index_t> keys, index_t count) {
  bool below = true;
  if constexpr (Backend::on_host)
    for (const index_t key : keys) below &= key < count;
  return below;
}

}}  // namespace guerdon
