#pragma once
// A factor for drivers who leave their lane for long: violations count up, good steps count down.
//
// $$c_t = \max\bigl(c_{t-1} + (2\,[\text{violated}_t] - 1)\,[\text{no junction}_t],\ 0\bigr), \qquad
//   f_t = p \text{ if } c_t > g \text{ and no junction, else } 1$$
//
// Source: CaRL, arXiv:2504.17838; autonomousvision/CaRL, simple_reward.py.
//
// Details that differ:
// - None. The counter is 0 before the first step of an episode, whose own violation leaves 1; in a junction it stands
//   still. The first row begins an episode, flagged or not.
//
// Cost: three flags read per step.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct lane_keeping_factor : host_kind {
  static constexpr info about{"lane_keeping_factor", "shaping", "Factor for leaving a lane for long (CaRL)",
                              "arXiv:2504.17838", skeleton::host};
  struct inputs {
    index_t columns = 0;          ///< B, sequences side by side
    view<const flag_t> violated;  ///< [T,B] 1 = not in its lane
    view<const flag_t> junction;  ///< [T,B] 1 = in a junction
    view<const flag_t> start;     ///< [T,B] 1 = first step of an episode
  };
  struct outputs {
    std::vector<double> factor;    ///< [T,B] penalty or 1
    std::vector<index_t> counter;  ///< [T,B] >= 0
  };
  struct options {
    index_t grace_ticks = 30;  ///< g, count without consequence
    double penalty = 0.5;      ///< p, the factor beyond it
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("columns", &I::columns, "B"),
                      array("violated", &I::violated, "T,B", yes_or_no()).hiding_nothing(),
                      array("junction", &I::junction, "T,B", yes_or_no()).hiding_nothing(),
                      array("start", &I::start, "T,B", yes_or_no()).hiding_nothing());
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("factor", &O::factor, "T,B"), array("counter", &O::counter, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("grace_ticks", &options::grace_ticks, integers(0, 3)),
                      option("penalty", &options::penalty, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::lane_keeping_factor::outputs lane_keeping_factor(const op::lane_keeping_factor::inputs& in,
                                                            const op::lane_keeping_factor::options& o = {}) {
  check<op::lane_keeping_factor>(in, o);
  std::vector<index_t> counter(static_cast<std::size_t>(in.columns));
  op::lane_keeping_factor::outputs out;
  for (index_t i = 0; i < in.violated.size(); ++i) {
    index_t& count = counter[static_cast<std::size_t>(i % in.columns)];
    if (in.start[i] != 0) count = 0;
    const bool counts = in.junction[i] == 0;
    if (counts) count = in.violated[i] != 0 ? count + 1 : std::max<index_t>(count - 1, 0);
    out.factor.push_back(counts && count > o.grace_ticks ? o.penalty : 1);
    out.counter.push_back(count);
  }
  return out;
}

}}  // namespace guerdon
