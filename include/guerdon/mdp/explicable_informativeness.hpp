#pragma once
// How soon a reward shows a myopic learner that the optimal actions are better.
//
// $$I = -\frac{1}{K N S} \sum_{k, h, s} \ell\left(\text{agg}_{a \text{ not optimal}}
//   \text{gap}(s) - A_{h, k}(s, a)\right)$$
//
// with the advantages of h_step_advantage. With the hinge it is at most 0, and 0 is best: the potential-based reward of
// potential_reward_design attains it.
//
// Source: Devidze et al. (2021), NeurIPS, "Explicable Reward Design for Reinforcement Learning Agents".
//
// Details that differ:
// - The link is applied behind the aggregation, as in the official code. gap is used as given. A state without an
//   action that is not optimal adds nothing, and S counts it.
//
// Cost: K N S^3 log h. No gradient.

#include <guerdon/mdp/explicable_design.hpp>

namespace guerdon {

enum class action_aggregation { max, sum };
constexpr auto enumerators(action_aggregation) { return std::array{"max", "sum"}; }
enum class margin_link { hinge, linear, exp };
constexpr auto enumerators(margin_link) { return std::array{"hinge", "linear", "exp"}; }

namespace op {
struct explicable_informativeness : host_kind {
  static constexpr info about{"explicable_informativeness", "mdp", "How soon a reward shows what is optimal (EXPRD)",
                              "", skeleton::host};
  struct inputs {
    finite_mdp mdp;                     ///< with the candidate reward
    view<const index_t> policies;       ///< [K,S] optimal policies, as action indices
    view<const flag_t> optimal_mask;    ///< [S,A] 1 where the action is optimal
    view<const double> gap;             ///< [S] margins to show
    view<const index_t> horizons = {};  ///< [N] -1 for endless; 1, 4, 8, 16, 32 if left out
  };
  struct outputs {
    double informativeness = 0;
  };
  struct options {
    double gamma = required;                                     ///< in [0, 1)
    bool inclusive = true;                                       ///< a horizon h counts steps 0 to h; else to h - 1
    action_aggregation action_aggregate = action_aggregation::max;  ///< over actions that are not optimal
    margin_link link = margin_link::hinge;                       ///< max(0, x), x or exp(x / exp_scale)
    double exp_scale = 10;                                       ///< greater than 0 and finite
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policies", &I::policies, "K,S", integers(0, 0).together("few")),
                                     array("optimal_mask", &I::optimal_mask, "S,A", yes_or_no()),
                                     array("gap", &I::gap, "S", finite().drawn(0, 1)),
                                     optional_array("horizons", &I::horizons, "N", integers(1, 5).together("few"))));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("informativeness", &O::informativeness, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)),
                      flag("inclusive", &options::inclusive), choice("action_aggregate", &options::action_aggregate),
                      choice("link", &options::link), option("exp_scale", &options::exp_scale, positive_finite(1, 20)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Solver` solves the system: elimination, or adapt/eigen_solve.hpp.
template <class Solver = elimination>
op::explicable_informativeness::outputs explicable_informativeness(
    const op::explicable_informativeness::inputs& in, const op::explicable_informativeness::options& o = {}) {
  const auto rule = check<op::explicable_informativeness>(in, o);
  const std::vector<index_t> steps = mdp::steps_of_all(rule, in.horizons, o.inclusive);
  rule(in.policies.size() > 0 && mdp::are_indices(in.policies, static_cast<std::size_t>(in.mdp.actions)), "policies",
       "must hold one policy at least, and actions only");
  const mdp::model m = mdp::checked(rule, in.mdp, {}, {}, o.gamma, mdp::check_gamma_below_one);
  const auto linked = [&](double x) {
    return o.link == margin_link::hinge ? std::max(x, 0.0)
           : o.link == margin_link::linear ? x : std::exp(x / o.exp_scale);
  };
  double sum = 0;
  for (index_t first = 0; first < in.policies.size(); first += in.mdp.states)
    for (const index_t n : steps) {
      const std::vector<double> ahead =
          mdp::advantage_map(rule, m, in.policies.data() + first, o.gamma, n, Solver()).gaps(m.reward.data());
      for (std::size_t s = 0; s < m.states; ++s) {
        bool any = false;
        double lacking =
            o.action_aggregate == action_aggregation::max ? -std::numeric_limits<double>::infinity() : 0;
        for (std::size_t sa = s * m.actions; sa < (s + 1) * m.actions; ++sa) {
          if (in.optimal_mask.data()[sa] != 0) continue;
          const double x = in.gap.data()[s] - ahead[sa];
          lacking = o.action_aggregate == action_aggregation::max ? std::max(lacking, x) : lacking + x;
          any = true;
        }
        if (any) sum += linked(lacking);
      }
    }
  const double terms = static_cast<double>(in.policies.size()) * static_cast<double>(steps.size());
  return {0 - sum / terms};
}

}}  // namespace guerdon
