#pragma once
// A bonus for states that were visited seldom (ExploRS).
//
// $$b(s) = \frac{\lambda}{\sqrt{(\lambda / B)^2 + N(s)}}$$
//
// and 0 for the terminal state. A state that was never visited earns B. In a loop, read the bonus of the next state
// first, then count the current one.
//
// Source: Devidze et al. (2022), NeurIPS, "Exploration-Guided Reward Shaping for RL under Sparse Rewards".
//
// Details that differ:
// - A scale of 0 is no bonus anywhere, also where N is 0.
//
// Cost: states asked for. No gradient.

#include <guerdon/mdp/design_problem.hpp>

namespace guerdon {

namespace op {
struct exploration_bonus : host_kind {
  static constexpr info about{"exploration_bonus", "mdp", "Bonus of seldom visited states (ExploRS)", "",
                              skeleton::host};
  struct inputs {
    view<const double> visit_count;  ///< [S] at least 0
    view<const index_t> states;      ///< [N] to give the bonus of
  };
  struct outputs {
    std::vector<double> bonus;  ///< [N]
  };
  struct options {
    double scale = 1;             ///< lambda, at least 0
    double max_bonus = 1;         ///< B, greater than 0
    index_t terminal_state = -1;  ///< without bonus; -1 for none
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("visit_count", &I::visit_count, "S", at_least(0, 50).without_nan().drawn(0, 50)),
                      array("states", &I::states, "N", counts(0)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("bonus", &O::bonus, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("scale", &options::scale, finite_at_least_zero(0, 3)),
                      option("max_bonus", &options::max_bonus, positive_finite(0.1, 3)),
                      option("terminal_state", &options::terminal_state, counts_from(-1, 3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::exploration_bonus::outputs exploration_bonus(const op::exploration_bonus::inputs& in,
                                                        const op::exploration_bonus::options& o = {}) {
  const auto rule = check<op::exploration_bonus>(in, o);
  rule(mdp::are_indices(in.states, static_cast<std::size_t>(in.visit_count.size())), "states", "hold what is no state");
  op::exploration_bonus::outputs out;
  for (const index_t s : in.states) {
    const double seen = in.visit_count[s];
    const bool none = s == o.terminal_state || o.scale == 0;
    out.bonus.push_back(none        ? 0
                        : seen == 0 ? o.max_bonus
                                    : o.scale / std::sqrt(o.scale / o.max_bonus * (o.scale / o.max_bonus) + seen));
  }
  return out;
}

}}  // namespace guerdon
