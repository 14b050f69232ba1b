#pragma once
// The decision process in which a reward machine's task is Markov: states of the world times states of the machine.
//
// $$P\left((s', u') \mid (s, u), a\right) = P(s' \mid s, a) \left[u \xrightarrow{\text{label of } s'} u'\right]$$
//
// State s U + u is (s, u); the last state is the machine's end, which is never left and pays nothing.
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950, Section 3.
//
// Details that differ:
// - The label is that of the state entered; the initial state's own is not read. Where several s' end the machine, the
//   reward of the end is their probability-weighted mean.
// - Every machine state is stepped at the label of every state, also where no transition leads there.
//
// Cost: S^2 A U; memory (S U)^2 A; with gamma, S^2 A U for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>
#include <guerdon/mdp/reward_machine.hpp>

namespace guerdon {

namespace op {
struct rm_product_mdp : host_kind {
  static constexpr info about{"rm_product_mdp", "mdp", "Product of an MDP and a reward machine", "arXiv:2010.03950",
                              skeleton::host};
  struct inputs {
    finite_dynamics mdp;
    view<const double> initial;   ///< [S] where it starts
    text_view state_labels;       ///< [S] what holds on entering each state
    machine_transitions machine;
  };
  struct outputs {
    std::vector<double> transition;      ///< [N,A,N] with N = S U + 1
    std::vector<double> reward;          ///< [N,A,N] 0 where the probability is 0
    std::vector<double> initial;         ///< [N]
    index_t num_states = 0;              ///< N
    std::vector<double> optimal_value;   ///< [N], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    machine_rules rules = {};
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() {
    auto machine = nested_arguments("machine", &I::machine);
    std::get<3>(machine) = std::get<3>(machine).in_files("machine_reward");
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("initial", &I::initial, "S", probabilities()),
                                     array("state_labels", &I::state_labels, "S", words().together("labels"))),
                          machine);
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "N,A,N"), array("reward", &O::reward, "N,A,N"),
                      array("initial", &O::initial, "N"), array("num_states", &O::num_states, "1"),
                      array("optimal_value", &O::optimal_value, "N"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("rules", &options::rules),
                          std::tuple(option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9))));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::rm_product_mdp::outputs rm_product_mdp(const op::rm_product_mdp::inputs& in,
                                                  const op::rm_product_mdp::options& o = {}) {
  const auto rule = check<op::rm_product_mdp>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial);
  reward_machine machine(rule, op::rm_product_mdp::about.name, in.machine, o.rules);
  rule(mdp::fits(o.rules.num_states, m.states), "num_states", "make more than 2^27 states");
  op::rm_product_mdp::outputs out;
  mdp::make_world(rule, out, in.mdp.states * o.rules.num_states + 1, in.mdp.actions, "num_states");
  const auto states = static_cast<std::size_t>(o.rules.num_states), end = m.states * states;
  for (std::size_t t = 0; t < m.states; ++t) {
    machine.read_label(in.state_labels[static_cast<index_t>(t)]);
    for (std::size_t u = 0; u < states; ++u) {
      const reward_machine::step step = machine.from(rule, static_cast<index_t>(u));
      const std::size_t to = step.next < 0 ? end : t * states + static_cast<std::size_t>(step.next);
      for (std::size_t sa = 0; sa < m.pairs(); ++sa)
        mdp::lead(out, m.actions, sa / m.actions * states + u, sa % m.actions, to, m.next(sa)[t], step.reward);
    }
  }
  for (std::size_t a = 0; a < m.actions; ++a) mdp::lead(out, m.actions, end, a, end, 1, 0);
  for (std::size_t s = 0; s < m.states; ++s)
    out.initial[s * states + static_cast<std::size_t>(o.rules.initial_state)] = in.initial.data()[s];
  mdp::solve_world(rule, out, o.gamma);
  return out;
}

}}  // namespace guerdon
