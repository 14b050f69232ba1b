#pragma once
// How often the key of each step has come up in its episode so far.
//
// $$n_t = \bigl|\{t' \le t \text{ in the same episode}:\ \mathrm{key}_{t'} = \mathrm{key}_t\}\bigr|$$
//
// The operation begins anew with every call; episodic_visits goes on through the episodes of its environments:
//
//   guerdon::episodic_visits visits;
//   const std::vector<index_t> count = visits.update(key, start);  // of a step, one for each environment
//
// Source: ONI, arXiv:2410.23022; facebookresearch/oni.
//
// Details that differ:
// - 1 on the first visit. The first row begins an episode, flagged or not. All 64 bits of a key count.
//
// Cost: a look into a hash table per step.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/value.hpp>
#include <guerdon/exploration/visit_table.hpp>

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

/// The visits of the episodes that are going on, one in each environment.
struct episodic_visits {
  std::vector<visit_table> episodes = {};  ///< of each environment; empty before the first update

  static constexpr const char* name = "episodic_visits";
  static constexpr auto fields() { return std::tuple(op::saved("episodes", &episodic_visits::episodes)); }

  /// Counts the keys of a step, one for each environment, or of several steps of `environments` each.
  std::vector<index_t> update(view<const index_t> key, view<const flag_t> start, index_t environments = 0) {
    if (environments == 0) environments = episodes.empty() ? key.size() : index_t(episodes.size());
    check<op::episodic_visit_count>(op::episodic_visit_count::inputs{environments, key, start},
                                    op::episodic_visit_count::options());
    require(episodes.empty() || index_t(episodes.size()) == environments, name, "environments",
            "must be as many as before");
    episodes.resize(static_cast<std::size_t>(environments));
    std::vector<index_t> count(static_cast<std::size_t>(key.size()));
    for (index_t i = 0, row = 0; i < key.size(); ++i) {
      visit_table& episode = episodes[static_cast<std::size_t>(row)];
      if (start[i] != 0) episode.clear();
      count[static_cast<std::size_t>(i)] = episode.visit(key[i]);
      if (++row == environments) row = 0;
    }
    return count;
  }
  /// Takes another one's environments, which then follow one's own.
  void merge(const episodic_visits& other) {
    const std::vector<visit_table> theirs = other.episodes;
    episodes.insert(episodes.end(), theirs.begin(), theirs.end());
  }
};

inline op::episodic_visit_count::outputs episodic_visit_count(const op::episodic_visit_count::inputs& in,
                                                              const op::episodic_visit_count::options& o = {}) {
  check<op::episodic_visit_count>(in, o);
  std::vector<index_t> count(static_cast<std::size_t>(in.key.size()));
  visit_table episode;  // one after another
  for (index_t column = 0; column < in.columns; ++column) {
    episode.clear();
    for (index_t i = column; i < in.key.size(); i += in.columns) {
      if (in.start[i] != 0) episode.clear();
      count[static_cast<std::size_t>(i)] = episode.visit(in.key[i]);
    }
  }
  return {std::move(count)};
}

}}  // namespace guerdon
