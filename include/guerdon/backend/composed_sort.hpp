#pragma once
// Sorting inside segments by two stable sorts of whole arrays: by key, then by place. The same time whether there are
// many short segments or few long ones.

#include <guerdon/core/segments.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace detail {

/// place[i] = twice the segment of element i, plus 1 for what stands behind the segment's end (padding).
struct mark_places {
  segments s;
  index_t n;
  view<index_t> place;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t segment) const {
    const index_t begin = s.begin(segment), size = s.size(segment);
    const index_t limit = segment + 1 < s.count() ? s.begin(segment + 1) : n;
    team.each(limit - begin, [&](index_t i) { place[begin + i] = 2 * segment + (i < size ? 0 : 1); });
  }
};

template <class Backend, class Key>
void composed_sort(const Backend& backend, const segments& s, view<const Key> keys, view<Key> sorted) {
  const index_t n = keys.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(n), place_by_key = scratch.template take<index_t>(n);
  const auto by_key = scratch.template take<Key>(n);
  backend.for_segments(s, mark_places{s, n, place});
  backend.template sort_pairs<Key, index_t>(keys, place, by_key, place_by_key);
  backend.template sort_pairs<index_t, Key>(place_by_key, by_key, place, sorted, 2 * s.count());
}

}}}  // namespace guerdon::detail
