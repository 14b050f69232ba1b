#pragma once
// How few edits turn one text into another.
//
// $$s = 1 - \frac{d(a, b)}{\max(|a|, |b|)}$$
//
// with d the Levenshtein distance over code points: insertions, deletions and substitutions at 1 each. 1 of two empty
// texts.
//
// Source: Levenshtein (1966); MSRL, arXiv:2508.13587, for the words in a chart.
//
// Details that differ:
// - Neighbours that change places cost 2. A byte that is no UTF-8 is a character of its own.
//
// Cost: |a||b| / 64 steps, without what both begin and end with; `max_work` refuses long texts beforehand. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/bit_rows.hpp>

#include <span>

namespace guerdon {
namespace op {
struct edit_similarity : host_kind {
  static constexpr info about{"edit_similarity", "verify", "Levenshtein distance of two texts, and their similarity",
                              "arXiv:2508.13587", skeleton::host};
  struct inputs {
    std::string_view a;
    std::string_view b;
  };
  struct outputs {
    index_t distance = 0;
    double similarity = 0;  ///< between 0 and 1
  };
  struct options {
    index_t max_work = 0;  ///< refuse if |a||b|, in code points, is more; 0: no limit
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("a", &I::a, "B", words()), array("b", &I::b, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("distance", &O::distance, "B"), array("similarity", &O::similarity, "B"));
  }
  static constexpr auto parameters() { return std::tuple(option("max_work", &options::max_work, counts(1000))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One pair of texts.
inline op::edit_similarity::outputs edit_similarity(const op::edit_similarity::inputs& in,
                                                    const op::edit_similarity::options& o = {}) {
  const auto rule = check<op::edit_similarity>(in, o);
  element_numbers<char32_t> numbers;
  const auto a = number_code_points(in.a, numbers), b = number_code_points(in.b, numbers);
  require_matchable(rule, a.size(), b.size(), o.max_work);
  const index_t distance = bit_rows::edit_distance(a, b);
  const auto longer = static_cast<double>(std::max(a.size(), b.size()));
  return {distance, longer == 0 ? 1 : 1 - static_cast<double>(distance) / longer};
}

/// A batch, in order.
inline auto edit_similarity(const host_rows& rows, std::span<const op::edit_similarity::inputs> in,
                            const op::edit_similarity::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return edit_similarity(row, o); });
}

}}  // namespace guerdon
