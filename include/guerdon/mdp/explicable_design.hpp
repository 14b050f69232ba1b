#pragma once
// The explicable design of a reward (EXPRD), as one linear programme: for one choice of states that may be rewarded,
// and for the greedy choice of them.

#include <guerdon/mdp/design_problem.hpp>

namespace guerdon {

/// What is designed for: a process, its optimal policies, and the margins that they must keep.
struct design_task {
  view<const double> transition;     ///< [S,A,S] each row a distribution
  view<const index_t> policies;      ///< [K,S] optimal policies, as action indices
  view<const flag_t> optimal_mask;   ///< [S,A] 1 where the action is optimal
  view<const double> gap;            ///< [S] least loss by an action that is not
  view<const double> features = {};  ///< [P,F] with P = S A: the reward is a mixture of these columns
  view<const index_t> horizons = {}; ///< [N] of the informativeness, -1 for endless; 1, 4, 8, 16, 32 if left out
  index_t states = 0;                ///< S
  index_t actions = 0;               ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::drawn(0, 1).together("few distributions")),
                      op::array("policies", &I::policies, "K,S", op::integers(0, 0).together("few")),
                      op::array("optimal_mask", &I::optimal_mask, "S,A", op::yes_or_no()),
                      op::array("gap", &I::gap, "S", op::margins()),
                      op::optional_array("features", &I::features, "P,F", op::finite().together("seldom")),
                      op::optional_array("horizons", &I::horizons, "N", op::integers(1, 5).together("few")));
  }
};
/// What is asked of the design.
struct design_goals {
  double gamma = required;            ///< in [0, 1)
  bool inclusive = true;              ///< a horizon h counts steps 0 to h; else to h - 1
  double reward_max = required;       ///< bound of every reward, at least 0
  double informativeness_weight = 1;  ///< C1, at least 0
  double sparsity_weight = 0;         ///< C2, at least 0
  bool state_only = false;            ///< one reward for all actions of a state
  double gap_scale = 1 / (1 + 1e-5);  ///< of gap everywhere: keeps the constraints strictly feasible

  static constexpr auto parameters() {
    using op::option;
    return std::tuple(
        option("gamma", &design_goals::gamma, op::any_value().drawn(0, 0.9)),
        op::flag("inclusive", &design_goals::inclusive),
        option("reward_max", &design_goals::reward_max, op::finite_at_least_zero(5, 20)),
        option("informativeness_weight", &design_goals::informativeness_weight, op::finite_at_least_zero(0, 2)),
        option("sparsity_weight", &design_goals::sparsity_weight, op::finite_at_least_zero(0, 1)),
        op::flag("state_only", &design_goals::state_only),
        option("gap_scale", &design_goals::gap_scale, op::finite_at_least_zero(0.5, 1)));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

/// Horizons as given, or the default ones, in numbers of steps.
inline std::vector<index_t> steps_of_all(const call_rules& rule, const view<const index_t>& horizons, bool inclusive) {
  std::vector<index_t> steps{1, 4, 8, 16, 32};
  if (horizons) steps.assign(horizons.begin(), horizons.end());
  rule(!steps.empty(), "horizons", "must hold one horizon at least");
  for (index_t& h : steps) h = steps_of(rule, h, inclusive, "horizons");
  return steps;
}

/// A checked task, with what every programme of it needs.
class explicable_design {
 public:
  explicable_design(const call_rules& rule, const design_task& in, const design_goals& o)
      : in_(in), o_(o), m_(checked(rule, finite_dynamics{in.transition, in.states, in.actions})) {
    rule(in.policies.size() > 0, "policies", "must hold one policy at least");
    rule(are_indices(in.policies, m_.actions), "policies", "hold what is no action");
    check_gamma_below_one(rule, o.gamma);
    rule(!in.features || static_cast<std::size_t>(in.features.size()) % m_.pairs() == 0, "features",
         "have the wrong shape: there must be a row for every state and action");
    for (const double g : in.gap) gap_.push_back(g * o.gap_scale);
    const std::vector<index_t> steps = steps_of_all(rule, in.horizons, o.inclusive);
    for (index_t first = 0; first < in.policies.size(); first += in.states) {
      endless_.emplace_back(rule, m_, in.policies.data() + first, o.gamma, endless);
      for (const index_t n : steps) informed_.emplace_back(rule, m_, in.policies.data() + first, o.gamma, n);
    }
  }

  struct design {
    double objective = linear_program::infinity;  ///< infinite where there is none
    std::vector<double> reward;
  };
  template <class Program>
  design solve(const std::vector<char>& active) const {
    const reward_variables r = variables_of(m_, active, o_.state_only, in_.features);
    const bool informed = o_.informativeness_weight > 0, sparse = o_.sparsity_weight > 0;
    const std::size_t lost = r.count, size_of = lost + (informed ? informed_.size() * m_.states : 0),
                      all = size_of + (sparse ? r.pairs : 0);
    Program program(all);
    bound_reward(program, r, m_, active, o_.state_only, bool(in_.features), o_.reward_max);
    for (const advantage_map& map : endless_) keep_gaps(program, r, map, in_.optimal_mask, gap_);
    // e(k,h,s) >= gap(s) - advantage, for every action that is not optimal.
    const double share = o_.informativeness_weight / static_cast<double>(informed_.size() * m_.states);
    for (std::size_t v = lost; v < size_of; ++v) program.gain(v, -share);
    for (std::size_t kh = 0; informed && kh < informed_.size(); ++kh)
      for (std::size_t sa = 0; sa < r.pairs; ++sa) {
        if (in_.optimal_mask.data()[sa] != 0) continue;
        std::vector<double> row = r.row(informed_[kh].row(sa), all);
        row[lost + kh * m_.states + sa / m_.actions] = 1;
        program.row(row, gap_[sa / m_.actions], linear_program::infinity);
      }
    for (std::size_t sa = 0; sparse && sa < r.pairs; ++sa) {  // t >= R, t >= -R
      program.gain(size_of + sa, -o_.sparsity_weight);
      for (const double sign : {1.0, -1.0}) {
        std::vector<double> weights(r.pairs);
        weights[sa] = sign;
        std::vector<double> row = r.row(weights, all);
        row[size_of + sa] = 1;
        program.row(row, 0, linear_program::infinity);
      }
    }
    if (program.maximise() != linear_program::verdict::optimal) return {};
    return {std::max(-program.objective(), 0.0), rounded_reward(r.reward(program.solution()))};
  }

  std::size_t states() const { return m_.states; }

 private:
  design_task in_;
  design_goals o_;
  model m_;
  std::vector<double> gap_;
  std::vector<advantage_map> endless_, informed_;
};

/// States as flags.
inline std::vector<char> marked(const view<const index_t>& states, std::size_t n) {
  std::vector<char> active(n);
  for (const index_t s : states) active[static_cast<std::size_t>(s)] = 1;
  return active;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
