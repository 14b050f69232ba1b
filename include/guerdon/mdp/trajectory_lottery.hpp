#pragma once
// All trajectories of a policy over a horizon, and how likely each is.
//
// $$p(s_0, a_0, s_1, \dots, s_T) = \mu_0(s_0) \prod_{t < T} \pi(a_t \mid s_t)\, P(s_{t+1} \mid s_t, a_t)$$
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Only possible ones, in lexicographic order; more than max_trajectories are refused.
//
// Cost: trajectories times S A T. No gradient.

#include <guerdon/mdp/trajectories.hpp>

namespace guerdon {

namespace op {
struct trajectory_lottery : host_kind {
  static constexpr info about{"trajectory_lottery", "mdp", "All trajectories of a policy, with their probabilities",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    finite_dynamics mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<index_t> trajectories;  ///< [N,X] with X = 2 T + 1: s0, a0, s1, ...
    std::vector<double> probability;    ///< [N]
  };
  struct options {
    lottery_limits limits = {};
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("trajectories", &O::trajectories, "N,X"), array("probability", &O::probability, "N"));
  }
  static constexpr auto parameters() {
    return nested("limits", &options::limits);
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::trajectory_lottery::outputs trajectory_lottery(const op::trajectory_lottery::inputs& in,
    const op::trajectory_lottery::options& o = {}) {
  const auto rule = check<op::trajectory_lottery>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy);
  op::trajectory_lottery::outputs out;
  mdp::for_trajectories(rule, m, in.policy, in.initial, o.limits,
                        [&](const auto& pairs, const auto& states, double probability) {
    rule(out.trajectories.size() + 2 * pairs.size() < static_cast<std::size_t>(mdp::most_numbers), "horizon",
         "makes trajectories of more than 2^27 numbers");
    out.trajectories.push_back(static_cast<index_t>(states[0]));
    for (std::size_t t = 0; t < pairs.size(); ++t) {
      out.trajectories.push_back(static_cast<index_t>(pairs[t] % m.actions));
      out.trajectories.push_back(static_cast<index_t>(states[t + 1]));
    }
    out.probability.push_back(probability);
  });
  return out;
}

}}  // namespace guerdon
