#pragma once
// The expected discounted reward of a machine that reads the letters of transitions.
//
// $$J = \mathbb{E} \sum_t \gamma^t r(u_t, \ell_t), \qquad u_{t+1} = \delta(u_t, \ell_t)$$
//
// with the letter of each transition; a next state of -1 is the end, behind which nothing is paid.
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Exact, by the chain of world and machine; only what can be reached is in it.
//
// Cost: n^3 / 3 of the n <= S U pairs of states that can be reached. Memory: O(n^2 + n S A + S U). No gradient.

#include <guerdon/mdp/labelled_chain.hpp>

namespace guerdon {

namespace op {
struct reward_machine_objective : host_kind {
  static constexpr info about{"reward_machine_objective", "mdp", "Expected return of a reward machine (RM)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    labelled_process process;
    view<const index_t> machine_next;   ///< [U,L] next state, -1 for the end
    view<const double> machine_reward;  ///< [U,L]
    index_t memory = 0;                 ///< U
    index_t letters = 0;                ///< L
  };
  struct outputs {
    double objective = 0;
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
    index_t initial_state = 0;  ///< of the machine
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("process", &I::process),
                          std::tuple(array("machine_next", &I::machine_next, "U,L", integers(-1, 0)),
                                     array("machine_reward", &I::machine_reward, "U,L", finite()),
                                     extent("memory", &I::memory, "U"), extent("letters", &I::letters, "L")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("objective", &O::objective, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      option("initial_state", &options::initial_state, counts(0)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::reward_machine_objective::outputs reward_machine_objective(const op::reward_machine_objective::inputs& in,
    const op::reward_machine_objective::options& o = {}) {
  const auto rule = check<op::reward_machine_objective>(in, o);
  const mdp::model m = mdp::checked(rule, in.process, in.letters);
  mdp::check_gamma_below_one(rule, o.gamma);
  for (const index_t u : in.machine_next)
    rule(u >= -1 && u < in.memory, "machine_next", "holds no state of the machine, nor -1");
  rule(o.initial_state < in.memory, "initial_state", "is no state of the machine");
  rule(in.letters > 0, "letters", "there must be one at least");
  const mdp::labelled_chain c = mdp::chain_with(rule, m, in.process, in.machine_next, in.machine_reward,
                                                static_cast<std::size_t>(in.letters), o.initial_state);
  return {mdp::inner_product(c.initial, mdp::solve_values(rule, c.transition, c.reward, o.gamma,
                                                          std::vector<char>(c.size())))};
}

}}  // namespace guerdon
