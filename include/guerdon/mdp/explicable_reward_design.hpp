#pragma once
// A reward that keeps what is optimal optimal, shows it soon, and touches few states (EXPRD).
//
// $$\min_R \frac{C_1}{K N S} \sum_{k, h, s} \max_{a} \left[\text{gap}(s) - A_{h, k}(s, a)\right]_+ +
//   C_2 \|R\|_1 \quad \text{where} \quad A_{\infty, k}(s, a) \ge \text{gap}(s), \; |R| \le R_{\max}$$
//
// for all actions that are not optimal (others must not be better), with R = 0 in states that are not active.
//
// Source: Devidze et al. (2021), NeurIPS, "Explicable Reward Design for Reinforcement Learning Agents"; the epigraph
// form is this project's own.
//
// Details that differ:
// - The objective is that of the optimum; the reward is then rounded to 8 decimals, as in the official code. It is not
//   unique.
// - A reward that is too small a bound for the margins, or too few active states, is refused as infeasible.
//
// Cost: a linear programme of up to S A (1 + [C2 > 0]) + K N S variables and K S A (1 + N) + 2 S A rows. Memory: that
// of the programme (linear_program.hpp). No gradient.

#include <guerdon/mdp/explicable_design.hpp>

namespace guerdon {

namespace op {
struct explicable_reward_design : host_kind {
  static constexpr info about{"explicable_reward_design", "mdp", "Explicable reward by a linear programme (EXPRD)", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    design_task task;
    view<const index_t> active_states;  ///< [R] that may be rewarded
  };
  struct outputs {
    double objective = 0;
    std::vector<double> reward;  ///< [S,A]
  };
  struct options {
    design_goals goals = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("task", &I::task),
                          std::tuple(array("active_states", &I::active_states, "R", counts(0))));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"), array("reward", &O::reward, "S,A"));
  }
  static constexpr auto parameters() { return nested("goals", &options::goals); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Program` solves it: this project's own linear_program, or adapt/clp.hpp.
template <class Program = linear_program>
op::explicable_reward_design::outputs explicable_reward_design(
    const op::explicable_reward_design::inputs& in, const op::explicable_reward_design::options& o = {}) {
  const auto rule = check<op::explicable_reward_design>(in, o);
  const mdp::explicable_design problem(rule, in.task, o.goals);
  rule(mdp::are_indices(in.active_states, problem.states()), "active_states", "hold what is no state");
  auto best = problem.solve<Program>(mdp::marked(in.active_states, problem.states()));
  rule(best.objective < linear_program::infinity, "reward_max",
       "and active_states make the design infeasible: no such reward keeps the margins");
  return {best.objective, std::move(best.reward)};
}

}}  // namespace guerdon
