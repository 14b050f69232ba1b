#pragma once
// Sorting inside segments by two stable sorts of whole arrays: by key, then by place.

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

}}}  // namespace guerdon::detail
