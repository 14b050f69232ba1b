#pragma once
// What would have happened in every other state of a reward machine (CRM): experience for an off-policy learner.
//
// $$(u, r, u')_{t, u} \text{ by the label of step } t, \text{ for every machine state } u$$
//
// The environment's part of the experience is shared. At the first step of an episode all are valid; later those that
// are the image of a state under the previous step's label.
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950, Section 4.1.
//
// Details that differ:
// - The image of any state counts, as in the official code, or with exact_reachability of those only that were valid.
// - The scan goes on where the real machine would have ended; only env_done starts an episode.
// - Every machine state is stepped at every label, valid or not; so unmatched = error looks at all of them, and
//   initial_state is checked, and decides nothing.
//
// Cost: steps times states times literals. No gradient.

#include <guerdon/mdp/reward_machine.hpp>

namespace guerdon {

namespace op {
struct rm_counterfactual : host_kind {
  static constexpr info about{"rm_counterfactual", "mdp", "Counterfactual experience of a reward machine (CRM)",
                              "arXiv:2010.03950", skeleton::host};
  struct inputs {
    machine_transitions machine;
    text_view labels;                  ///< [T] what holds at each step
    view<const flag_t> env_done = {};  ///< [T] the environment ended the episode; never if left out
  };
  struct outputs {
    std::vector<index_t> next_state;  ///< [T,U] -1 for the end
    std::vector<double> reward;       ///< [T,U]
    std::vector<flag_t> done;         ///< [T,U] the machine or the environment ended
    std::vector<flag_t> valid;        ///< [T,U] whether the learner should get it
  };
  struct options {
    machine_rules rules = {};
    bool exact_reachability = false;  ///< valid: images of valid states only
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("machine", &I::machine),
                          std::tuple(array("labels", &I::labels, "T", words().together("labels")),
                                     optional_array("env_done", &I::env_done, "T", yes_or_no())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("next_state", &O::next_state, "T,U"), array("reward", &O::reward, "T,U"),
                      array("done", &O::done, "T,U"), array("valid", &O::valid, "T,U"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(nested("rules", &options::rules),
                          std::tuple(flag("exact_reachability", &options::exact_reachability)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One stream of steps.
inline op::rm_counterfactual::outputs rm_counterfactual(const op::rm_counterfactual::inputs& in,
                                                        const op::rm_counterfactual::options& o = {}) {
  const auto rule = check<op::rm_counterfactual>(in, o);
  reward_machine machine(rule, op::rm_counterfactual::about.name, in.machine, o.rules);
  rule(mdp::fits(o.rules.num_states, static_cast<std::size_t>(in.labels.size())), "num_states",
       "and labels make more than 2^27 experiences");
  const auto states = static_cast<std::size_t>(o.rules.num_states);
  op::rm_counterfactual::outputs out;
  std::vector<flag_t> valid(states, 1), reached(states);
  for (index_t t = 0; t < in.labels.size(); ++t) {
    machine.read_label(in.labels[t]);
    const bool over = in.env_done && in.env_done[t] != 0;
    std::fill(reached.begin(), reached.end(), flag_t(0));
    for (std::size_t u = 0; u < states; ++u) {
      const reward_machine::step s = machine.from(rule, static_cast<index_t>(u));
      out.next_state.push_back(s.next);
      out.reward.push_back(s.reward);
      out.done.push_back(over || s.next == reward_machine::ended);
      if (s.next >= 0 && (valid[u] != 0 || !o.exact_reachability)) reached[static_cast<std::size_t>(s.next)] = 1;
    }
    out.valid.insert(out.valid.end(), valid.begin(), valid.end());
    if (over) std::fill(valid.begin(), valid.end(), flag_t(1));
    else valid = reached;
  }
  return out;
}

/// A batch of streams, in order.
inline auto rm_counterfactual(const host_rows& rows, std::span<const op::rm_counterfactual::inputs> in,
                              const op::rm_counterfactual::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return rm_counterfactual(row, o); });
}

}}  // namespace guerdon
