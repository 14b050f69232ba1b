#pragma once
// Boxes held against boxes: which of two lists belong together.
//
// Source: Vision-R1, arXiv:2503.18013.

#include <guerdon/verify/assignment.hpp>
#include <guerdon/verify/box_iou.hpp>

#include <cmath>

namespace guerdon { inline namespace GUERDON_ABI {

/// Boxes with corners in order, without NaN. Checked where memory can be looked at.
template <class Backend, class T>
void require_boxes(const Backend&, const call_rules& rule, const view<const T>& boxes, const char* name) {
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < boxes.size() / 4; ++i) {
      const box b = box_at(boxes, i);
      rule(b.x1 <= b.x2 && b.y1 <= b.y2, name, "holds a box whose corners are not in order, or no numbers");
    }
}

/// Where boxes of a host operation lie.
struct boxes_on_host {
  static constexpr bool on_host = true;
};

/// Labelled boxes of one image.
struct labelled_boxes {
  view<const double> box;     ///< [N,4]
  view<const index_t> label;  ///< [N]
};

struct box_match {
  index_t first, second;
  double giou;
};

inline double generalised_overlap(const box& a, const box& b) { return box_overlap(a, b) - outside_share(a, b, 0); }

/// The cheapest one-to-one matching, by ascending `first`: distance in pixels, less 1 for equal labels, less giou.
inline std::vector<box_match> match_boxes(const labelled_boxes& a, const labelled_boxes& b) {
  const auto giou = [&](index_t i, index_t j) { return generalised_overlap(box_at(a.box, i), box_at(b.box, j)); };
  const auto cost = [&](index_t i, index_t j) {
    double distance = 0;
    for (index_t k = 0; k < 4; ++k) distance += std::abs(a.box[4 * i + k] - b.box[4 * j + k]);
    const double total = distance - (a.label[i] == b.label[j] ? 1 : 0) - giou(i, j);
    return std::isfinite(total) ? total : 1e300;
  };
  const index_t n = a.label.size(), m = b.label.size();
  std::vector<index_t> partner(static_cast<std::size_t>(n), -1);
  if (n <= m) {
    partner = cheapest_assignment(n, m, cost);
  } else {
    const auto chosen = cheapest_assignment(m, n, [&](index_t j, index_t i) { return cost(i, j); });
    for (index_t j = 0; j < m; ++j) partner[static_cast<std::size_t>(chosen[static_cast<std::size_t>(j)])] = j;
  }
  std::vector<box_match> matches;
  for (index_t i = 0; i < n; ++i)
    if (const index_t j = partner[static_cast<std::size_t>(i)]; j >= 0) matches.push_back({i, j, giou(i, j)});
  return matches;
}

}}  // namespace guerdon
