#pragma once
// A nugget's label over an answer that was read block by block: the best that any block gives it.
//
// $$l_m = \max_{k \in m} l_k$$
//
// in the order supported, in part, not, none.
//
// Source: Search-Gen-V, arXiv:2510.14660.
//
// Details that differ:
// - A nugget that no block was asked about has label -1.
//
// Cost: the labels read once.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct nugget_block_max {
  static constexpr info about{"nugget_block_max", "judge",
                              "A nugget's best label over the blocks of an answer (Search-Gen-V)",
                              "arXiv:2510.14660", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> label;  ///< [N] 2 = supported, 1 = in part, 0 = not, -1 = no label
    segments blocks;            ///< cuts the N labels into M nuggets
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> label;  ///< [M]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("label", &I::label, "N", whole_within(-1, 2)),
                      cuts("blocks", &I::blocks, "M", "N").in_files("block_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("label", &O::label, "M")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

struct nugget_block_program {
  static constexpr bool short_segments = true;
  view<const index_t> label;
  segments blocks;
  view<index_t> best;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t m) const {
    const index_t begin = blocks.begin(m);
    const double most = team.template reduce<highest>(blocks.size(m), [&](index_t i) {
      return lanes{double(label[begin + i])};
    })[0];
    team.once([&] { best[m] = most > -1 ? index_t(most) : -1; });
  }
};

/// Writes the labels.
template <real T = float, backend Backend>
void nugget_block_max(const Backend& backend, const op::nugget_block_max::inputs<T>& in,
                      const op::nugget_block_max::outputs<T>& out, const op::nugget_block_max::options& o) {
  check<op::nugget_block_max>(backend, in, out, o);
  backend.for_segments(in.blocks, nugget_block_program{in.label, in.blocks, out.label});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto nugget_block_max(const Backend& backend, const op::nugget_block_max::inputs<T>& in,
                      const op::nugget_block_max::options& o = {}) {
  return returned<op::nugget_block_max, T>(backend, in, o, [&](auto& out) { nugget_block_max(backend, in, out, o); });
}

}}  // namespace guerdon
