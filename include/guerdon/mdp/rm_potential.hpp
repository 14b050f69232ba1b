#pragma once
// The potential of a reward machine's states: what the machine alone still promises.
//
// $$\Phi(u) = \pm V(u), \qquad V(u) = \max_{u \to v}\, r + \gamma V(v), \qquad V(\text{end}) = 0$$
//
// over all listed transitions of u, whether or not their formulas can hold.
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950, Section 4.3.
//
// Details that differ:
// - sign +1 pays progress when it happens: a completing transition of reward r earns r - V, and a step of idling costs
//   (1 - gamma) V. sign -1 is the official code, where idling earns it. Both keep optimal policies.
// - A state without transitions is worth 0, where the official code fails. Sweeps end at a relative 1e-12.
// - Rewards that are functions count as 0 there: pass a 0 for them.
//
// Cost: transitions a sweep. No gradient.

#include <guerdon/mdp/reward_machine.hpp>

namespace guerdon {

namespace op {
struct rm_potential : host_kind {
  static constexpr info about{"rm_potential", "mdp", "Potential of a reward machine's states", "arXiv:2010.03950",
                              skeleton::host};
  struct inputs {
    machine_transitions machine;  ///< formulas may be left out
  };
  struct outputs {
    std::vector<double> potential;  ///< [U]
  };
  struct options {
    index_t num_states = required;    ///< U >= 1
    double shaping_gamma = required;  ///< in [0, 1]
    double sign = 1;                  ///< +1, or the official -1
  };

  template <class I>
  static constexpr auto arguments() {
    auto machine = nested_arguments("machine", &I::machine);
    std::get<2>(machine).info.optional = true;
    return machine;
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("potential", &O::potential, "U")); }
  static constexpr auto parameters() {
    return std::tuple(option("num_states", &options::num_states, counts_from(1, 4).drawn(2, 4)),
                      option("shaping_gamma", &options::shaping_gamma, within(0, 1).drawn(0, 0.9)),
                      option("sign", &options::sign, finite().drawn(-1, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::rm_potential::outputs rm_potential(const op::rm_potential::inputs& in,
                                              const op::rm_potential::options& o = {}) {
  const auto rule = check<op::rm_potential>(in, o);
  const reward_machine machine(rule, op::rm_potential::about.name, in.machine, {.num_states = o.num_states});
  op::rm_potential::outputs out{machine_values(rule, machine, o.shaping_gamma)};
  for (double& v : out.potential) v *= o.sign;
  return out;
}

}}  // namespace guerdon
