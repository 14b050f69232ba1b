#pragma once
// The items to train on: those whose difficulty is nearest to a target.
//
// $$I = \text{the } n \text{ smallest by } |d_i - d^*|$$
//
// nearest first, of equally near ones the first in the data.
//
// Source: AdaRFT, arXiv:2504.05520.
//
// Details that differ:
// - The official sort is not stable. While the target does not move, the same items come again, as in the official
//   sampler.
// - Fewer items than asked for: all of them. A NaN difficulty is farthest.
//
// Cost: a sort of the items.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct closest_difficulty_select {
  static constexpr info about{"closest_difficulty_select", "curriculum",
                              "The items whose difficulty is nearest to a target (AdaRFT)", "arXiv:2504.05520",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> difficulty;  ///< [N] of each item
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> indices;  ///< [min(count, N)] of the items, nearest first
  };
  struct options {
    double target_difficulty = required;  ///< d*
    index_t count = required;             ///< n >= 0, how many to choose
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("difficulty", &I::difficulty, "N", drawn(0, 100))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("indices", &O::indices, "K")); }
  static constexpr auto parameters() {
    return std::tuple(option("target_difficulty", &options::target_difficulty, drawn(0, 100)),
                      option("count", &options::count, counts(6)));
  }

  static constexpr char decided_symbol = 'K';
  template <class I>
  static index_t decided_size(const I& in, const options& o) {
    return o.count < in.difficulty.size() ? o.count : in.difficulty.size();
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the indices.
template <real T = float, backend Backend>
void closest_difficulty_select(const Backend& backend, const op::closest_difficulty_select::inputs<T>& in,
                               const op::closest_difficulty_select::outputs<T>& out,
                               const op::closest_difficulty_select::options& o) {
  check<op::closest_difficulty_select>(backend, in, out, o);
  const double target = o.target_difficulty;
  const index_t n = in.difficulty.size();
  auto scratch = backend.scratch();
  const auto key = scratch.template take<double>(n), sorted = scratch.template take<double>(n);
  const auto place = scratch.template take<index_t>(n), order = scratch.template take<index_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double x = math::abs(double(in.difficulty[i]) - target);
    key[i] = x == x ? x : lowest::identity;
    place[i] = i;
  });
  backend.template sort_pairs<double, index_t>(key, place, sorted, order);
  backend.each(out.indices.size(), [=] GUERDON_HD(index_t k) { out.indices[k] = order[k]; });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto closest_difficulty_select(const Backend& backend, const op::closest_difficulty_select::inputs<T>& in,
                               const op::closest_difficulty_select::options& o = {}) {
  return returned<op::closest_difficulty_select, T>(backend, in, o,
                                                    [&](auto& out) { closest_difficulty_select(backend, in, out, o); });
}

}}  // namespace guerdon
