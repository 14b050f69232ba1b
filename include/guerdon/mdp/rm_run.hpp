#pragma once
// The course of a reward machine over an episode: its states and what it pays.
//
// $$(u_{t+1}, r_t) = (v, r) \text{ of the first transition } u_t \xrightarrow{\varphi,\, r} v \text{ whose } \varphi
//   \text{ holds at step } t$$
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950, Definition 3.1.
//
// Details that differ:
// - Where no transition holds: option unmatched. The official code ends the episode there too, but looks the reward up
//   by the pair of states, so that it may pay that of a listed end, against its own comment; here it pays 0.
// - After the end the state is -1, the reward 0 and done 1; labels are not read.
//
// Cost: steps times the literals of a state. No gradient.

#include <guerdon/mdp/reward_machine.hpp>

namespace guerdon {

namespace op {
struct rm_run : host_kind {
  static constexpr info about{"rm_run", "mdp", "States and rewards of a reward machine", "arXiv:2010.03950",
                              skeleton::host};
  struct inputs {
    machine_transitions machine;
    text_view labels;  ///< [T] what holds at each step: "coffee, office"; "" for nothing
  };
  struct outputs {
    std::vector<index_t> states;  ///< [T+1] the first is initial_state
    std::vector<double> rewards;  ///< [T]
    std::vector<flag_t> done;     ///< [T] 1 from the step on that reached the end
  };
  struct options {
    machine_rules rules = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("machine", &I::machine),
                          std::tuple(array("labels", &I::labels, "T", words().together("labels"))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("states", &O::states, "T+1"), array("rewards", &O::rewards, "T"),
                      array("done", &O::done, "T"));
  }
  static constexpr auto parameters() { return nested("rules", &options::rules); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One episode.
inline op::rm_run::outputs rm_run(const op::rm_run::inputs& in, const op::rm_run::options& o = {}) {
  const auto rule = check<op::rm_run>(in, o);
  reward_machine machine(rule, op::rm_run::about.name, in.machine, o.rules);
  auto run = run_machine(rule, machine, o.rules.initial_state, in.labels, {},
                         [](const reward_machine::step& s, index_t, bool) { return s.reward; });
  return {std::move(run.states), std::move(run.rewards), std::move(run.done)};
}

/// A batch of episodes, in order.
inline auto rm_run(const host_rows& rows, std::span<const op::rm_run::inputs> in, const op::rm_run::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return rm_run(row, o); });
}

}}  // namespace guerdon
