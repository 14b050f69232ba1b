#pragma once
// Reward machines: automata that read what holds at each step and pay rewards.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/literals.hpp>

namespace guerdon {

/// Where no transition of the machine's state holds.
enum class unmatched_rule {
  end,   ///< the machine ends, without reward
  stay,  ///< it keeps its state, without reward
  error  ///< the call is refused: a misspelt label then cannot pass as an early end
};
constexpr auto enumerators(unmatched_rule) { return std::array{"end", "stay", "error"}; }

/// Transitions; the first one of the current state whose formula holds is taken.
struct machine_transitions {
  view<const index_t> from_state;  ///< [M] 0 to num_states - 1
  view<const index_t> to_state;    ///< [M] likewise, or -1 for the end
  text_view formula;               ///< [M] "a & !b | c"
  view<const double> reward;       ///< [M]

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::array("from_state", &I::from_state, "M", op::counts(1)),
                      op::array("to_state", &I::to_state, "M", op::counts_from(-1, 1)),
                      op::array("formula", &I::formula, "M", op::words().together("literals")),
                      op::array("reward", &I::reward, "M", op::finite()));
  }
};
/// How a machine is run.
struct machine_rules {
  index_t num_states = required;                        ///< U >= 1
  index_t initial_state = 0;                            ///< 0 to U - 1
  unmatched_rule unmatched = unmatched_rule::end;  ///< what happens where no transition holds

  static constexpr auto parameters() {
    return std::tuple(op::option("num_states", &machine_rules::num_states, op::counts_from(1, 4).drawn(2, 4)),
                      op::option("initial_state", &machine_rules::initial_state, op::counts(1)),
                      op::choice("unmatched", &machine_rules::unmatched));
  }
};

inline namespace GUERDON_ABI {

/// A machine, checked and read.
class reward_machine {
 public:
  struct step {
    index_t next;
    double reward;
  };
  static constexpr index_t ended = -1;

  /// Without formulas it is not stepped.
  reward_machine(const call_rules& rule, std::string_view operation, const machine_transitions& m,
                 const machine_rules& r)
      : rules_(r), from_(static_cast<std::size_t>(r.num_states <= mdp::most_numbers ? r.num_states : 0)) {
    rule(r.num_states <= mdp::most_numbers, "num_states", "are more than 2^27");
    for (index_t k = 0; k < m.from_state.size(); ++k) {
      rule(m.from_state[k] >= 0 && m.from_state[k] < r.num_states, "from_state", "holds no state of the machine");
      rule(m.to_state[k] >= ended && m.to_state[k] < r.num_states, "to_state", "holds no state of the machine, nor -1");
    }
    rule(r.initial_state < r.num_states, "initial_state", "is no state of the machine");
    for (index_t k = 0; k < m.from_state.size(); ++k) {
      if (m.formula.size() > 0) formulas_.emplace_back(m.formula[k], operation, names_);
      from_[static_cast<std::size_t>(m.from_state[k])].push_back(static_cast<std::size_t>(k));
      to_.push_back({m.to_state[k], m.reward[k]});
    }
  }

  index_t states() const { return rules_.num_states; }
  const std::vector<step>& transitions() const { return to_; }
  /// The transitions of a state, in order.
  const std::vector<std::size_t>& of_state(std::size_t u) const { return from_[u]; }

  /// What holds now, for the steps that follow.
  void read_label(std::string_view label) { names_.read_label(label, holds_); }
  step from(const call_rules& rule, index_t state) const {
    for (const std::size_t k : from_[static_cast<std::size_t>(state)])
      if (formulas_[k].holds(holds_)) return to_[k];
    rule(rules_.unmatched != unmatched_rule::error, "unmatched", "is error, and at a step no transition holds");
    return {rules_.unmatched == unmatched_rule::stay ? state : ended, 0};
  }

 private:
  machine_rules rules_;
  propositions names_;
  std::vector<literal_formula> formulas_;
  std::vector<std::vector<std::size_t>> from_;
  std::vector<step> to_;
  std::vector<char> holds_;
};

/// What the states of a machine promise: V(u) = max over its transitions of r + gamma V(to), with V = 0 at the end and
/// where a state has none.
inline std::vector<double> machine_values(const call_rules& rule, const reward_machine& machine, double gamma) {
  const auto states = static_cast<std::size_t>(machine.states());
  std::vector<double> value(states), newer(states);
  for (int sweep = 0; sweep < 1'000'000; ++sweep) {
    double change = 0;
    for (std::size_t u = 0; u < states; ++u) {
      double best = machine.of_state(u).empty() ? 0 : -std::numeric_limits<double>::infinity();
      for (const std::size_t k : machine.of_state(u)) {
        const reward_machine::step& t = machine.transitions()[k];
        best = std::max(best, t.reward + (t.next < 0 ? 0 : gamma * value[static_cast<std::size_t>(t.next)]));
      }
      newer[u] = best;
      change = std::max(change, std::abs(best - value[u]));
    }
    value.swap(newer);
    if (change < 1e-12 * std::max(1.0, mdp::largest(value))) return value;
  }
  rule(false, "shaping_gamma", "and the machine's rewards do not converge: a cycle pays for ever");
  return value;
}

/// The course of one episode.
struct machine_run {
  std::vector<index_t> states;  ///< [T+1]
  std::vector<double> rewards;  ///< [T]
  std::vector<flag_t> done;     ///< [T]
};
/// Runs until the machine, or by env_done the environment, ends. `paid(step, state, next, stopped)` is the reward.
template <class Paid>
machine_run run_machine(const call_rules& rule, reward_machine& machine, index_t start, const text_view& labels,
                        const view<const flag_t>& env_done, const Paid& paid) {
  machine_run run{{start}, {}, {}};
  bool ended = false;
  for (index_t t = 0; t < labels.size(); ++t) {
    const index_t state = ended ? reward_machine::ended : run.states.back();
    if (state == reward_machine::ended) {
      run.states.push_back(state), run.rewards.push_back(0), run.done.push_back(1);
      continue;
    }
    machine.read_label(labels[t]);
    const reward_machine::step s = machine.from(rule, state);
    ended = s.next == reward_machine::ended || (env_done && env_done[t] != 0);
    run.states.push_back(s.next);
    run.rewards.push_back(paid(s, state, ended));
    run.done.push_back(ended);
  }
  return run;
}

}}  // namespace guerdon
