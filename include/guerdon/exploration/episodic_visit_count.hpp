#pragma once
// How often the key of each step has come up in its episode so far.
//
// $$n_t = \bigl|\{t' \le t \text{ in the same episode}:\ \mathrm{key}_{t'} = \mathrm{key}_t\}\bigr|$$
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni.
//
// Details that differ:
// - 1 on the first visit. The first row begins an episode, flagged or not. All 64 bits of a key count.
//
// Cost: a look into a hash table per step.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/exploration/key_table.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct episodic_visit_count : host_kind {
  static constexpr info about{"episodic_visit_count", "exploration", "Visits of a key within its episode",
                              "arXiv:2410.23022", skeleton::host};
  struct inputs {
    index_t columns = 0;       ///< B, sequences side by side
    view<const index_t> key;   ///< [T,B] of the state or message
    view<const flag_t> start;  ///< [T,B] 1 = first step of an episode
  };
  struct outputs {
    std::vector<index_t> count;  ///< [T,B] >= 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "B"), array("key", &I::key, "T,B", integers(-2, 2)),
                      array("start", &I::start, "T,B", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("count", &O::count, "T,B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::episodic_visit_count::outputs episodic_visit_count(const op::episodic_visit_count::inputs& in,
                                                              const op::episodic_visit_count::options& o = {}) {
  check<op::episodic_visit_count>(in, o);
  std::vector<key_table<index_t>> visits(static_cast<std::size_t>(in.columns));
  op::episodic_visit_count::outputs out;
  for (index_t i = 0; i < in.key.size(); ++i) {
    auto& episode = visits[static_cast<std::size_t>(i % in.columns)];
    if (in.start[i] != 0) episode.clear();
    out.count.push_back(++episode[in.key[i]]);
  }
  return out;
}

}}  // namespace guerdon
