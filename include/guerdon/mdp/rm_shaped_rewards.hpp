#pragma once
// The rewards of a reward machine with the difference of its potential added.
//
// $$r'_t = r_t + \gamma \Phi(u_{t+1}) - \Phi(u_t)$$
//
// with the potential of rm_potential, and 0 for it where the machine or the environment has ended, which the guarantee
// that optimal policies stay optimal needs.
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950, Section 4.3.
//
// Details that differ:
// - sign: +1 here, -1 in the official code (rm_potential says what that does to exploration).
// - The run stops after env_done: the state it reached stands, later ones are -1, rewards 0, done 1.
//
// Cost: that of rm_run and rm_potential. No gradient.

#include <guerdon/mdp/reward_machine.hpp>

namespace guerdon {

namespace op {
struct rm_shaped_rewards : host_kind {
  static constexpr info about{"rm_shaped_rewards", "mdp", "Shaped rewards of a reward machine", "arXiv:2010.03950",
                              skeleton::host};
  struct inputs {
    machine_transitions machine;
    text_view labels;                  ///< [T] what holds at each step
    view<const flag_t> env_done = {};  ///< [T] the environment ended the episode; never if left out
  };
  struct outputs {
    std::vector<index_t> states;  ///< [T+1] the first is initial_state
    std::vector<double> rewards;  ///< [T] shaped
    std::vector<flag_t> done;     ///< [T] 1 from the step on that ended
  };
  struct options {
    machine_rules rules = {};
    double gamma = required;                      ///< in [0, 1], of the learner
    std::optional<double> shaping_gamma = {};     ///< in [0, 1], of the potential; gamma if left out
    double sign = 1;                              ///< +1, or the official -1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("machine", &I::machine),
                          std::tuple(array("labels", &I::labels, "T", words().together("labels")),
                                     optional_array("env_done", &I::env_done, "T", yes_or_no())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("states", &O::states, "T+1"), array("rewards", &O::rewards, "T"),
                      array("done", &O::done, "T"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("rules", &options::rules),
                          std::tuple(option("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)),
                                     option("shaping_gamma", &options::shaping_gamma, within(0, 1).drawn(0, 0.9)),
                                     option("sign", &options::sign, finite().drawn(-1, 1))));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One episode.
inline op::rm_shaped_rewards::outputs rm_shaped_rewards(const op::rm_shaped_rewards::inputs& in,
                                                        const op::rm_shaped_rewards::options& o = {}) {
  const auto rule = check<op::rm_shaped_rewards>(in, o);
  reward_machine machine(rule, op::rm_shaped_rewards::about.name, in.machine, o.rules);
  const std::vector<double> value = machine_values(rule, machine, o.shaping_gamma.value_or(o.gamma));
  const auto potential = [&](index_t u) { return o.sign * value[static_cast<std::size_t>(u)]; };
  auto run = run_machine(rule, machine, o.rules.initial_state, in.labels, in.env_done,
                         [&](const reward_machine::step& s, index_t state, bool ended) {
                           return s.reward + (ended ? 0 : o.gamma * potential(s.next)) - potential(state);
                         });
  return {std::move(run.states), std::move(run.rewards), std::move(run.done)};
}

/// A batch of episodes, in order.
inline auto rm_shaped_rewards(const host_rows& rows, std::span<const op::rm_shaped_rewards::inputs> in,
                              const op::rm_shaped_rewards::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return rm_shaped_rewards(row, o); });
}

}}  // namespace guerdon
