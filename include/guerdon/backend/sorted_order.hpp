#pragma once
// The order of a segment's elements, where a sort of their keys alone does not do.

#include <guerdon/backend/composed_sort.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// order[begin(s) + k] = the index, in the whole array, of the element of segment s that comes k-th by its key, equal keys
/// in the order they stand in. Two stable sorts of the whole array: by key, then by segment.
template <class Key, class Backend>
void sorted_order(const Backend& backend, const segments& s, view<const Key> keys, view<index_t> order) {
  const index_t n = keys.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(n), place_by_key = scratch.template take<index_t>(n);
  const auto index = scratch.template take<index_t>(n), index_by_key = scratch.template take<index_t>(n);
  const auto by_key = scratch.template take<Key>(n);
  backend.for_segments(s, detail::mark_places{s, n, place});
  backend.each(n, [=] GUERDON_HD(index_t i) { index[i] = i; });
  backend.template sort_pairs<Key, index_t>(keys, index, by_key, index_by_key);
  backend.each(n, [=] GUERDON_HD(index_t i) { place_by_key[i] = place[index_by_key[i]]; });
  backend.template sort_pairs<index_t, index_t>(place_by_key, index_by_key, place, order, 2 * s.count());
}

}}  // namespace guerdon
