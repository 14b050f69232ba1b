#pragma once
// Which few states to reward: a greedy choice by what the best explicable reward on them achieves (EXPRD).
//
// $$s^* = \arg\min_{s \in \text{candidates}} \text{objective}(\text{active} \cup \{s\})$$
//
// budget times, from the goal states on, with the objective of explicable_reward_design.
//
// Source: Devidze et al. (2021), NeurIPS, "Explicable Reward Design for Reinforcement Learning Agents", Algorithm 1.
//
// Details that differ:
// - Candidates that are goal states already are ignored; objectives within 1e-7 are tied, and the earlier candidate
//   wins; infeasible candidates are skipped, and where all are, or too few are left, the call is refused as infeasible.
// - The official code takes as goal states those whose original rewards do not sum to 0.
//
// Cost: budget times candidates linear programmes. Memory: that of one programme (linear_program.hpp). No gradient.

#include <guerdon/mdp/explicable_design.hpp>

namespace guerdon {

namespace op {
struct explicable_state_selection : host_kind {
  static constexpr info about{"explicable_state_selection", "mdp", "Greedy choice of the states to reward (EXPRD)", "",
                              skeleton::host};
  struct inputs {
    design_task task;
    view<const index_t> goal_states;       ///< [G] active from the start
    view<const index_t> candidate_states;  ///< [M] to choose from
  };
  struct outputs {
    std::vector<index_t> active_states;  ///< [G+budget] in the order of their choice
    std::vector<double> objective;       ///< [budget+1] the first: goal states only, +inf if that is infeasible
  };
  struct options {
    design_goals goals = {};
    index_t budget = required;  ///< states to choose
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("task", &I::task),
                          std::tuple(array("goal_states", &I::goal_states, "G", counts(0)),
                                     array("candidate_states", &I::candidate_states, "M", counts(1))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("active_states", &O::active_states, "X"), array("objective", &O::objective, "Y"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("goals", &options::goals), std::tuple(option("budget", &options::budget, counts(1))));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Program` solves it: this project's own linear_program, or adapt/clp.hpp.
template <class Program = linear_program>
op::explicable_state_selection::outputs explicable_state_selection(
    const op::explicable_state_selection::inputs& in, const op::explicable_state_selection::options& o = {}) {
  const auto rule = check<op::explicable_state_selection>(in, o);
  const mdp::explicable_design problem(rule, in.task, o.goals);
  rule(mdp::are_indices(in.goal_states, problem.states()), "goal_states", "hold what is no state");
  rule(mdp::are_indices(in.candidate_states, problem.states()), "candidate_states", "hold what is no state");
  std::vector<char> active = mdp::marked(in.goal_states, problem.states());
  op::explicable_state_selection::outputs out{{in.goal_states.begin(), in.goal_states.end()}, {}};
  out.objective.push_back(problem.solve<Program>(active).objective);
  for (index_t chosen = 0; chosen < o.budget; ++chosen) {
    index_t best = -1;
    double least = linear_program::infinity;
    std::vector<char> tried = active;
    for (const index_t candidate : in.candidate_states) {
      const auto s = static_cast<std::size_t>(candidate);
      if (tried[s]) continue;
      active[s] = tried[s] = 1;
      const double objective = problem.solve<Program>(active).objective;
      active[s] = 0;
      if (objective < linear_program::infinity && (best < 0 || objective < least - 1e-7))
        best = candidate, least = objective;
    }
    rule(best >= 0, "candidate_states", "make the design infeasible: none is left that keeps the margins");
    active[static_cast<std::size_t>(best)] = 1;
    out.active_states.push_back(best);
    out.objective.push_back(least);
  }
  return out;
}

}}  // namespace guerdon
