#pragma once
// A penalty that runs for a while after each violation.
//
// $$\text{active}_t = [\text{a violation in one of the steps } t - n + 1 \ldots t \text{ of the episode}]$$
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, simple_reward.py.
//
// Details that differ:
// - None. A violation counts on its own step and the n - 1 after it. The first row begins an episode, flagged or not.
//
// Cost: two flags read per step.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct penalty_timer : host_kind {
  static constexpr info about{"penalty_timer", "shaping", "Penalty that runs for a while (CaRL)",
                              "arXiv:2504.17838", skeleton::host};
  struct inputs {
    index_t columns = 0;          ///< B, sequences side by side
    view<const flag_t> violated;  ///< [T,B] 1 = a violation
    view<const flag_t> start;     ///< [T,B] 1 = first step of an episode
  };
  struct outputs {
    std::vector<flag_t> active;  ///< [T,B] 1 = the penalty runs
  };
  struct options {
    index_t ticks = 500;  ///< n >= 1, steps it runs
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "B"),
                      array("violated", &I::violated, "T,B", yes_or_no()).hiding_nothing(),
                      array("start", &I::start, "T,B", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("active", &O::active, "T,B")); }
  static constexpr auto parameters() { return std::tuple(option("ticks", &options::ticks, counts_from(1, 4))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::penalty_timer::outputs penalty_timer(const op::penalty_timer::inputs& in,
                                                const op::penalty_timer::options& o = {}) {
  check<op::penalty_timer>(in, o);
  std::vector<index_t> remaining(static_cast<std::size_t>(in.columns));
  op::penalty_timer::outputs out;
  for (index_t i = 0; i < in.violated.size(); ++i) {
    index_t& left = remaining[static_cast<std::size_t>(i % in.columns)];
    if (in.start[i] != 0) left = 0;
    left = in.violated[i] != 0 ? o.ticks : std::max<index_t>(left - 1, 0);
    out.active.push_back(left > 0);
  }
  return out;
}

}}  // namespace guerdon
